"""The card on paper: ID-1 (ISO/IEC 7810: 85.6 × 53.98 mm), two sides, one by one or ten on a letter sheet."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import translation

from certificates.credentials.issuing import address_of
from certificates.models import FieldCredential, IssuerProfile
from certificates.printing import pdf_of

ON_A_SHEET = 10
LONG_NAME = 22
"""So many signs of a name fit in large letters on two lines beside the photo."""


def card_pdf(card: FieldCredential) -> bytes:
    """Return one card as PDF/A-3a of two pages, front and back. Raises `PrintingUnavailable`."""
    return _pdf([card], "certificates/credentials/card_pdf.html", [[_sides(card)]])


def sheet_pdf(cards: list[FieldCredential]) -> bytes:
    """Return cards ten on a letter sheet, each sheet of fronts before its backs, to be printed on two sides."""
    sheets = [[_sides(card) for card in some] for some in _tens(cards)]
    return _pdf(cards, "certificates/credentials/sheet_pdf.html", sheets)


def _pdf(cards: list[FieldCredential], template: str, sheets: list[list[dict[str, Any]]]) -> bytes:
    language = cards[0].language
    with translation.override(language):
        pages = [{"fronts": _rows(sheet), "backs": [row[::-1] for row in _rows(sheet)]} for sheet in sheets]
        html = render_to_string(template, {"sheets": pages})
    return pdf_of(html, "-".join(str(card.uuid) for card in cards).encode()[:256])


def _sides(card: FieldCredential) -> dict[str, Any]:
    issuer = IssuerProfile.objects.filter(organisation=card.organisation, confirmed=True).first()
    return {
        "card": card,
        "issuer": issuer,
        "is_long": len(card.name) > LONG_NAME,
        "is_long_role": len(card.role_name) > LONG_NAME,
        "place": card.grant.territory if card.shows_place else None,
        "qr": qr_picture(card),
    }


def qr_picture(card: FieldCredential) -> str:
    """Return the card's QR code as a picture (`data:` address) without margin: the card around it is white."""
    return str(segno.make(address_of(card), error="m", boost_error=False).png_data_uri(scale=8, border=0))


def _tens(cards: Iterable[FieldCredential]) -> Iterator[list[FieldCredential]]:
    waiting = iter(cards)
    while some := list(islice(waiting, ON_A_SHEET)):
        yield some


def _rows(sides: list[dict[str, Any]]) -> list[list[dict[str, Any] | None]]:
    """Return sides two by two; the last row is filled up, so that the backs lie behind their fronts."""
    filled = [*sides, *([None] if len(sides) % 2 else [])]
    return [filled[n : n + 2] for n in range(0, len(filled), 2)]

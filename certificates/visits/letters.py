"""The visit letter: one day and place with those who agreed, on paper, and what its QR code tells.

The code names the visit and binds the day and the municipality that were printed: once the visit is moved or called
off, a letter printed before is not valid on any date. The answer names nobody.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.models import FieldCredential, Visit
from certificates.printing import issuer_of, pdf_of, qr_code
from certificates.spanning import today
from certificates.visits.planning import State, VisitRefused, hold, refuse_unless_planned
from certificates.visits.team import Asked, team_of
from cms.auditing import record
from people.models import User

SEAL_BYTES = 11
KEY_BYTES = 16
TOKEN_LENGTH = 36
"""Characters of a token: visit and seal, base64url. Nothing is left over, so that no two texts mean the same."""


@dataclass(frozen=True)
class Line:
    """One person on the letter: her name and the code of her card, where she has one for that day."""

    name: str
    card: str


# --- made ----------------------------------------------------------------------------------------------------------


def letter_pdf(visit: Visit, by: User) -> bytes:
    """Return the letter of a planned visit as PDF/A-3a, audited. Refuses in words; raises `PrintingUnavailable`."""
    with transaction.atomic():
        held = hold(visit, by)
        refuse_unless_planned(held)
        if held.day < today():
            raise VisitRefused(_("This day is over. A letter is made for today or a day to come."))
        team = [asked for asked in team_of(held) if asked.counts]
        if not team:
            raise VisitRefused(_("Nobody who may go has agreed yet. The letter is made with those who agreed."))
        record("visit_letter_made", held, actor=by, people=len(team))
    return pdf_of(letter_html(held, team), f"{held.uuid}-{held.day}".encode())


def letter_html(visit: Visit, team: list[Asked]) -> str:
    """Return the letter as a page for the printer, in the page's language."""
    address = settings.PUBLIC_URL + reverse("visit_letter_check", kwargs={"token": token_for(visit)})
    page = {
        "visit": visit,
        "issuer": issuer_of(visit),
        "lines": _lines(visit, team),
        "qr": qr_code(address),
        "language": get_language(),
    }
    return render_to_string("certificates/visits/letter_pdf.html", page)


def _lines(visit: Visit, team: list[Asked]) -> list[Line]:
    """Return the people with their cards that are valid on the day (1 query)."""
    people = [asked.row.volunteer_id for asked in team]
    rows = FieldCredential.objects.filter(grant__volunteer__in=people, revoked_at=None)
    rows = rows.filter(valid_from__lte=visit.day, valid_to__gte=visit.day).order_by("issued_at")
    cards = {card.grant.volunteer_id: card.spaced_code for card in rows.select_related("grant")}
    return [Line(asked.name, cards.get(asked.row.volunteer_id, "")) for asked in team]


# --- checked -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a letter's code says today: valid, or for a day to come (`visit` tells which), or nothing."""

    is_valid: bool = False
    visit: Visit | None = None


def token_for(visit: Visit) -> str:
    """Return the short sealed text that a letter's code carries."""
    return _text(visit.uuid.bytes + _seal(visit))


def check_letter(token: str) -> Answer:
    """Return what a letter's code says today. Past, moved, called off, tampered and unknown say the same: nothing."""
    key = _bytes(token)
    rows = Visit.objects.filter(uuid=uuid.UUID(bytes=key[:KEY_BYTES])) if key else Visit.objects.none()
    visit = rows.select_related("organisation", "territory__parent").first()
    if visit is None or not constant_time_compare(_seal(visit), key[KEY_BYTES:]):
        return Answer()
    if visit.state == State.CANCELLED or visit.day < today():
        return Answer()
    return Answer(visit.day == today(), visit)


def _seal(visit: Visit) -> bytes:
    text = f"{visit.uuid}:{visit.day.isoformat()}:{visit.territory_id}"
    return salted_hmac("certificates.visits.letters", text, algorithm="sha256").digest()[:SEAL_BYTES]


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _bytes(token: str) -> bytes:
    """Return what a token holds, or nothing where it is none."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return b""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return b""

"""What does not count any more, as signed lists of bits (W3C Bitstring Status List 1.0, May 2025)."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from certificates.badges.achieved import Kind
from certificates.badges.issuers import issuer_address, issuer_did
from certificates.badges.multibase import base64url
from certificates.badges.vocabulary import CREDENTIALS

LENGTH = 131_072
"""Bits in a list: the standard's least, so that one person is hidden among many."""

KINDS: tuple[Kind, Kind] = ("course", "role")
"""Whose turn a list is: course certificates have the lists 0, 2, 4…, roles 1, 3, 5…"""

PURPOSES: dict[Kind, str] = {"course": "revocation", "role": "suspension"}
"""What a set bit means. A role can be resumed, which the standard forbids of what is revoked; and outside nobody is to
learn whether it was suspended or taken away."""


def list_address(organisation: UUID, number: int) -> str:
    """Return where an organisation's list stands."""
    return f"{issuer_address(organisation)}status/{number}/"


def list_number(kind: Kind, index: int) -> int:
    """Return the number of the list in which the thing of this index, counted from 0 for each kind, has its place."""
    return index // LENGTH * len(KINDS) + KINDS.index(kind)


def status_entry(organisation: UUID, kind: Kind, index: int) -> dict[str, str]:
    """Return what a credential says of its place: which list, and which bit (a string, as the standard wants it)."""
    address, position = list_address(organisation, list_number(kind, index)), index % LENGTH
    return {
        "id": f"{address}#{position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSES[kind],
        "statusListIndex": str(position),
        "statusListCredential": address,
    }


def status_list(organisation: UUID, number: int, indexes: Iterable[int], at: datetime) -> dict[str, Any]:
    """Return an organisation's list, not yet signed. `indexes` are all of its kind that do not count any more."""
    address, first = list_address(organisation, number), number // len(KINDS) * LENGTH
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did(organisation),
        "validFrom": at.isoformat(timespec="seconds"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSES[kind_of(number)],
            "encodedList": encoded(index - first for index in indexes if first <= index < first + LENGTH),
        },
    }


def kind_of(number: int) -> Kind:
    """Return of what a list tells."""
    return KINDS[number % len(KINDS)]


def encoded(positions: Iterable[int]) -> str:
    """Return a list with these bits set: the first bit is the leftmost; gzip, then base64 for URLs."""
    bits = bytearray(LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    return base64url(gzip.compress(bytes(bits), mtime=0))

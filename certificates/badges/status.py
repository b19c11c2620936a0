"""What was revoked, as signed lists of bits (W3C Bitstring Status List 1.0, May 2025)."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from certificates.badges.issuers import issuer_address, issuer_did
from certificates.badges.multibase import base64url
from certificates.badges.vocabulary import CREDENTIALS

LENGTH = 131_072
"""Bits in a list: the standard's least, so that one person is hidden among many."""


def list_address(organisation: UUID, number: int) -> str:
    """Return where an organisation's list stands."""
    return f"{issuer_address(organisation)}status/{number}/"


def status_entry(organisation: UUID, status: int) -> dict[str, str]:
    """Return what a credential says of its place: which list, and which bit (a string, as the standard wants it)."""
    number, position = divmod(status, LENGTH)
    address = list_address(organisation, number)
    return {
        "id": f"{address}#{position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(position),
        "statusListCredential": address,
    }


def encoded(positions: Iterable[int]) -> str:
    """Return a list with these bits set: the first bit is the leftmost; gzip, then base64 for URLs."""
    bits = bytearray(LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    return base64url(gzip.compress(bytes(bits), mtime=0))


def status_list(organisation: UUID, number: int, revoked: Iterable[int], at: datetime) -> dict[str, Any]:
    """Return an organisation's list, not yet signed. `revoked` are status numbers, those of other lists too."""
    address = list_address(organisation, number)
    here = range(number * LENGTH, (number + 1) * LENGTH)
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did(organisation),
        "validFrom": at.isoformat(timespec="seconds"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(status - here.start for status in revoked if status in here),
        },
    }

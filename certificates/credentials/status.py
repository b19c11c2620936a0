"""The status list: which of an organisation's cards count no more (revoked or suspended), as one signed bit for each.

COSE_Sign1 as in `signing`, over a map in the same encoding:

    0  what this is: 2, a status list of the first version
    1  made at: seconds since 1970-01-01 UTC
    2  131,072 bits in zlib's format (RFC 1950, which browsers call «deflate»); the first place is the leftmost bit

So many places, all there from the first day, that the list tells neither how many cards there are nor whose ended.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from certificates.credentials.keys import PublicKey, SigningKey
from certificates.credentials.signing import (
    STATUS_LIST,
    STATUS_PLACES,
    CredentialRefused,
    decoded,
    encoded,
    open_payload,
    sign_payload,
)

LIST_BYTES = STATUS_PLACES // 8
MOST_LIST_BYTES = LIST_BYTES + 256
"""Bits that cannot be compressed, with the frame around them."""


@dataclass(frozen=True)
class StatusList:
    """An organisation's list as it stood at a moment."""

    organisation: UUID
    at: datetime
    bits: bytes

    def is_revoked(self, index: int) -> bool:
        """Return whether the card at a place (0 to 131,071) counts no more."""
        return bool(self.bits[index // 8] & 128 >> index % 8)


def status_list(revoked_indexes: Iterable[int], organisation: UUID, at: datetime, key: SigningKey) -> bytes:
    """Return the signed list. Raises ValueError for another organisation's key and IndexError for a wrong place."""
    if key.organisation != organisation:
        raise ValueError("a status list is signed with the key of its organisation")
    bits = bytearray(LIST_BYTES)
    for index in revoked_indexes:
        if index < 0:
            raise IndexError(f"a status list has {STATUS_PLACES} places, from 0 on")
        bits[index // 8] |= 128 >> index % 8
    return sign_payload(_payload(int(at.timestamp()), zlib.compress(bytes(bits), 9)), key)


def read_status_list(token: bytes, public_keys: Iterable[PublicKey]) -> StatusList:
    """Return a list once it is sure that one of the keys signed it. Raises `CredentialRefused`."""
    if len(token) > MOST_LIST_BYTES:
        raise CredentialRefused("too long")
    payload, key = open_payload(token, public_keys)
    match decoded(payload):
        case {0: 2, 1: int(seconds), 2: bytes(packed)} if _payload(int(seconds), packed) == payload:
            pass
        case _:
            raise CredentialRefused("not a status list")
    try:
        return StatusList(UUID(key["issuer"]), datetime.fromtimestamp(seconds, UTC), _unpacked(packed))
    except (ValueError, OverflowError, OSError) as problem:
        raise CredentialRefused("made at no moment that there is") from problem


def _payload(seconds: int, packed: bytes) -> bytes:
    return encoded({0: STATUS_LIST, 1: seconds, 2: packed})


def _unpacked(packed: bytes) -> bytes:
    """Return the bits. Never unpacks more than there should be, whatever comes."""
    unpacking = zlib.decompressobj()
    try:
        bits = unpacking.decompress(packed, LIST_BYTES + 1)
    except zlib.error as problem:
        raise CredentialRefused("not compressed") from problem
    if len(bits) != LIST_BYTES or not unpacking.eof or unpacking.unused_data:
        raise CredentialRefused("not as many places as there should be")
    return bits

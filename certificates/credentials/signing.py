"""The signed token in the QR code of a field credential (docs/formato-de-la-credencial.md, for other checkers).

A token is COSE_Sign1 (RFC 9052), tagged 18, in the deterministic encoding of CBOR (RFC 8949, 4.2.1):

    18([<< {1: -8 (EdDSA), 4: key's name, 8 bytes} >>, {}, << facts >>, signature, 64 bytes])

and the facts are a map with these labels, all but the last one always there:

    0  what this is: 1, a field credential of the first version
    1  issuer's short name    text
    2  code                   text
    3  role                   text
    4  first day              days since 1970-01-01
    5  last day, included     days since 1970-01-01
    6  salt                   16 bytes
    7  commitment to the name 16 bytes (commitments.py)
    8  place in the status list (status.py)
    9  language of the words  text
    10 place of work          text, only where she chose so

The organisation is not written: it is whose key this is. Only the very bytes that `sign` would write are read; what
comes in another order, with something left over or twice, is refused whatever its signature.
"""

import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from certificates.credentials.commitments import COMMITMENT_BYTES, SALT_BYTES
from certificates.credentials.keys import PublicKey, SigningKey, public_bytes

CREDENTIAL = 1
STATUS_LIST = 2
STATUS_PLACES = 131_072
EDDSA = -8
COSE_SIGN1 = 18
SIGNATURE_BYTES = 64
MOST_TOKEN_BYTES = 512
EPOCH = date(1970, 1, 1)
QR_15_M_BYTES = 412
"""What a QR code of version 15 at level M holds (ISO/IEC 18004, table 7): the most that a card's code may be."""
CUTTING = ((("place", "role"), 24), (("place", "role", "issuer"), 12))
"""What is cut first, and down to how many signs."""


class CredentialRefused(ValueError):
    """A token that is not what it should be: not ours, changed, signed by nobody we know."""


@dataclass(frozen=True)
class Facts:
    """What a card says. Days are included; `place` is empty unless she wants it on the card."""

    organisation: UUID
    issuer: str
    code: str
    role: str
    valid_from: date
    valid_to: date
    salt: bytes
    commitment: bytes
    status_index: int
    language: str
    place: str = ""

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES or len(self.commitment) != COMMITMENT_BYTES:
            raise ValueError(f"a card has a salt of {SALT_BYTES} bytes and a commitment of {COMMITMENT_BYTES}")
        if not EPOCH <= self.valid_from <= self.valid_to:
            raise ValueError("a card ends after it begins")
        if not 0 <= self.status_index < STATUS_PLACES:
            raise ValueError(f"a status list has {STATUS_PLACES} places")
        if not all([self.issuer, self.code, self.role, self.language]):
            raise ValueError("a card names issuer, code, role and language")


def sign(facts: Facts, key: SigningKey) -> bytes:
    """Return the token of a card. Raises ValueError for another organisation's key and for too many words."""
    if key.organisation != facts.organisation:
        raise ValueError("a card is signed with the key of its organisation")
    token = sign_payload(_payload(facts), key)
    if len(token) > MOST_TOKEN_BYTES:
        raise ValueError(f"the token has {len(token)} bytes, more than {MOST_TOKEN_BYTES}")
    return token


def read(token: bytes, public_keys: Iterable[PublicKey]) -> Facts:
    """Return what a card says, once it is sure that one of the keys signed it. Raises `CredentialRefused`."""
    if len(token) > MOST_TOKEN_BYTES:
        raise CredentialRefused("too long")
    payload, key = open_payload(token, public_keys)
    facts = _facts(payload, UUID(key["issuer"]))
    if _payload(facts) != payload:
        raise CredentialRefused("not in the one form in which cards are written")
    return facts


def link(token: bytes, language: str) -> str:
    """Return the address in the card's QR code: the page that checks, and behind `#` what never leaves the phone.

    Raises ValueError where it is more than the code holds: `to_fit` shortens what a card says.
    """
    address = _page(language) + as_text(token)
    if len(address) > QR_15_M_BYTES:
        raise ValueError(f"the link has {len(address)} signs, more than {QR_15_M_BYTES}")
    return address


def to_fit(facts: Facts) -> Facts:
    """Return the same facts, in words short enough for the card's QR code.

    As long as there is too much, the longer of place and role loses its last sign, down to 24; then the longest of
    place, role and issuer, down to 12. What was cut ends in «…». Raises ValueError where that is still too much, which
    only a very long address of the school brings.
    """
    room = (QR_15_M_BYTES - len(_page(facts.language))) * 3 // 4
    words = {name: unicodedata.normalize("NFC", text) for name, text in _words(facts).items()}
    fitted = _with_words(facts, words)
    for names, fewest in CUTTING:
        signs = {name: len(getattr(fitted, name)) for name in names}
        while _length(fitted) > room and max(signs.values()) > fewest:
            longest = max(signs, key=signs.__getitem__)
            signs[longest] -= 1
            fitted = _with_words(fitted, {**_words(fitted), longest: _cut(words[longest], signs[longest])})
    if _length(fitted) > room:
        raise ValueError("the address of the school leaves no room for a card's facts")
    return fitted


def as_text(token: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(token).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return the bytes of base64url without padding. Raises `CredentialRefused` for anything else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) % 4 == 1:
        raise CredentialRefused("not base64url")
    found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if as_text(found) != text:
        raise CredentialRefused("not base64url")
    return found


def encoded(thing: Any) -> bytes:
    """Return the one encoding of something in CBOR."""
    return cbor2.dumps(thing, canonical=True)


def decoded(content: bytes) -> Any:
    """Return what CBOR says. Raises `CredentialRefused`. Whether it is said in the one right way, the caller looks."""
    try:
        return cbor2.loads(content, max_depth=4, allow_indefinite=False, allow_duplicate_keys=False)
    except cbor2.CBORDecodeError as problem:
        raise CredentialRefused("not CBOR") from problem


def sign_payload(payload: bytes, key: SigningKey) -> bytes:
    """Return COSE_Sign1 of a payload."""
    protected = _protected(key.id)
    signature = key.private.sign(_to_be_signed(protected, payload))
    return _sign1(protected, payload, signature)


def open_payload(token: bytes, public_keys: Iterable[PublicKey]) -> tuple[bytes, PublicKey]:
    """Return the payload of COSE_Sign1 and the key that signed it. Raises `CredentialRefused`."""
    match decoded(token):
        case cbor2.CBORTag(tag=18, value=[bytes(protected), _, bytes(payload), bytes(signature)]):
            pass
        case _:
            raise CredentialRefused("not COSE_Sign1")
    if _sign1(protected, payload, signature) != token:
        raise CredentialRefused("not in the one form in which tokens are written")
    name = _key_name(protected)
    key = next((key for key in public_keys if key["id"] == name.hex()), None)
    if key is None:
        raise CredentialRefused("signed with a key that we do not know")
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes(key)).verify(signature, _to_be_signed(protected, payload))
    except InvalidSignature as problem:
        raise CredentialRefused("the signature does not belong to it") from problem
    return payload, key


def _protected(key_name: bytes) -> bytes:
    return encoded({1: EDDSA, 4: key_name})


def _key_name(protected: bytes) -> bytes:
    match decoded(protected):
        case {4: bytes(name)} if _protected(name) == protected:
            return name
        case _:
            raise CredentialRefused("another algorithm or other headers")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return encoded(["Signature1", protected, b"", payload])


def _sign1(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return encoded(cbor2.CBORTag(COSE_SIGN1, [protected, {}, payload, signature]))


def _payload(facts: Facts) -> bytes:
    labelled = {
        0: CREDENTIAL,
        1: facts.issuer,
        2: facts.code,
        3: facts.role,
        4: (facts.valid_from - EPOCH).days,
        5: (facts.valid_to - EPOCH).days,
        6: facts.salt,
        7: facts.commitment,
        8: facts.status_index,
        9: facts.language,
    }
    return encoded({**labelled, 10: facts.place} if facts.place else labelled)


def _facts(payload: bytes, organisation: UUID) -> Facts:
    match decoded(payload):
        case {
            0: 1,
            1: str(issuer),
            2: str(code),
            3: str(role),
            4: int(begins),
            5: int(ends),
            6: bytes(salt),
            7: bytes(commitment),
            8: int(index),
            9: str(language),
            **more,
        }:
            pass
        case _:
            raise CredentialRefused("not the facts of a card")
    place = more.get(10, "")  # an empty one is never written
    if not isinstance(place, str):
        raise CredentialRefused("not the facts of a card")
    try:
        first, last = EPOCH + timedelta(begins), EPOCH + timedelta(ends)
        return Facts(organisation, issuer, code, role, first, last, salt, commitment, int(index), language, place)
    except (ValueError, OverflowError) as problem:
        raise CredentialRefused(str(problem)) from problem


def _page(language: str) -> str:
    with translation.override(language):
        return f"{settings.PUBLIC_URL}{reverse('verify')}#"


def _words(facts: Facts) -> dict[str, str]:
    """What may be cut."""
    return {"place": facts.place, "role": facts.role, "issuer": facts.issuer}


def _with_words(facts: Facts, words: dict[str, str]) -> Facts:
    return replace(facts, place=words["place"], role=words["role"], issuer=words["issuer"])


def _length(facts: Facts) -> int:
    """Bytes of the token: the signature and its frame are always as long."""
    frame = len(_sign1(_protected(bytes(8)), b"", bytes(SIGNATURE_BYTES)))
    payload = len(_payload(facts))
    return frame + payload + (0 if payload < 24 else 1 if payload < 256 else 2)


def _cut(text: str, signs: int) -> str:
    """Return the beginning of a text, «…» included in the count; no mark is parted from its letter."""
    while signs > 1 and unicodedata.combining(text[signs - 1]):
        signs -= 1
    return text[: signs - 1].rstrip() + "…"

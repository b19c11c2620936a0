"""Signing keys of field credentials: a ring of files for every organisation, outside the database.

`CREDENTIAL_KEYS_DIR/<organisation uuid>/0001.key` is a private key (32 bytes, hexadecimal), `0001.json` its public
half and the moment it began. The highest number signs. Nothing is ever written again: a key ends when the next one
begins, and its private file may then be deleted, while the public half stays listed for ever.
"""

import hashlib
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypedDict
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

ID_BYTES = 8


class KeyRingBroken(RuntimeError):
    """A file of a key ring is missing, half-written or not what it says; the message names it."""


# What others get of a key: `id` in hexadecimal, `issuer` the organisation's uuid, `key` 32 bytes in base64url,
# `from` and `until` moments in UTC (`until` is null for the key that signs).
PublicKey = TypedDict(
    "PublicKey", {"id": str, "issuer": str, "name": str, "key": str, "from": str, "until": str | None}
)


@dataclass(frozen=True)
class SigningKey:
    """An organisation's private key."""

    organisation: UUID
    private: Ed25519PrivateKey

    @cached_property
    def public_bytes(self) -> bytes:
        """The public half: 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @cached_property
    def id(self) -> bytes:
        """The name of the key in what it signs: the first 8 bytes of SHA-256 of its public half."""
        return key_id(self.public_bytes)


def key_id(public: bytes) -> bytes:
    """Return the name of a public key (32 bytes): 8 bytes."""
    return hashlib.sha256(public).digest()[:ID_BYTES]


def newest_key(organisation: UUID) -> SigningKey:
    """Return the key an organisation signs with, made at first use; two processes at once keep one.

    Raises `KeyRingBroken` where its file is missing or damaged: `rotate` begins a new one.
    """
    return _key(organisation, max(_numbers(organisation), default=1))


def rotate(organisation: UUID) -> SigningKey:
    """Begin a new key and return it. What the older ones signed stays good."""
    return _key(organisation, max(_numbers(organisation), default=0) + 1)


def public_keys(names: Mapping[UUID, str]) -> list[PublicKey]:
    """Return every public key there ever was, by organisation and age, ready for JSON.

    `names` gives the organisations' names; one that is not among them is listed without. Raises `KeyRingBroken`.
    """
    listed: list[PublicKey] = []
    for organisation in sorted(_organisations()):
        known = [_public_half(organisation, number) for number in sorted(_numbers(organisation))]
        ends = [began for _public, began in known[1:]]
        for (public, began), until in zip(known, [*ends, None], strict=True):
            listed.append(
                {
                    "id": key_id(public).hex(),
                    "issuer": str(organisation),
                    "name": names.get(organisation, ""),
                    "key": _text_of(public),
                    "from": began,
                    "until": until,
                }
            )
    return listed


def public_bytes(key: PublicKey) -> bytes:
    """Return the 32 bytes of a listed key."""
    return _bytes_of(key["key"])


def _organisations() -> list[UUID]:
    """Whoever has a ring: every folder that is named as an organisation."""
    names = [folder.name for folder in Path(settings.CREDENTIAL_KEYS_DIR).glob("*-*-*-*-*")]
    try:
        return [UUID(name) for name in names]
    except ValueError as problem:
        raise KeyRingBroken(f"{settings.CREDENTIAL_KEYS_DIR} holds a folder that is no organisation's") from problem


def _folder(organisation: UUID) -> Path:
    return Path(settings.CREDENTIAL_KEYS_DIR) / str(organisation)


def _numbers(organisation: UUID) -> list[int]:
    """Keys that are listed. A private file alone has signed nothing yet: its maker was killed half-way."""
    return [int(path.stem) for path in _folder(organisation).glob("[0-9][0-9][0-9][0-9].json")]


def _key(organisation: UUID, number: int) -> SigningKey:
    """Return a key, made where it is missing. Its public half is listed before it is handed out."""
    path = _folder(organisation) / f"{number:04}.key"
    listed = path.with_suffix(".json")
    if not listed.exists():
        _write_once(path, Ed25519PrivateKey.generate().private_bytes_raw().hex())
    key = SigningKey(organisation, _private(path))
    began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _write_once(listed, json.dumps({"key": _text_of(key.public_bytes), "from": began}))
    if _public_half(organisation, number)[0] != key.public_bytes:
        raise KeyRingBroken(f"{path} is not the private half of {listed.name}")
    return key


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except FileNotFoundError as problem:
        raise KeyRingBroken(f"{path} is missing: put it back, or begin a new key") from problem
    except ValueError as problem:
        raise KeyRingBroken(f"{path} does not hold 32 bytes in hexadecimal") from problem


def _public_half(organisation: UUID, number: int) -> tuple[bytes, str]:
    path = _folder(organisation) / f"{number:04}.json"
    try:
        kept = json.loads(path.read_text())
        public, began = _bytes_of(kept["key"]), str(kept["from"])
        Ed25519PublicKey.from_public_bytes(public)
        datetime.strptime(began, "%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, KeyError, TypeError) as problem:
        raise KeyRingBroken(f"{path} does not hold a public key and the moment it began") from problem
    return public, began


def _write_once(path: Path, text: str) -> None:
    """Write a file that nobody ever sees half-written, unless it is there: of two writers the first counts."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its file is the one that counts
        os.link(partial, path)
    partial.unlink()


def _text_of(public: bytes) -> str:
    return urlsafe_b64encode(public).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Who issues: organisations as `did:web` names, the documents that list their keys, and how they stand in badges."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.conf import settings

from certificates.badges.multibase import base58

ED25519_PUBLIC = b"\xed\x01"
"""What multicodec puts before the 32 bytes of such a key."""


@dataclass(frozen=True)
class Issuer:
    """An organisation that issues: `address` is the page on the web that tells who it is."""

    uuid: UUID
    name: str
    address: str

    @property
    def did(self) -> str:
        """Its name for machines; the document behind it lists its keys."""
        return issuer_did(self.uuid)

    def profile(self) -> dict[str, Any]:
        """Return it as an Open Badges profile."""
        return {"id": self.did, "type": ["Profile"], "name": self.name, "url": self.address}


def site_did() -> str:
    """Return the school's own name: its host, the colon before a port percent-encoded (did:web, section 2)."""
    return "did:web:" + quote(urlsplit(settings.PUBLIC_URL).netloc, safe="")


def issuer_did(organisation: UUID) -> str:
    """Return the name of an organisation: `did:web:host:issuers:<uuid>` stands at `/issuers/<uuid>/did.json`."""
    return f"{site_did()}:issuers:{organisation}"


def issuer_address(organisation: UUID) -> str:
    """Return the address below which an organisation's lists stand, with a slash at its end."""
    return f"{settings.PUBLIC_URL}/issuers/{organisation}/"


def method(did: str, public_key: bytes) -> str:
    """Return the address of a key (raw Ed25519, 32 bytes) in the document of its owner."""
    return f"{did}#{multikey(public_key)}"


def multikey(public_key: bytes) -> str:
    """Return a raw Ed25519 key as `z6Mk…`."""
    return base58(ED25519_PUBLIC + public_key)


def did_document(did: str, public_keys: Iterable[bytes]) -> dict[str, Any]:
    """Return the document of a name. Every key that ever signed stays in it, so that old badges can be checked."""
    methods = [
        {"id": method(did, key), "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(key)}
        for key in public_keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [entry["id"] for entry in methods],
    }

"""A Data Integrity proof (W3C eddsa-rdfc-2022, May 2025): Ed25519 over the canonical form of what a document says."""

import hashlib
import threading
from datetime import UTC, datetime
from typing import Any

from pyld import jsonld

from certificates.badges.issuers import issuer_did, method
from certificates.badges.multibase import base58
from certificates.badges.vocabulary import CONTEXTS, UNKNOWN
from certificates.credentials.keys import SigningKey

SUITE = "eddsa-rdfc-2022"

_one_at_a_time = threading.Lock()


class UnsignableDocument(ValueError):
    """The document holds a word that no context explains: a signature would not cover it."""


def canonical(document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0) of a JSON-LD document. Raises `UnsignableDocument`."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "contextResolver": CONTEXTS}
    with _one_at_a_time:
        quads: str = jsonld.normalize(document, options)
    if f"<{UNKNOWN}" in quads:
        raise UnsignableDocument(quads.partition(f"<{UNKNOWN}")[2].partition(">")[0])
    return quads.encode()


def sign(document: dict[str, Any], key: SigningKey, at: datetime) -> dict[str, Any]:
    """Return the document with a proof by an organisation's key, dated `at`. Raises `UnsignableDocument`.

    The proof stands in a list, as the published JSON schema of Open Badges wants it. The same document, key and time
    make the same proof.
    """
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method(issuer_did(key.organisation), key.public_bytes),
        "proofPurpose": "assertionMethod",
    }
    parts = canonical({"@context": document["@context"], **proof}), canonical(document)
    signature = key.private.sign(b"".join(hashlib.sha256(part).digest() for part in parts))
    return {**document, "proof": [{**proof, "proofValue": base58(signature)}]}

"""What the words of a credential mean: the terms that are signed, and nothing from the network.

A credential names two contexts. The W3C's comes inside PyLD; of 1EdTech's file only the terms that we use stand here,
written from the published vocabulary, as its licence does not clearly let us ship the file. `docs/decisions/0009` tells
more; the verifiers' tests hold both to the same meaning.
"""

from typing import Any

from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

UNKNOWN = "urn:unknown-term:"
"""What every other word becomes. JSON-LD would drop it in silence: it would stand in the file and not be signed."""

_BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_SCHEMA = "https://schema.org/"
_XSD = "https://www.w3.org/2001/XMLSchema#"  # with an s: so 1EdTech wrote it, and so it is signed everywhere

TERMS: dict[str, Any] = {
    **{
        name: f"{_BADGES}{name}"
        for name in (
            "OpenBadgeCredential",
            "Profile",
            "AchievementSubject",
            "Achievement",
            "IdentityObject",
            "achievement",
            "achievementType",
            "identifier",
            "identityHash",
            "identityType",
            "narrative",
        )
    },
    "criteria": {"@id": f"{_BADGES}Criteria", "@type": "@id"},
    "hashed": {"@id": f"{_BADGES}hashed", "@type": f"{_XSD}boolean"},
    "inLanguage": f"{_SCHEMA}inLanguage",
    "url": {"@id": f"{_SCHEMA}url", "@type": f"{_XSD}anyURI"},
}

# A cache of its own: PyLD keeps contexts by their address for the whole process, and others may mean the whole file.
CONTEXTS = ContextResolver(
    {},
    FrozenDocumentLoader(
        {CREDENTIALS: BUNDLED_CONTEXTS[CREDENTIALS], OPEN_BADGES: {"@context": {"@vocab": UNKNOWN, **TERMS}}}
    ),
)
"""Knows the two contexts and refuses every other address with `JsonLdError`. Not made for threads."""

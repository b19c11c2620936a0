"""The credential's shape: Open Badges 3.0.3 (1EdTech, 2024) on the W3C's data model 2.0 (May 2025)."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from certificates.badges.achieved import Achieved, Kind
from certificates.badges.status import status_entry
from certificates.badges.vocabulary import CREDENTIALS, OPEN_BADGES

ACHIEVEMENT_TYPES: dict[Kind, str] = {"course": "CertificateOfCompletion", "role": "Certification"}


def credential(achieved: Achieved) -> dict[str, Any]:
    """Return what was achieved as a credential, not yet signed.

    The holder stands in it by the name she wrote and by the code that she shows anyway: the file leaves the school
    by her hand only. No key, address or number ties it to her elsewhere.
    """
    content = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": achieved.uuid.urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achieved.title,
        "issuer": achieved.issuer.profile(),
        "validFrom": _moment(achieved.valid_from, time.min),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity("name", achieved.holder), _identity("identifier", achieved.code)],
            "achievement": _achievement(achieved),
        },
    }
    if achieved.valid_until:
        content["validUntil"] = _moment(achieved.valid_until, time(23, 59, 59))
    if achieved.status is not None:
        content["credentialStatus"] = status_entry(achieved.issuer.uuid, achieved.kind, achieved.status)
    return content


def _achievement(achieved: Achieved) -> dict[str, Any]:
    return {
        "id": achieved.about.urn,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[achieved.kind],
        "name": achieved.title,
        "description": achieved.description,
        "criteria": {"narrative": achieved.criteria},
        "inLanguage": achieved.language,
    }


def _identity(kind: str, said: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": said, "identityType": kind}


def _moment(day: date, hour: time) -> str:
    return datetime.combine(day, hour, timezone.get_default_timezone()).isoformat()

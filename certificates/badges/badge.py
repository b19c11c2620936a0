"""The signed files: badges of a certificate's copy and of a field credential, and an organisation's revoked ones."""

import json
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from certificates.badges.achieved import Achieved, confirmed_profile, of_card, of_certificate
from certificates.badges.credential import credential
from certificates.badges.signing import sign
from certificates.badges.status import kind_of, list_number, status_list
from certificates.credentials.keys import newest_key
from certificates.credentials.listing import is_valid, revoked_indexes
from certificates.models import CertificateCopy, CourseCertificate, FieldCredential
from people.models import Organisation


def certificate_badge(copy: CertificateCopy) -> bytes | None:
    """Return the badge of a certificate's copy as JSON, signed now.

    None where badges are switched off, where the issuer has not confirmed its name (a sample is not signed), and where
    the certificate was revoked. Raises `KeyRingBroken`.
    """
    if not settings.OPEN_BADGES or copy.certificate.revoked_at:
        return None
    profile = confirmed_profile(copy.certificate.organisation)
    return _file(of_certificate(copy, profile)) if profile else None


def card_badge(card: FieldCredential) -> bytes | None:
    """Return the badge of a field credential as JSON, signed now; None as for a certificate. Raises `KeyRingBroken`."""
    if not settings.OPEN_BADGES or not is_valid(card, timezone.localdate()):
        return None
    profile = confirmed_profile(card.organisation)
    return _file(of_card(card, profile)) if profile else None


def revocation_list(organisation: Organisation, number: int) -> dict[str, Any]:
    """Return one of an organisation's lists of what does not count any more, signed now. Raises `KeyRingBroken`."""
    indexes = revoked_indexes(organisation) if kind_of(number) == "role" else _revoked_certificates(organisation)
    now = timezone.now()
    return sign(status_list(organisation.uuid, number, indexes, now), newest_key(organisation.uuid), now)


def is_list(organisation: Organisation, number: int) -> bool:
    """Return whether anything that an organisation issued has its place in a list of this number, or might have."""
    if kind_of(number) == "role":
        last = FieldCredential.objects.filter(organisation=organisation).aggregate(last=Max("index"))["last"]
    else:
        last = CourseCertificate.objects.filter(organisation=organisation).aggregate(last=Max("pk"))["last"]
    return number <= list_number(kind_of(number), last or 0)


def _revoked_certificates(organisation: Organisation) -> list[int]:
    revoked = CourseCertificate.objects.filter(organisation=organisation, revoked_at__isnull=False)
    return list(revoked.values_list("pk", flat=True))


def file_name(code: str) -> str:
    """Return the name of a badge's file."""
    return f"insignia-{code}.json"


def _file(achieved: Achieved) -> bytes:
    signed = sign(credential(achieved), newest_key(achieved.issuer.uuid), timezone.now())
    return json.dumps(signed, ensure_ascii=False, indent=1).encode()

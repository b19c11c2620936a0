"""Issuing, correcting, revoking and checking course certificates."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.credentials.listing import is_valid
from certificates.models import CertificateCopy, CourseCertificate, FieldCredential
from certificates.signals import certificate_revoked
from cms.auditing import record
from cms.orthography import search_key
from courses.public import CoursePage, Edition
from people.models import User, Volunteer

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs that are not mistaken for one another when read aloud or copied."""
CODE_LENGTH = 10


def issue(volunteer: Volunteer, course: CoursePage, edition: Edition | None, at: datetime) -> CourseCertificate:
    """Return the person's certificate for a completed course, made now if there is none (twice makes one)."""
    try:
        with transaction.atomic():
            certificate = CourseCertificate.objects.create(
                code=new_code(),
                volunteer=volunteer,
                organisation_id=course.organisation_id,
                course_key=course.translation_key,
                course_title=course.title,
                edition=edition.number if edition else 0,
                manifest_hash=edition.manifest_hash if edition else "",
                hours=course.hours,
                completed_on=timezone.localtime(at).date(),
            )
            CertificateCopy.objects.create(
                certificate=certificate, number=1, name=volunteer.safe_name, language=volunteer.language
            )
    except IntegrityError:  # hers is there already, or somebody else's has this very code
        own = CourseCertificate.objects.filter(volunteer=volunteer, course_key=course.translation_key).first()
        return own or issue(volunteer, course, edition, at)
    return certificate


def new_code() -> str:
    """Return a random code of ten signs (about 49 bits)."""
    return "".join(secrets.choice(CODE_LETTERS) for _sign in range(CODE_LENGTH))


def clean_code(typed: str) -> str:
    """Return a typed code without spaces and dashes, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


@transaction.atomic
def make_out(certificate: CourseCertificate, name: str, language: str) -> CertificateCopy:
    """Make a certificate out to another name or language: a new copy; the earlier ones are kept."""
    locked = CourseCertificate.objects.select_for_update().get(pk=certificate.pk)
    last = locked.latest_copy
    if (last.name, last.language) == (name, language):
        return last
    return CertificateCopy.objects.create(certificate=locked, number=last.number + 1, name=name, language=language)


@transaction.atomic
def revoke(certificate: CourseCertificate, by: User, reason: str) -> None:
    """Revoke a certificate; the reason is kept, the audit holds only ids."""
    changed = CourseCertificate.objects.filter(pk=certificate.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_reason=reason, revoked_by=by.volunteer
    )
    record("certificate_revoked", certificate, actor=by)
    if changed:
        certificate.refresh_from_db()
        certificate_revoked.send(CourseCertificate, certificate=certificate)


@dataclass(frozen=True)
class Verdict:
    """What a stranger with a code is told: `valid`, `invalid` or `unknown`, and the certificate or card it names."""

    state: str
    certificate: CourseCertificate | None = None
    card: FieldCredential | None = None
    name: str = ""


def verify(typed: str) -> Verdict:
    """Return the verdict on the code of a certificate or of a card; the name only where its holder agreed.

    Both are looked up whatever the first says, so that the time of the answer does not tell which codes there are.
    """
    code = clean_code(typed)
    certificate = CourseCertificate.objects.select_related("organisation__issuer").filter(code=code).first()
    cards = FieldCredential.objects.select_related("organisation__issuer", "grant__volunteer")
    card = cards.filter(code=code).first()
    if certificate:
        is_open = certificate.is_valid()
        name = certificate.latest_copy.name if is_open and certificate.name_is_public else ""
        return Verdict("valid" if is_open else "invalid", certificate, name=name)
    if card:
        return Verdict("valid" if is_valid(card, timezone.localdate()) else "invalid", card=card)
    return Verdict("unknown")


def belongs_to(issued: CourseCertificate | FieldCredential, typed_name: str) -> bool:
    """Return whether a typed name is the one on a certificate or card, whatever its accents and capitals."""
    own = issued.name if isinstance(issued, FieldCredential) else issued.latest_copy.name
    return bool(own) and search_key(typed_name) == search_key(own)

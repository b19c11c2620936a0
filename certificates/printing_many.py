"""Many course certificates as one PDF: asked for once, made by the worker in parts, joined, kept for a day.

Each stands on its own page in its holder's language, as she has it herself, without the badge: it is for the printer.
The parts are kept until the whole is there, so that a killed worker's job goes on with the next part.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.utils.translation import gettext as _

from certificates.issuing import make_out
from certificates.kept_files import forget, is_kept, keep, kept
from certificates.models import CertificateCopy, CourseCertificate
from certificates.printing import PrintingUnavailable, certificate_html
from cms.auditing import record
from cms.models import Job
from cms.working import MOST_ATTEMPTS, enqueue
from people.models import Cohort, User, Volunteer
from people.public import organisations_where, those_she_may

PRINT = "print_certificates"
DEED = "see_person"
IN_A_PART = 25
MOST = 2_000
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


def cohorts_for(user: Any) -> QuerySet[Cohort]:
    """Return the cohorts of the organisations in which a member of staff sees people."""
    return Cohort.objects.filter(organisation__in=organisations_where(user, DEED)).order_by("name", "pk")


def courses_for(user: Any) -> list[tuple[str, str]]:
    """Return the courses of which there are certificates in her organisations: key and newest title."""
    rows = CourseCertificate.objects.filter(volunteer__organisation__in=organisations_where(user, DEED))
    titles = rows.values("course_key", "course_title").annotate(newest=Max("issued_at")).order_by("newest")
    return list({str(row["course_key"]): row["course_title"] for row in titles}.items())


def printable(user: Any, cohort: Cohort, course_key: UUID) -> list[CourseCertificate]:
    """Return the valid certificates of a course that members of a cohort have, those in her care only, by name."""
    members = Volunteer.objects.filter(cohortmembership__cohort=cohort, erased_at=None)
    people = those_she_may(user, DEED, members.select_related("territory__parent__parent"))
    rows = CourseCertificate.objects.filter(volunteer__in=people, course_key=course_key, revoked_at=None)
    found = rows.select_related("volunteer__identity").order_by("pk")
    return sorted(found, key=lambda row: (_name_of(row).casefold(), row.pk))[:MOST]


def _name_of(certificate: CourseCertificate) -> str:
    identity = getattr(certificate.volunteer, "identity", None)
    return identity.safe_name if identity else ""


def key_of(user: User, token: UUID) -> str:
    """Return the idempotency key of the job that a member of staff asked for with a token of her form."""
    return f"{PRINT}:{user.pk}:{token}"


@transaction.atomic
def ask_print(user: User, cohort: Cohort, course_key: UUID, token: UUID) -> Job | None:
    """Ask the worker for the certificates of a cohort; None where there are none. Asked twice is once."""
    before = Job.objects.filter(idempotency_key=key_of(user, token)).first()
    if before:
        return before
    certificates = printable(user, cohort, course_key)
    if not certificates:
        return None
    row = enqueue(
        PRINT,
        key_of(user, token),
        organisation=cohort.organisation_id,
        by=user.pk,
        certificates=[certificate.pk for certificate in certificates],
        title=_("Certificates are printed"),
    )
    record("certificates_printed", row, actor=user, cohort=cohort.pk, count=len(certificates))
    return row


def print_certificates(row: Job) -> dict[str, Any]:
    """Make the parts that are missing and join them; the result says `pages`, or `unavailable` without Pango."""
    keys: list[int] = row.arguments["certificates"]
    starts = range(0, len(keys), IN_A_PART)
    names = [f"{file_of(row)}-{start}" for start in starts]
    try:
        for start, name in zip(starts, names, strict=True):
            if not is_kept(name):
                keep(name, _part(keys[start : start + IN_A_PART]))
            row.progress(min(start + IN_A_PART, len(keys)), len(keys))
    except PrintingUnavailable:
        return {"unavailable": True}
    except Exception:
        if row.attempts >= MOST_ATTEMPTS:
            _forget_all(names)
        raise
    content, pages = joined(content for name in names if (content := kept(name)))
    keep(file_of(row), content)
    _forget_all(names)
    return {"pages": pages}


def file_of(row: Job) -> str:
    """Return the name under which a job's PDF is kept."""
    return f"certificates-{row.pk}"


def _forget_all(names: Iterable[str]) -> None:
    for name in names:
        forget(name)


def _part(keys: list[int]) -> bytes:
    """Return some certificates as a PDF, in the order given; one revoked or erased meanwhile is left out."""
    return pdf_of_many(certificate_html(copy) for copy in copies_of(keys))


def copies_of(keys: list[int]) -> Iterator[CertificateCopy]:
    """Yield the copy of each certificate in its holder's language, made out now where there is none (2 queries)."""
    rows = CourseCertificate.objects.filter(pk__in=keys, revoked_at=None, volunteer__erased_at=None)
    copies = CertificateCopy.objects.order_by("number")
    found = rows.select_related("volunteer", "organisation").prefetch_related(Prefetch("copies", queryset=copies))
    by_key = {row.pk: row for row in found}
    for key in keys:
        if key in by_key:
            yield _copy_of(by_key[key])


def _copy_of(certificate: CourseCertificate) -> CertificateCopy:
    copies = list(certificate.copies.all())
    name, language = copies[-1].name, certificate.volunteer.language
    own = next((copy for copy in reversed(copies) if (copy.name, copy.language) == (name, language)), None)
    copy = own or make_out(certificate, name, language)
    copy.certificate = certificate
    return copy


def pdf_of_many(pages: Iterable[str]) -> bytes:
    """Return pages as one PDF for the printer; it fetches nothing. Raises `PrintingUnavailable` without Pango."""
    try:
        from weasyprint import HTML  # slow to import, and needs a system library
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as problem:
        raise PrintingUnavailable from problem
    fonts, fetcher = FontConfiguration(), URLFetcher(allowed_protocols=["data"])
    documents = [HTML(string=page, url_fetcher=fetcher).render(font_config=fonts) for page in pages]
    if not documents:
        return b""
    pdf: bytes = documents[0].copy([page for document in documents for page in document.pages]).write_pdf()
    return pdf


def joined(parts: Iterable[bytes]) -> tuple[bytes, int]:
    """Return PDF files as one, and how many pages it has."""
    from pypdf import PdfReader, PdfWriter  # only the worker needs it

    whole, file = PdfWriter(), io.BytesIO()
    for part in parts:
        for page in PdfReader(io.BytesIO(part)).pages:
            whole.add_page(page)
    whole.compress_identical_objects()
    whole.write(file)
    return file.getvalue(), len(whole.pages)

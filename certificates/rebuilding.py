"""Writing what follows from facts anew: evidence of the school's own that is missing, spans, and proposals.

All of it is written with each fact; this is for after a restore, an import of facts, or a changed role.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone

from assessments.models import Observation
from assessments.public import PracticalResult
from certificates.models import CourseCertificate, Evidence, VisitPerson
from certificates.proposing import propose_for
from certificates.spanning import batches, rebuild, rebuild_all
from certificates.vouching import course_finished, practical_passed, revoke_evidence, visit_made, workshop_attended
from courses.public import Attendance
from people.models import Organisation, Volunteer


@dataclass(frozen=True)
class Rebuilt:
    """How much was written."""

    evidence: int
    spans: int


def rebuild_register() -> Rebuilt:
    """Write the evidence of the school's own that is missing, and everybody's spans anew. Twice changes nothing."""
    written = [*_courses(), *_practicals(), *_workshops(), *_visits()]
    return Rebuilt(len([evidence for evidence in written if evidence]), rebuild_all())


def rebuild_organisation(organisation: Organisation, progress: Callable[[int, int], None] | None = None) -> int:
    """Write the spans of an organisation's people anew and propose what now follows; return how many people.

    For a role, a requirement or a cycle that was changed: they concern nobody else. `progress(done, total)` is called
    on the way.
    """
    keys = list(Volunteer.objects.filter(organisation=organisation).order_by("pk").values_list("pk", flat=True))
    done = 0
    for some in batches(keys):
        people = Volunteer.objects.filter(pk__in=some).select_related("organisation", "territory__parent")
        rebuild(people)
        propose_for(people)
        done += len(some)
        if progress:
            progress(done, len(keys))
    return len(keys)


def _missing(prefix: str, names: Iterable[str]) -> set[str]:
    """Return which of the names (what stands behind the prefix in `Evidence.source`) have no evidence (1 query)."""
    kept = Evidence.objects.filter(source__startswith=f"{prefix}:").values_list("source", flat=True)
    return set(names) - {source.removeprefix(f"{prefix}:") for source in kept}


def _courses() -> Iterable[Evidence | None]:
    certificates = {
        str(row.uuid): row for row in CourseCertificate.objects.filter(volunteer__erased_at=None).order_by("pk")
    }
    for name in _missing("certificate", certificates):
        certificate = certificates[name]
        evidence = course_finished(certificate)
        if evidence and certificate.revoked_at:
            day = timezone.localdate(certificate.revoked_at)
            revoke_evidence(evidence, certificate.revoked_reason, certificate.revoked_by, on=day)
        yield evidence


def _practicals() -> Iterable[Evidence | None]:
    results = list(PracticalResult.objects.filter(volunteer__erased_at=None).select_related("volunteer"))
    passed = {str(row.pk): row for row in results if row.passed}
    corrected = set(Observation.objects.filter(replaced_by__isnull=False).values_list("pk", flat=True))
    for name in _missing("practical", passed):
        result = passed[name]
        if not _was_taken_back(result, results, {str(key) for key in corrected}):
            yield practical_passed(result.volunteer, result.practical_key, result.day, name)


def _was_taken_back(result: PracticalResult, results: list[PracticalResult], corrected: set[str]) -> bool:
    """Return whether a correction took a pass back: what it rests on was corrected, and a later result says no."""
    return bool(corrected & set(result.observations)) and any(
        (later.volunteer_id, later.practical_key) == (result.volunteer_id, result.practical_key)
        and later.at > result.at
        and not later.passed
        for later in results
    )


def _workshops() -> Iterable[Evidence | None]:
    rows = Attendance.objects.counting().filter(volunteer__erased_at=None)
    there = {
        f"{row.workshop.uuid}:{row.volunteer.uuid}": row
        for row in rows.select_related("volunteer", "workshop__topic", "workshop__territory")
    }
    for name in _missing("workshop", there):
        workshop = there[name].workshop
        yield workshop_attended(
            there[name].volunteer, workshop.topic.uuid, workshop.day, workshop.territory, workshop.uuid
        )


def _visits() -> Iterable[Evidence | None]:
    rows = VisitPerson.objects.filter(went=True, visit__state="took_place", volunteer__erased_at=None)
    went = {
        f"{row.visit.uuid}:{row.volunteer.uuid}": row
        for row in rows.select_related("volunteer", "visit__role", "visit__territory")
    }
    for name in _missing("visit", went):
        yield visit_made(went[name].visit, went[name].volunteer)

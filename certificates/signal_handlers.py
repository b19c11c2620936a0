"""What certificates do when others announce something."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Observation
from assessments.public import PracticalResult, practical_graded
from certificates.demo import make_demo_network
from certificates.issuing import issue
from certificates.kept_files import forget_old
from certificates.models import (
    Appeal,
    CertificateCopy,
    CourseCertificate,
    Evidence,
    FieldCredential,
    LookUp,
    Proposal,
    Requirement,
    Span,
    VisitPerson,
)
from certificates.proposing import propose_for
from certificates.shipped_roles import ship_roles
from certificates.signals import certificate_revoked
from certificates.spanning import rebuild
from certificates.tasks import keep_roles_daily, note_after
from certificates.vouching import (
    practical_passed,
    revoke_evidence,
    revoke_sources,
    workshop_attended,
)
from cms.housekeeping import house_kept
from courses.public import (
    CoursePage,
    Edition,
    Workshop,
    attendance_corrected,
    course_completed,
    demo_made,
    enrolled,
    school_opened,
    workshop_closed,
)
from people.models import Organisation, User, Volunteer
from people.signals import organisation_founded, volunteer_erased, volunteer_placed


def connect() -> None:
    """Connect the handlers (called once)."""
    course_completed.connect(_on_course_completed, dispatch_uid="issue-certificate")
    certificate_revoked.connect(_on_certificate_revoked, dispatch_uid="revoke-evidence-of-course")
    practical_graded.connect(_on_practical_graded, dispatch_uid="write-evidence-of-practical")
    workshop_closed.connect(_on_workshop_closed, dispatch_uid="write-evidence-of-workshop")
    attendance_corrected.connect(_on_attendance_corrected, dispatch_uid="correct-evidence-of-workshop")
    enrolled.connect(_on_enrolled, dispatch_uid="write-spans-of-training")
    volunteer_placed.connect(_on_volunteer_placed, dispatch_uid="propose-for-place")
    volunteer_erased.connect(_on_volunteer_erased, dispatch_uid="erase-names-on-certificates")
    demo_made.connect(_on_demo_made, dispatch_uid="make-demo-network")
    school_opened.connect(_on_organisation, dispatch_uid="ship-roles")
    organisation_founded.connect(_on_organisation, dispatch_uid="ship-roles-to-a-new-organisation")
    house_kept.connect(_on_house_kept, dispatch_uid="keep-roles-daily")


def _on_course_completed(
    volunteer: Volunteer, course: CoursePage, edition: Edition | None, at: datetime, **_kwargs: Any
) -> None:
    note_after(issue(volunteer, course, edition, at))


def _on_certificate_revoked(certificate: CourseCertificate, **_kwargs: Any) -> None:
    revoke_sources(f"certificate:{certificate.uuid}", certificate.revoked_reason, certificate.revoked_by)


def _on_practical_graded(result: PracticalResult, **_kwargs: Any) -> None:
    """Write a pass; a correction that takes a pass back revokes what was written for it. A later failure does not."""
    if result.passed:
        practical_passed(result.volunteer, result.practical_key, result.day, str(result.pk))
        return
    standing = Evidence.objects.filter(
        volunteer=result.volunteer,
        kind=Requirement.Kind.PRACTICAL,
        subject=str(result.practical_key),
        revoked_on=None,
    )
    for evidence in standing:
        passed = PracticalResult.objects.filter(pk=evidence.source.removeprefix("practical:")).first()
        seen = Observation.objects.filter(pk__in=[UUID(key) for key in passed.observations] if passed else [])
        if seen.filter(replaced_by__isnull=False).exists():
            revoke_evidence(evidence, _("The observation was corrected."))


def _on_workshop_closed(workshop: Workshop, volunteers: list[Volunteer], **_kwargs: Any) -> None:
    for volunteer in volunteers:
        workshop_attended(volunteer, workshop.topic.uuid, workshop.day, workshop.territory, workshop.uuid)


def _on_attendance_corrected(workshop: Workshop, volunteer: Volunteer, was_there: bool, **_kwargs: Any) -> None:
    if was_there:
        workshop_attended(volunteer, workshop.topic.uuid, workshop.day, workshop.territory, workshop.uuid)
    else:
        revoke_sources(f"workshop:{workshop.uuid}:{volunteer.uuid}", _("The attendance list was corrected."))


def _on_enrolled(volunteer: Volunteer, **_kwargs: Any) -> None:
    rebuild([volunteer])


def _on_volunteer_placed(volunteer: Volunteer, **_kwargs: Any) -> None:
    rebuild([volunteer])
    propose_for([volunteer])


def _on_volunteer_erased(volunteer: Volunteer, **_kwargs: Any) -> None:
    """Take away what says who she is; counts, periods and the validity of what was issued stay."""
    CertificateCopy.objects.filter(certificate__volunteer=volunteer).update(name="")
    CourseCertificate.objects.filter(volunteer=volunteer).update(name_is_public=False)
    FieldCredential.objects.filter(grant__volunteer=volunteer).update(name="")
    Evidence.objects.filter(volunteer=volunteer).update(attester="", territory=None)
    Appeal.objects.filter(volunteer=volunteer).update(words="")
    Proposal.objects.open().filter(volunteer=volunteer).update(state=Proposal.State.WITHDRAWN)
    Span.objects.filter(volunteer=volunteer).delete()
    LookUp.objects.filter(volunteer=volunteer).delete()
    VisitPerson.objects.filter(volunteer=volunteer, visit__state="planned").delete()


def _on_organisation(organisation: Organisation, **_kwargs: Any) -> None:
    ship_roles(organisation)


def _on_demo_made(coordinator: User, **_kwargs: Any) -> None:
    make_demo_network(coordinator)


def _on_house_kept(now: datetime, **_kwargs: Any) -> None:
    forget_old(now)
    keep_roles_daily(timezone.localtime(now).date())

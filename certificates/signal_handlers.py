"""What certificates do when others announce something."""

from datetime import datetime
from typing import Any

from certificates.issuing import issue
from certificates.models import CertificateCopy, CourseCertificate
from courses.public import CoursePage, Edition, course_completed
from people.models import Volunteer
from people.signals import volunteer_erased


def connect() -> None:
    """Connect the handlers (called once)."""
    course_completed.connect(_on_course_completed, dispatch_uid="issue-certificate")
    volunteer_erased.connect(_on_volunteer_erased, dispatch_uid="erase-names-on-certificates")


def _on_course_completed(
    volunteer: Volunteer, course: CoursePage, edition: Edition | None, at: datetime, **_kwargs: Any
) -> None:
    issue(volunteer, course, edition, at)


def _on_volunteer_erased(volunteer: Volunteer, **_kwargs: Any) -> None:
    CertificateCopy.objects.filter(certificate__volunteer=volunteer).update(name="")
    CourseCertificate.objects.filter(volunteer=volunteer).update(name_is_public=False)

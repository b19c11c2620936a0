"""Long work of courses: taking packages in."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from cms.languages import SOURCE_LANGUAGE
from cms.models import HomePage, Job
from cms.working import MOST_ATTEMPTS, job
from courses.importing import import_course
from courses.package_format import PackageRefused
from people.models import Organisation, Volunteer

IMPORT = "import_course"
LONGEST_IMPORT = timedelta(minutes=15)


def uploads() -> Path:
    """Return the folder where packages wait for the worker."""
    return Path(settings.VAR_DIR) / "uploads"


def progress_key(job_id: int) -> str:
    """Return the cache key under which an import says how far it is."""
    return f"job-progress:{job_id}"


def register() -> None:
    """Make the long work of courses known to the worker (called once)."""
    job(IMPORT)(import_package)


def import_package(row: Job) -> dict[str, Any]:
    """Take in the uploaded package of a job and remove its file.

    The result says `edition` and `course`, or in `refused` the reasons in words: a package that is refused once will be
    refused again, so it is not tried a second time.
    """
    # Everything is written in one transaction: a lease renewed inside it would be seen only at its end.
    row.hold(LONGEST_IMPORT)
    path = uploads() / row.arguments["file"]
    is_over = row.attempts >= MOST_ATTEMPTS
    try:
        with translation.override(SOURCE_LANGUAGE):
            edition = import_course(
                path,
                home=HomePage.objects.get(locale__language_code=SOURCE_LANGUAGE),
                organisation=Organisation.objects.get(pk=row.arguments["organisation"]),
                by=Volunteer.objects.get(pk=row.arguments["by"]),
                progress=lambda done, total: cache.set(progress_key(row.pk), (done, total), timeout=3600),
            )
    except PackageRefused as refused:
        is_over = True
        return {"refused": refused.problems}
    else:
        is_over = True
        return {"edition": edition.number, "course": str(edition.course_key)}
    finally:
        if is_over:
            path.unlink(missing_ok=True)

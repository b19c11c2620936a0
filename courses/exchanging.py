"""Exchanging courses as packages: an upload becomes long work, a course becomes a file."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cms.models import Job
from cms.working import enqueue
from courses.models import CoursePage
from courses.packaging import export_course
from courses.tasks import IMPORT, progress_key, uploads
from people.models import Organisation, User
from people.public import organisations_where

ENDED = [Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED]


def take_in(upload: "UploadedFile[Any]", organisation: Organisation, by: User) -> Job:
    """Keep an uploaded package and return the job that will import it for an organisation.

    The same file sent again while it waits or is being imported is the same job.
    """
    uploads().mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor, partial = tempfile.mkstemp(dir=uploads())
    with os.fdopen(descriptor, "wb") as file:
        for chunk in upload.chunks():
            digest.update(chunk)
            file.write(chunk)
    name = f"{organisation.pk}-{digest.hexdigest()}.zip"
    Path(partial).replace(uploads() / name)
    earlier = Job.objects.filter(kind=IMPORT, arguments__file=name, state__in=ENDED).count()
    return enqueue(
        IMPORT,
        f"{IMPORT}:{name}:{earlier}",
        file=name,
        title=upload.name,
        organisation=organisation.pk,
        by=by.volunteer_id,
    )


def imports_of(user: User) -> QuerySet[Job]:
    """Return the imports into the organisations for which a user may exchange courses, newest first."""
    places = [place.pk for place in organisations_where(user, "exchange_course")]
    return Job.objects.filter(kind=IMPORT, arguments__organisation__in=places).order_by("-pk")


def told(row: Job) -> dict[str, Any]:
    """Return how far an import is, in words for who waits: `state`, `percent` (or None), `problems`, `is_over`."""
    done, total = cache.get(progress_key(row.pk)) or (row.done, row.total)
    problems = row.result.get("refused", [])
    if row.state == Job.State.FAILED:
        problems = [_("The school could not take this package in. Tell who looks after the school: job %s.") % row.pk]
    state = _("Refused") if row.result.get("refused") else row.get_state_display()
    return {
        "id": row.pk,
        "title": row.arguments.get("title", ""),
        "state": str(state),
        "percent": 100 * done // total if total and row.state == Job.State.RUNNING else None,
        "problems": problems,
        "edition": row.result.get("edition"),
        "is_over": row.state in ENDED,
    }


def package_of(course: CoursePage) -> IO[bytes]:
    """Return a course's package as an open file that is gone once it is closed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{course.slug}.zip"
        export_course(course, path)
        return path.open("rb")

"""CPU time of the certificates of a large group as one PDF, made as the worker makes it, with progress."""

import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.school import School

PRINTED = 200


def figures(_school: School) -> Iterator[Figure]:
    """Two hundred certificates, told for a thousand."""
    from certificates.printing_many import PRINT
    from cms.working import enqueue, run_job

    row = enqueue(PRINT, "bench", certificates=issued())
    began = time.process_time()
    ended = run_job(row.pk)
    seconds = (time.process_time() - began) * 1000 / PRINTED
    assert ended is not None
    assert (ended.result, ended.done) == ({"pages": PRINTED}, PRINTED)
    yield Figure("pdf.many_1000_s", round(seconds, 1), "s", "<= 90")


def issued() -> list[int]:
    """Return the keys of certificates of the course, each of a person with a name of her own."""
    from django.utils import timezone

    from certificates.issuing import issue
    from courses.models import CoursePage, Edition
    from people.models import Identity, Volunteer

    course = CoursePage.objects.source().get()
    edition, now = Edition.objects.latest(course.translation_key), timezone.now()
    people = [Volunteer(organisation_id=course.organisation_id) for _number in range(PRINTED)]
    Volunteer.objects.bulk_create(people)
    Identity.objects.bulk_create(
        Identity(volunteer=person, safe_name=f"María Caal {number}") for number, person in enumerate(people)
    )
    return [issue(person, course, edition, now).pk for person in people]

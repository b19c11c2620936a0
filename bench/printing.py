"""CPU time of a certificate's PDF once everything is loaded, against an empty page of the same size."""

import statistics
import time
from collections.abc import Callable, Iterator

from bench.figure import Figure
from bench.school import School

EMPTY_PAGE = "<!doctype html><html lang=es><title>.</title><style>@page{size:letter landscape;margin:0}</style></html>"
TIMES = 20


def figures(school: School) -> Iterator[Figure]:
    """Median of twenty, taken in turns with the floor."""
    from django.utils import timezone
    from weasyprint import HTML

    from certificates.issuing import issue
    from certificates.printing import certificate_pdf
    from courses.models import CoursePage, Edition

    course = CoursePage.objects.source().get()
    edition = Edition.objects.latest(course.translation_key)
    copy = issue(school.join().volunteer, course, edition, timezone.now()).latest_copy
    certificate, floor = in_turns(
        lambda: certificate_pdf(copy), lambda: HTML(string=EMPTY_PAGE).write_pdf(pdf_variant="pdf/a-3a")
    )
    yield Figure("pdf.cpu_ms", certificate, "ms", "<= 100", floor)


def in_turns(*works: Callable[[], object]) -> list[float]:
    """Return the median CPU milliseconds of each work, after one run to warm up."""
    taken: list[list[float]] = [[] for _work in works]
    for _time in range(TIMES + 1):
        for work, times in zip(works, taken, strict=True):
            began = time.process_time()
            work()
            times.append(1000 * (time.process_time() - began))
    return [round(statistics.median(times[1:]), 1) for times in taken]

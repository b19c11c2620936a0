"""What a lesson costs on the wire: the first visit of somebody signed in, and the next one."""

from collections.abc import Iterator

from bench.figure import Figure
from bench.phone import Exchange, phone
from bench.school import School

READABLE = {"Document", "Stylesheet", "Script"}


def figures(school: School) -> Iterator[Figure]:
    """Bytes and requests of the longest lesson of the course, in Chromium, headers of the answers included."""
    sign_in = school.join()
    lesson = school.address + longest_lesson()
    with school.served(), phone() as reader:
        reader.sign_in(school.address, sign_in)
        reader.forget_files()
        first, again = reader.open(lesson), reader.open(lesson)
    yield Figure("visit.first_kb", kilobytes(first, READABLE), "kB", "<= 35")
    yield Figure("visit.first_requests", len(first), "requests", "<= 6")
    yield Figure("visit.picture_kb", kilobytes(first, {"Image"}), "kB")
    yield Figure("visit.again_kb", kilobytes(again, READABLE), "kB", "<= 1")
    yield Figure("visit.again_requests", len(again), "requests")


def longest_lesson() -> str:
    """Return the address of the lesson with the most text."""
    from django.db.models import TextField
    from django.db.models.functions import Cast, Length

    from courses.models import LessonPage

    by_length = LessonPage.objects.source().order_by(Length(Cast("body", TextField())).desc())
    address: str = by_length[0].url
    return address


def kilobytes(exchanges: list[Exchange], kinds: set[str]) -> float:
    """Return the kB (1000 bytes) that came down, of some kinds of file."""
    return sum(exchange.down for exchange in exchanges if exchange.kind in kinds) / 1000

"""SQL queries of the pages that are not stored, counted with every cache empty."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.figure import Figure
from bench.school import PIN, School

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def figures(school: School) -> Iterator[Figure]:
    """A lesson in both languages, stored and not; the path with 34 lessons and with three times as many."""
    from courses.models import LessonPage

    learner = signed_in(school.join())
    lessons = LessonPage.objects.source().order_by("path")
    addresses = [page.url for page in (lessons[1], lessons[1].get_translations().first())]
    yield Figure("query.lesson_not_stored", max(queries(learner, url) for url in addresses), "queries", "<= 20")
    learner.get(addresses[0])
    yield Figure("query.lesson_stored", queries(learner, addresses[0], cold=False), "queries", "= 0")
    short, long = path_queries(learner)
    yield Figure("query.path_34_lessons", short, "queries", "<= 12")
    yield Figure("query.path_102_lessons", long, "queries", "<= 12", short)
    yield Figure("query.path_grows_by", long - short, "queries", "= 0")


def path_queries(learner: Any) -> tuple[int, int]:
    """Return the queries of the path page with the course's 34 lessons and with 102; the added ones are taken back."""
    from django.db import transaction

    with transaction.atomic():
        short = queries(learner, "/es/me/curso-basico/")
        triple_lessons()
        long = queries(learner, "/es/me/curso-basico/")
        transaction.set_rollback(True)
    return short, long


def triple_lessons() -> None:
    """Add two copies of every lesson of the course to its module."""
    from courses.models import LessonPage, ModulePage

    for lesson in LessonPage.objects.source():
        module = ModulePage.objects.parent_of(lesson).get()
        for number in (2, 3):
            lesson.copy(to=module, update_attrs={"slug": f"{lesson.slug}-{number}"}, copy_revisions=False)
    assert LessonPage.objects.source().live().count() == 102


def queries(client: Any, address: str, *, cold: bool = True) -> int:
    """Return how many SQL queries a page takes; cold is with empty caches."""
    from django.core.cache import cache

    from cms import stored_pages

    if cold:
        cache.clear()
        stored_pages._here.clear()
    with counted_queries() as counted:
        response = client.get(address)
    assert response.status_code == 200, response
    return len(counted)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Give a list that holds, afterwards, the SQL of the block but for what only opens and closes transactions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted += [row["sql"] for row in captured if not row["sql"].startswith(TRANSACTION)]


def signed_in(sign_in: Any) -> Any:
    """Return a browser in which a learner is signed in."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    response = client.post("/es/sign-in/", {"code": sign_in.code, "pin": PIN})
    assert response.status_code == 302, response
    return client

"""A lesson is the same bytes for everyone, kept rendered; a road costs the same however long it is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import CoursePage, LessonPage, ModulePage


@pytest.fixture
def lesson(lessons):
    return LessonPage.objects.get(pk=lessons[0].pk)


@pytest.fixture
def make_course(course, organisation):
    """Return a function that makes a live course of so many modules and lessons with pictures and checks."""

    def make(slug, modules, lessons_each):
        picture, check = course.picture, ModulePage.objects.child_of(course).first().check_quiz
        made = CoursePage(
            title=slug, slug=slug, summary="x", organisation=organisation, picture=picture, final=course.final,
            locale=course.locale,
        )  # fmt: skip
        course.get_parent().add_child(instance=made)
        for number in range(modules):
            module = ModulePage(
                title=f"Módulo {number}", slug=f"m{number}", objective="x", picture=picture, check_quiz=check,
                locale=course.locale,
            )  # fmt: skip
            made.add_child(instance=module)
            for place in range(lessons_each):
                module.add_child(
                    instance=LessonPage(
                        title=f"Lección {place}", slug=f"l{place}", objective="x", picture=picture, locale=course.locale
                    )
                )
        return made

    return make


def count_queries(client, address, status=200):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == status
    return len(captured)


# --- stored --------------------------------------------------------------------------------------------------------


def test_a_lesson_not_stored_costs_at_most_20_queries(lesson, client):
    client.get("/healthz")

    assert count_queries(client, lesson.url) <= 20


def test_a_stored_lesson_asks_the_database_nothing(lesson, client):
    client.get(lesson.url)

    assert count_queries(client, lesson.url) == 0


def test_a_lesson_is_the_same_bytes_for_everyone(
    lesson, learner_client, browser_of, join_volunteer, make_staff, staff_client
):
    readers = [
        Client(),
        Client(headers={"accept-language": "en", "user-agent": "Otro", "save-data": "on"}),
        learner_client,
        browser_of(join_volunteer("Marta")),
        staff_client(make_staff("trainer")),
    ]

    answers = [reader.get(lesson.url) for reader in readers]

    assert len({answer.content for answer in answers}) == 1
    assert {answer.get("Set-Cookie") for answer in answers} == {None}
    assert {answer["ETag"] for answer in answers} == {answers[0]["ETag"]}


@pytest.mark.parametrize("first", ["stranger", "learner"])
def test_who_reads_first_makes_no_difference(lesson, client, learner_client, first):
    readers = [client, learner_client] if first == "stranger" else [learner_client, client]

    answers = [reader.get(lesson.url) for reader in readers]

    assert answers[0].content == answers[1].content
    assert [bool(answer.cookies) for answer in answers] == [False, False]


def test_a_lesson_holds_no_name_and_no_token(lesson, learner_client, volunteer):
    page = learner_client.get(lesson.url).content.decode()

    assert volunteer.safe_name not in page.replace("Candelaria Caal", "").replace("Las gracias de Candelaria", "") or (
        page == Client().get(lesson.url).content.decode()
    )
    assert "csrfmiddlewaretoken" not in page
    assert str(volunteer.uuid) not in page


def test_reading_again_answers_304(lesson, client):
    etag = client.get(lesson.url)["ETag"]

    again = client.get(lesson.url, headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get(lesson.url, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_every_encoding_holds_the_same_page(lesson, client, encoding):
    import gzip

    import brotli

    plain = client.get(lesson.url).content
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]

    answer = client.get(lesson.url, headers={"accept-encoding": encoding})

    assert answer.get("Content-Encoding", "") == encoding
    assert unpack(answer.content) == plain


def test_a_lesson_names_its_activity(lesson, client):
    assert f'data-activity="{lesson.translation_key}"' in client.get(lesson.url).content.decode()


def test_a_published_change_is_shown_at_once(lesson, client, django_capture_on_commit_callbacks):
    client.get(lesson.url)
    with django_capture_on_commit_callbacks(execute=True):
        lesson.title = "Un título nuevo"
        lesson.save_revision().publish()

    assert "Un título nuevo" in client.get(lesson.url).content.decode()


def test_a_draft_is_not_shown(lesson, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        lesson.title = "Un título nuevo"
        lesson.save_revision()

    assert "Un título nuevo" not in client.get(lesson.url).content.decode()


@pytest.mark.parametrize("language", ["es", "kek"])
def test_an_unpublished_lesson_is_gone_in_every_language(lesson, client, django_capture_on_commit_callbacks, language):
    address = lesson.url.replace("/es/", f"/{language}/")
    assert client.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        lesson.unpublish()

    assert client.get(address).status_code == 404


def test_a_page_that_does_not_exist_is_not_stored(db, client):
    client.get("/es/no-hay/")

    assert count_queries(client, "/es/no-hay/", 404) > 0


def test_an_address_with_a_question_mark_is_not_stored(lesson, client):
    client.get(lesson.url)

    assert count_queries(client, f"{lesson.url}?x=1") > 0


def test_every_page_of_the_course_is_reached_by_plain_links_from_home(client, course, lessons):
    import re

    links = set(re.findall(r'href="(/es/[^"#?]*)"', client.get("/es/").content.decode()))
    assert course.url in links
    links = set(re.findall(r'href="(/es/[^"#?]*)"', client.get(course.url).content.decode()))

    assert {lesson.url for lesson in lessons} - links == set()


@pytest.mark.parametrize("language", ["es", "kek"])
def test_every_lesson_opens_in_both_languages_without_a_cookie(client, lessons, language):
    answers = [client.get(lesson.url.replace("/es/", f"/{language}/")) for lesson in lessons]

    assert [answer.status_code for answer in answers] == [200] * 34
    assert not client.cookies


# --- the personal road ---------------------------------------------------------------------------------------------


def test_the_road_costs_at_most_12_queries_and_the_same_for_34_and_102_lessons(learner_client, course, make_course):
    learner_client.get("/es/me/curso-basico/")
    big = make_course("grande", 8, 13)
    big.practical = course.practical
    big.save()
    small = count_queries(learner_client, f"/es/me/{course.slug}/")

    large = count_queries(learner_client, f"/es/me/{big.slug}/")

    assert big.lessons.count() == 104
    assert small == large
    assert small <= 12


def test_the_road_shows_done_here_and_locked(learner_client, volunteer, course, lessons):
    from django.utils import timezone

    from courses.completing import complete_lessons

    complete_lessons(volunteer, [(lessons[0].translation_key, timezone.now(), 1)])

    path = learner_client.get(f"/es/me/{course.slug}/").context["path"]

    assert [step.state for step in path.steps][:3] == ["done", "here", "open"]
    assert path.final.state == "locked"
    assert path.next_step.key == lessons[1].translation_key


def test_the_road_is_the_same_in_another_language(learner_client, volunteer, course, lessons):
    from django.utils import timezone

    from courses.completing import complete_lessons

    complete_lessons(volunteer, [(lesson.translation_key, timezone.now(), 1) for lesson in lessons[:3]])

    states = [
        [(step.key, step.state) for step in learner_client.get(f"/{code}/me/{course.slug}/").context["path"].steps]
        for code in ("es", "kek")
    ]

    assert states[0] == states[1]


def test_the_learners_pages_are_never_kept_in_a_cache(learner_client, course):
    for address in ("/es/me/", f"/es/me/{course.slug}/", "/es/me/data/", "/api/me/"):
        assert "no-store" in learner_client.get(address)["Cache-Control"]

"""Completion is computed from facts, in whatever language they were done; a course is completed once."""

import uuid

import pytest
from django.utils import timezone

from certificates.models import CourseCertificate
from courses.completing import check_course, complete_lessons, complete_quiz, done_by, enrol, requirement_of
from courses.models import Completion, Enrolment, LessonPage
from courses.signals import course_completed, lesson_completed
from courses.syncing import take


@pytest.fixture
def announced():
    """A list that grows by the name of each thing courses announce."""
    heard = []
    course_completed.connect(lambda **_more: heard.append("course"), weak=False, dispatch_uid="hear-course")
    lesson_completed.connect(lambda **_more: heard.append("lesson"), weak=False, dispatch_uid="hear-lesson")
    yield heard
    course_completed.disconnect(dispatch_uid="hear-course")
    lesson_completed.disconnect(dispatch_uid="hear-lesson")


def finish(person, lesson, language="es"):
    take(
        person,
        [
            {
                "uuid": str(uuid.uuid4()),
                "kind": "lesson_completed",
                "activity": str(lesson.translation_key),
                "language": language,
                "at": timezone.now().isoformat(),
            }
        ],
    )


def test_the_basic_course_asks_34_lessons_8_checks_and_the_final(course):
    required = requirement_of(course)

    assert (len(required.lessons), len(required.checks)) == (34, 8)
    assert required.final == course.final.translation_key
    assert len(required.activities) == 43


def test_a_lesson_finished_in_another_language_counts_as_the_same(volunteer, lessons, announced):
    finish(volunteer, lessons[0], "kek")
    finish(volunteer, lessons[0], "es")

    assert done_by(volunteer) == {lessons[0].translation_key}
    assert announced == ["lesson"]


def test_opening_and_practising_complete_nothing(volunteer, lessons):
    event = {"uuid": str(uuid.uuid4()), "activity": str(lessons[0].translation_key), "at": timezone.now().isoformat()}
    take(volunteer, [{**event, "kind": "lesson_opened"}])

    assert done_by(volunteer) == set()


def test_a_course_is_completed_when_the_last_thing_is_done_whatever_it_is(course, join_volunteer):
    required, now = requirement_of(course), timezone.now()
    for last in ("lesson", "check", "final"):
        person, left = join_volunteer(last), set(required.activities)
        kept = {"lesson": next(iter(required.lessons)), "check": next(iter(required.checks)), "final": required.final}[
            last
        ]
        complete_lessons(person, [(key, now, 1) for key in required.lessons - {kept}])
        for key in left - required.lessons - {kept}:
            complete_quiz(person, key, now, 1)
        assert course.translation_key not in done_by(person)

        if last == "lesson":
            complete_lessons(person, [(kept, now, 1)])
        else:
            complete_quiz(person, kept, now, 1)

        assert course.translation_key in done_by(person)


def test_a_course_is_announced_once_and_makes_one_certificate(complete_course, course, volunteer, announced):
    complete_course(volunteer)
    complete_course(volunteer)
    check_course(volunteer, course, timezone.now())

    assert announced.count("course") == 1
    assert CourseCertificate.objects.filter(volunteer=volunteer).count() == 1


def test_a_lesson_taken_out_of_the_course_is_not_asked_any_more(course, lessons):
    lessons[-1].unpublish()

    assert requirement_of(course).lessons == {lesson.translation_key for lesson in lessons[:-1]}


def test_what_was_completed_stays_when_a_lesson_is_added_later(complete_course, course, lessons, volunteer):
    complete_course(volunteer)
    module = lessons[-1].get_parent()
    module.add_child(instance=LessonPage(title="Nueva", slug="nueva", objective="x", locale=course.locale))

    assert check_course(volunteer, course, timezone.now()) is False
    assert Completion.objects.filter(volunteer=volunteer, activity=course.translation_key).count() == 1


def test_enrolling_twice_keeps_one_enrolment(volunteer, course):
    enrol(volunteer, course.translation_key)
    enrol(volunteer, course.translation_key)

    assert Enrolment.objects.count() == 1


def test_one_learners_deeds_are_not_anothers(volunteer, join_volunteer, lessons):
    finish(volunteer, lessons[0])

    assert done_by(join_volunteer("Marta")) == set()


def test_the_merged_truth_tells_what_is_done(learner_client, volunteer, complete_course, course):
    certificate = complete_course(volunteer)

    told = learner_client.get("/api/me/").json()

    assert told["learner"] == str(volunteer.uuid)
    assert set(told["done"]) == {str(key) for key in done_by(volunteer)}
    assert told["courses"] == [
        {"course": str(course.translation_key), "steps": 43, "done": 43, "completed": True, "next": None}
    ]
    assert [row["code"] for row in told["certificates"]] == [certificate.code]


def test_the_merged_truth_names_nobody(learner_client, volunteer, complete_course):
    complete_course(volunteer)

    assert volunteer.safe_name not in learner_client.get("/api/me/").content.decode()
    assert "no-store" in learner_client.get("/api/me/")["Cache-Control"]

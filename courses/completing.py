"""What counts as completed: lessons by event, quizzes by passing, a course by its rule."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import Page
from wagtail.query import PageQuerySet

from assessments.public import Quiz
from courses.models import Completion, CoursePage, Edition, Enrolment, LessonPage, ModulePage
from courses.signals import course_completed, enrolled, lesson_completed
from people.models import Volunteer


@dataclass(frozen=True)
class Requirement:
    """What a course asks of a person, as keys of activities."""

    lessons: frozenset[uuid.UUID]
    checks: frozenset[uuid.UUID]
    final: uuid.UUID | None

    @property
    def activities(self) -> frozenset[uuid.UUID]:
        """Everything that must be completed."""
        return self.lessons | self.checks | ({self.final} if self.final else frozenset())


def requirement_of(course: CoursePage) -> Requirement:
    """Return what a course (source language) asks: its live lessons, its modules' checks, the final (1 query).

    A quiz for practice asks nothing, though it stands where a check would.
    """
    below = Page.objects.live().descendant_of(course)
    check_key, check_purpose = "modulepage__check_quiz__translation_key", "modulepage__check_quiz__purpose"
    rows = list(below.values_list("translation_key", "lessonpage", check_key, check_purpose))
    return Requirement(
        frozenset(key for key, is_lesson, _check, _purpose in rows if is_lesson),
        frozenset(check for *_lesson, check, purpose in rows if check and purpose != Quiz.Purpose.PRACTICE),
        course.final.translation_key if course.final else None,
    )


def done_by(volunteer: Volunteer) -> set[uuid.UUID]:
    """Return the keys of everything a person has completed."""
    return set(Completion.objects.filter(volunteer=volunteer).values_list("activity", flat=True))


def complete_lessons(volunteer: Volunteer, done: Iterable[tuple[uuid.UUID, datetime, int]]) -> None:
    """Write completions of lessons (key, time, edition) not yet completed, and check the courses they belong to."""
    times = {key: (at, edition) for key, at, edition in sorted(done, key=lambda row: row[1], reverse=True)}
    known = Completion.objects.filter(volunteer=volunteer, activity__in=times)
    new = set(times) - set(known.values_list("activity", flat=True))
    Completion.objects.bulk_create(
        [
            Completion(volunteer=volunteer, activity=key, completed_at=times[key][0], edition=times[key][1])
            for key in new
        ],
        ignore_conflicts=True,
    )
    for key in new:
        lesson_completed.send(LessonPage, volunteer=volunteer, activity=key, at=times[key][0])
    if new:
        for course in _courses_of(new):
            check_course(volunteer, course, max(at for at, _edition in times.values()))


def complete_quiz(volunteer: Volunteer, quiz_key: uuid.UUID, at: datetime, edition: int) -> None:
    """Write that a quiz was passed, and check the courses that ask for it."""
    passed = Completion(volunteer=volunteer, activity=quiz_key, completed_at=at, edition=edition)
    Completion.objects.bulk_create([passed], ignore_conflicts=True)
    for course in courses_with_quiz(quiz_key).select_related("final"):
        check_course(volunteer, course, at)


def check_course(volunteer: Volunteer, course: CoursePage, at: datetime) -> bool:
    """Return whether the course's rule is met; the first time, write it and announce it."""
    required, done = requirement_of(course).activities, done_by(volunteer)
    if not required or not required <= done:
        return False
    if course.translation_key not in done:
        _complete_course(volunteer, course, at)
    return True


def enrol(volunteer: Volunteer, course_key: uuid.UUID) -> Enrolment:
    """Return the person's enrolment in a course, made now if there is none."""
    enrolment, is_new = Enrolment.objects.get_or_create(volunteer=volunteer, course_key=course_key)
    if is_new:
        enrolled.send(Enrolment, volunteer=volunteer, course_key=course_key)
    return enrolment


def enrolled_on(people: Iterable[Volunteer], courses: Iterable[uuid.UUID]) -> list[tuple[int, uuid.UUID, date]]:
    """Return on which days people began courses: (id of the person, key of the course, day); 1 query."""
    rows = Enrolment.objects.filter(volunteer__in=list(people), course_key__in=list(courses))
    return [
        (person, course, timezone.localtime(at).date())
        for person, course, at in rows.values_list("volunteer", "course_key", "enrolled_at")
    ]


def courses_with_quiz(quiz_key: uuid.UUID) -> PageQuerySet:
    """Return the live source-language courses in which a quiz is a check or the final evaluation."""
    checks = ModulePage.objects.live().filter(check_quiz__translation_key=quiz_key, path__startswith=OuterRef("path"))
    return CoursePage.objects.live().source().filter(Q(final__translation_key=quiz_key) | Exists(checks))


@transaction.atomic(savepoint=False)
def _complete_course(volunteer: Volunteer, course: CoursePage, at: datetime) -> None:
    edition = Edition.objects.latest(course.translation_key)
    number = edition.number if edition else 0
    try:
        with transaction.atomic():
            Completion.objects.create(
                volunteer=volunteer, activity=course.translation_key, completed_at=at, edition=number
            )
    except IntegrityError:  # completed by two deeds at once: the first one announced it
        return
    course_completed.send(CoursePage, volunteer=volunteer, course=course, edition=edition, at=at)


def _courses_of(lesson_keys: Iterable[uuid.UUID]) -> list[CoursePage]:
    lessons = LessonPage.objects.source().filter(translation_key__in=list(lesson_keys))
    paths = {path[: -2 * LessonPage.steplen] for path in lessons.values_list("path", flat=True)}
    return list(CoursePage.objects.live().filter(path__in=paths).select_related("final"))

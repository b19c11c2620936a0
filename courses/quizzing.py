"""A quiz where it stands: which course asks for it, is it open to her, and starting it at the edition of the day."""

import uuid

from django.db.models import Subquery
from django.utils.translation import gettext as _

from assessments.public import Attempt, AttemptRefused, Quiz, start
from cms.languages import SOURCE_LANGUAGE
from courses.completing import courses_with_quiz, done_by, enrol, requirement_of
from courses.models import CoursePage, Edition, ModulePage
from people.models import Volunteer


def quiz_of(course: CoursePage, slug: str) -> Quiz | None:
    """Return a course's final evaluation, or the check of one of its modules, by its slug."""
    if course.final and course.final.slug == slug:
        return course.final
    modules = ModulePage.objects.live().child_of(course).filter(check_quiz__slug=slug)
    module = modules.select_related("check_quiz").first()
    return module.check_quiz if module else None


def start_quiz(
    learner: Volunteer, quiz: Quiz, course: CoursePage, language: str, device: uuid.UUID | None = None
) -> Attempt:
    """Start (or go on with) a quiz of a course at its latest edition. Raises `AttemptRefused`."""
    edition = Edition.objects.latest(course.translation_key)
    enrol(learner, course.translation_key)
    return start(
        learner,
        quiz,
        edition=edition.number if edition else 0,
        manifest_hash=edition.manifest_hash if edition else "",
        language=language,
        device=device,
    )


def place_of(quiz_key: uuid.UUID) -> tuple[str, str] | None:
    """Return the slugs of the course and of the quiz where a quiz stands now, None where on none (1 query)."""
    quiz = Quiz.objects.filter(translation_key=quiz_key, locale__language_code=SOURCE_LANGUAGE)
    courses = courses_with_quiz(quiz_key).annotate(quiz_slug=Subquery(quiz.values("slug")[:1]))
    found: tuple[str, str] | None = courses.values_list("slug", "quiz_slug").first()
    return found


def issue_quiz(learner: Volunteer, quiz: Quiz, language: str, device: uuid.UUID) -> Attempt:
    """Draw a quiz for a telephone beforehand, to be answered there without signal. Raises `AttemptRefused`."""
    course = courses_with_quiz(quiz.translation_key).select_related("final").first()
    if course is None:
        raise AttemptRefused(_("This evaluation stands on no course now."))
    if not quiz.offline:
        raise AttemptRefused(_("This evaluation can only be answered with signal."))
    is_final = course.final is not None and course.final.translation_key == quiz.translation_key
    if is_final and course.final_after_checks and not requirement_of(course).checks <= done_by(learner):
        raise AttemptRefused(_("The final evaluation opens when all the module checks are passed."))
    return start_quiz(learner, quiz, course, language, device)

"""A person's road through a course: what is done, where she is, what comes next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.public import Practical, Quiz, find_practical, practical_state
from cms.languages import SOURCE_LANGUAGE
from courses.completing import done_by
from courses.models import CoursePage, LessonPage, ModulePage
from people.models import Volunteer


@dataclass
class Step:
    """One thing to do on the road: a lesson, a check or the final evaluation."""

    key: UUID
    title: str
    url: str
    kind: str
    minutes: int = 0
    weight: int = 0
    picture: Any = None
    state: str = "open"
    """`done`, `here` (the next to do), `open`, or `locked`."""
    opens_after: str = ""
    note: str = ""
    """What is said of its state where «done» is too little."""


@dataclass
class Stretch:
    """A module on the road."""

    module: ModulePage
    steps: list[Step]

    @property
    def is_done(self) -> bool:
        """Whether everything in it is done."""
        return all(step.state == "done" for step in self.steps)

    @property
    def holds_next(self) -> bool:
        """Whether the next thing to do is in it."""
        return any(step.state == "here" for step in self.steps)


@dataclass
class Path:
    """The whole road of one course in one language."""

    course: CoursePage
    stretches: list[Stretch]
    final: Step | None
    is_completed: bool
    practical: Step | None = None
    """Done with others, beside the road: it is no step of it, and the course is completed without it."""

    @property
    def steps(self) -> list[Step]:
        """Every step in order."""
        return [step for stretch in self.stretches for step in stretch.steps] + ([self.final] if self.final else [])

    @property
    def next_step(self) -> Step | None:
        """The next thing to do, None when all is done."""
        return next((step for step in self.steps if step.state == "here"), None)

    @property
    def done_count(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def percent(self) -> int:
        """How far she is, in whole percent of steps."""
        return 100 * self.done_count // len(self.steps) if self.steps else 0


def path_of(course: CoursePage, volunteer: Volunteer, request: HttpRequest) -> Path:
    """Return a person's road through a course (its page in the language she reads in).

    4 queries for any length, 1 more where the course has a practical (2 more where it is read in translation).
    """
    done = done_by(volunteer)
    lessons = list(course.lessons)
    stretches = []
    for module in course.modules:
        steps = [_lesson_step(lesson, request) for lesson in lessons if lesson.path.startswith(module.path)]
        if module.check_quiz:
            steps.append(quiz_step(course, module.check_quiz))
        stretches.append(Stretch(module, steps))
    final = quiz_step(course, course.final) if course.final else None
    practical = _practical_step(course.practical, volunteer) if course.practical else None
    path = Path(course, stretches, final, course.translation_key in done, practical)
    _set_states(path, done)
    return path


def live_courses(language: str) -> list[CoursePage]:
    """Return the live courses as read in a language: Spanish where there is no page in it (2 queries)."""
    live = CoursePage.objects.live().select_related("picture", "practical")
    source = {page.translation_key: page for page in live.source()}
    if language != SOURCE_LANGUAGE:
        own = live.in_language(language)
        source.update({page.translation_key: page for page in own})
    return sorted(source.values(), key=lambda page: page.path)


def find_course(slug: str, language: str) -> CoursePage | None:
    """Return a live course by its slug in a language, in Spanish where it has none there."""
    courses = CoursePage.objects.live().filter(slug=slug, locale__language_code__in={language, SOURCE_LANGUAGE})
    courses = courses.select_related("locale", "final", "picture", "practical")
    found = {page.locale.language_code: page for page in courses}
    return found.get(language) or found.get(SOURCE_LANGUAGE)


def quiz_step(course: CoursePage, quiz: Quiz) -> Step:
    """Return a check or final evaluation as a step."""
    address = reverse("quiz", kwargs={"course": course.slug, "quiz": quiz.slug})
    return Step(quiz.translation_key, quiz.title, address, quiz.purpose)


def _practical_step(practical: Practical, volunteer: Volunteer) -> Step | None:
    if practical.retired:
        return None
    language, title = get_language() or SOURCE_LANGUAGE, practical.title
    if language != SOURCE_LANGUAGE and (found := find_practical(practical.translation_key, language)):
        title = found[1]["title"]
    state = practical_state(volunteer, practical.translation_key).name
    address = reverse("my_practical", kwargs={"practical": practical.translation_key})
    step = Step(practical.translation_key, title, address, "practical")
    step.state = "done" if state == "passed" else "open"
    step.note = {
        "none": _("Not yet observed"),
        "second": _("One of two has observed you"),
        "third": _("A third person decides"),
        "again": _("Not yet: read what they tell you, and try again"),
    }.get(state, "")
    return step


def _lesson_step(lesson: LessonPage, request: HttpRequest) -> Step:
    return Step(
        lesson.translation_key,
        lesson.title,
        lesson.get_url(request) or "",
        "lesson",
        lesson.minutes,
        lesson.weight,
        lesson.picture,
    )


def _set_states(path: Path, done: set[UUID]) -> None:
    for step in path.steps:
        step.state = "done" if step.key in done else "open"
    if path.final and path.final.state != "done" and path.course.final_after_checks:
        missing = [
            step
            for stretch in path.stretches
            for step in stretch.steps
            if step.kind == "check" and step.state != "done"
        ]
        if missing:
            path.final.state, path.final.opens_after = "locked", missing[0].title
    following = next((step for step in path.steps if step.state == "open"), None)
    if following:
        following.state = "here"

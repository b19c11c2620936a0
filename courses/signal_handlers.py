"""What courses do when others announce something, and the kinds of event they understand."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models.signals import post_save
from wagtail.signals import page_published

from assessments.public import Attempt, Quiz, Sent, attempt_graded, report_unclear, submit, why_not_taken
from cms.stored_pages import drop_all
from courses.completing import complete_lessons, complete_quiz
from courses.holding import forget
from courses.models import CoursePage, Edition, Event, LessonPage, ModulePage, QuarantinedEvent
from courses.syncing import AttemptData, BlockData, Incoming, Kind, NoData, PracticeData, register_kind
from courses.translating import refresh_translations
from people.models import Organisation, Volunteer
from people.signals import volunteer_erased


def connect() -> None:
    """Connect the handlers and register the kinds of event (called once)."""
    attempt_graded.connect(_on_attempt_graded, dispatch_uid="complete-quiz")
    page_published.connect(_on_page_published, dispatch_uid="translations-follow-the-source")
    for model in (Organisation, Quiz, Edition):
        post_save.connect(_drop, sender=model, dispatch_uid=f"drop-on-{model.__name__}")
    volunteer_erased.connect(_on_volunteer_erased, dispatch_uid="empty-quarantine-of-erased")
    register_kind("lesson_opened", Kind(NoData))
    register_kind("lesson_completed", Kind(NoData, _on_lessons_completed))
    register_kind("practice_answered", Kind(PracticeData))
    register_kind("question_unclear", Kind(BlockData, _on_questions_unclear))
    attempt_answered = Kind(
        AttemptData,
        _on_attempts_answered,
        check=_attempts_not_taken,
        kept=frozenset({"attempt"}),  # what was typed must not outlive its person in an event
        most_data=60_000,
    )
    register_kind("attempt_answered", attempt_answered)


def _on_attempt_graded(attempt: Attempt, **_kwargs: Any) -> None:
    if attempt.passed and attempt.submitted_at:
        complete_quiz(attempt.volunteer, attempt.quiz_key, attempt.submitted_at, attempt.edition)


def _on_lessons_completed(volunteer: Volunteer, events: Sequence[Event]) -> None:
    complete_lessons(volunteer, [(event.activity, event.at, event.edition) for event in events])


def _on_questions_unclear(volunteer: Volunteer, events: Sequence[Event]) -> None:
    for event in events:
        report_unclear(volunteer, uuid.UUID(event.data["block"]), event.language)


def _attempts_not_taken(volunteer: Volunteer, events: Sequence[Incoming]) -> dict[uuid.UUID, str]:
    """Return why an evaluation answered without signal is not taken: another's, sent before, not so issued."""
    refused: dict[uuid.UUID, str] = {}
    seen: set[uuid.UUID] = set()
    for event in events:
        data = AttemptData.model_validate(event.data)
        answers = {int(version): answer for version, answer in data.answers.items()}
        reason = why_not_taken(volunteer, data.attempt, event.activity, answers)
        if reason or data.attempt in seen:
            refused[event.uuid] = reason or "already sent"
        seen.add(data.attempt)
    return refused


def _on_attempts_answered(volunteer: Volunteer, events: Sequence[Event]) -> None:
    for event in events:
        data = AttemptData.model_validate(event.sent)
        sent = Sent(
            {int(version): answer for version, answer in data.answers.items()},
            seconds={int(version): seconds for version, seconds in data.seconds.items()},
        )
        # both times are the telephone's own, so that a wrong clock does not lengthen what lies between them
        submit(
            data.attempt,
            volunteer,
            sent,
            event.language,
            offline_since=data.since or event.device_at,
            offline_until=event.device_at,
        )


def _on_page_published(instance: Any, **_kwargs: Any) -> None:
    if isinstance(instance, (CoursePage, ModulePage, LessonPage)):
        refresh_translations(instance)


def _on_volunteer_erased(volunteer: Volunteer, **_kwargs: Any) -> None:
    """What was kept whole because it could not be understood may hold anything: it goes with her."""
    QuarantinedEvent.objects.filter(volunteer=volunteer).update(content={})
    forget(volunteer)


def _drop(**_kwargs: Any) -> None:
    drop_all()

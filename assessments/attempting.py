"""Taking a quiz: may she start, what is drawn, and grading once."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale

from assessments.contents import content_of, without_key
from assessments.grading import MOST_POINTS, clean_choice, grade
from assessments.models import Answer, Attempt, Question, QuestionVersion, Quiz
from assessments.questions import freeze
from assessments.signals import attempt_graded
from people.models import Volunteer


class AttemptRefused(Exception):
    """The quiz cannot be started or sent now. The message says why and what to do; `until` when to come back."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


@dataclass(frozen=True)
class Asked:
    """One question of an attempt as it is shown: in the reader's language where it has one."""

    number: int
    version_id: int
    content: dict[str, Any]
    language: str


def start(volunteer: Volunteer, quiz: Quiz, *, edition: int, manifest_hash: str, language: str) -> Attempt:
    """Return the person's open attempt at a quiz (the source-language one), drawing a new one if there is none.

    Raises `AttemptRefused` when tries are used up, she must wait, or the quiz has no questions.
    """
    open_attempt = Attempt.objects.of(volunteer, quiz.translation_key).filter(submitted_at=None).first()
    if open_attempt:
        return open_attempt
    refuse_if_too_soon(volunteer, quiz)
    questions = _draw(quiz)
    if not questions:
        raise AttemptRefused(_("This evaluation has no questions yet. Tell your facilitator."))
    versions = freeze(questions)
    drawn = [{"version": version.pk, "options": _order(quiz, version)} for version in versions]
    attempt = Attempt(
        volunteer=volunteer,
        quiz_key=quiz.translation_key,
        purpose=quiz.purpose,
        drawn=drawn,
        pass_mark=quiz.pass_mark,
        edition=edition,
        manifest_hash=manifest_hash,
        language=language,
        started_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:  # started twice at once: the first one counts
        return Attempt.objects.of(volunteer, quiz.translation_key).get(submitted_at=None)
    return attempt


def refuse_if_too_soon(volunteer: Volunteer, quiz: Quiz) -> None:
    """Raise `AttemptRefused` when the quiz's tries or waiting time do not let her start now."""
    graded = list(Attempt.objects.of(volunteer, quiz.translation_key).graded().order_by("submitted_at"))
    if quiz.most_tries and len(graded) >= quiz.most_tries:
        raise AttemptRefused(_("You have used all your tries. Your facilitator can help you."))
    ended = graded[-1].submitted_at if graded else None
    if ended and quiz.wait_minutes:
        until = ended + timedelta(minutes=quiz.wait_minutes)
        if until > timezone.now():
            raise AttemptRefused(_("You can try again later. Meanwhile, read the lessons once more."), until)


def asked(attempt: Attempt, language: str) -> list[Asked]:
    """Return the questions of an attempt without their keys, in a language where translated (3 queries)."""
    versions = QuestionVersion.objects.in_bulk([row["version"] for row in attempt.drawn])
    words = _translations([version.key for version in versions.values()], language)
    return [
        _shown(number, versions[row["version"]], row["options"], words, language)
        for number, row in enumerate(attempt.drawn, 1)
    ]


@transaction.atomic
def submit(
    attempt_uuid: uuid.UUID, volunteer: Volunteer, chosen: Mapping[int, Sequence[str]], language: str
) -> Attempt:
    """Grade an attempt from the frozen versions; return it. Sending it again changes nothing.

    `chosen` maps a question version's id to option ids; what was not drawn is ignored, what is missing earns nothing.
    Raises `Attempt.DoesNotExist` for an attempt that is not this person's.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt_uuid, volunteer=volunteer)
    if attempt.submitted_at:
        return attempt
    attempt.volunteer = volunteer
    versions = QuestionVersion.objects.in_bulk([row["version"] for row in attempt.drawn])
    answers = [_answer(attempt, version, chosen.get(version.pk, ()), language) for version in versions.values()]
    Answer.objects.bulk_create(answers)
    attempt.points = sum(answer.points for answer in answers)
    attempt.most_points = sum(answer.most_points for answer in answers)
    attempt.submitted_at = timezone.now()
    attempt.passed = 100 * attempt.points >= attempt.pass_mark * attempt.most_points
    attempt.save(update_fields=["points", "most_points", "submitted_at", "passed"])
    attempt_graded.send(Attempt, attempt=attempt)
    return attempt


def to_review(attempt: Attempt) -> list[uuid.UUID]:
    """Return the keys of the lessons to read again after a graded attempt, most missed first (1 query)."""
    missed = attempt.answers.filter(points__lt=MOST_POINTS).values("version__key")
    keys = Question.objects.filter(translation_key__in=missed, locale__language_code=settings.LANGUAGE_CODE)
    counts: dict[uuid.UUID, int] = {}
    for key in filter(None, keys.values_list("review_key", flat=True)):
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: -counts[key])


def _draw(quiz: Quiz) -> list[Question]:
    """Draw the quiz's questions in the source language: in the order of its draws, mixed within where it says so."""
    draws = list(quiz.draws.all())
    source = Question.objects.filter(
        bank__in=[draw.bank_id for draw in draws], locale__language_code=settings.LANGUAGE_CODE, retired=False
    ).select_related("locale")
    by_bank: dict[int, list[Question]] = {}
    for question in source:
        by_bank.setdefault(question.bank_id, []).append(question)
    chance = random.SystemRandom()
    drawn: list[Question] = []
    for draw in draws:
        pool = by_bank.get(draw.bank_id, [])
        count = min(draw.count or len(pool), len(pool))
        drawn += chance.sample(pool, count) if quiz.shuffle or draw.count else pool[:count]
    return drawn


def _order(quiz: Quiz, version: QuestionVersion) -> list[str]:
    options = [option["id"] for option in version.content["options"]]
    if quiz.shuffle and version.content["type"] != "true_false":
        random.SystemRandom().shuffle(options)
    return options


def _translations(keys: Sequence[uuid.UUID], language: str) -> dict[uuid.UUID, dict[str, Any]]:
    if language == settings.LANGUAGE_CODE:
        return {}
    locale = Locale.objects.filter(language_code=language).first()
    found = Question.objects.filter(translation_key__in=keys, locale=locale) if locale else []
    return {question.translation_key: content_of(question.block.block_type, question.block.value) for question in found}


def _shown(
    number: int, version: QuestionVersion, order: list[str], words: dict[uuid.UUID, dict[str, Any]], language: str
) -> Asked:
    """Put the translated words, where every option has them, on the options of the frozen source version."""
    source = without_key(version.content)
    content = without_key(words.get(version.key, source))
    by_id = {option["id"]: option for option in content["options"]}
    if version.key not in words or set(by_id) != set(order):
        content, by_id = source, {option["id"]: option for option in source["options"]}
    translated = content["prompt"] != source["prompt"]
    content = {**content, "options": [by_id[option_id] for option_id in order]}
    return Asked(number, version.pk, content, language if translated else version.language)


def _answer(attempt: Attempt, version: QuestionVersion, chosen: Sequence[str], language: str) -> Answer:
    return Answer(
        attempt=attempt,
        version=version,
        language=language,
        chosen=clean_choice(version.content, chosen),
        points=grade(version.content, chosen),
        most_points=MOST_POINTS,
    )

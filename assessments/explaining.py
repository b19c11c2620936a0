"""What a learner is told about her attempts afterwards."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings

from assessments.attempting import in_words_of, translations
from assessments.contents import without_key
from assessments.feedback import Feedback, feedback_on
from assessments.models import Attempt, Mark, QuestionVersion, Quiz


@dataclass(frozen=True)
class Explained:
    """One question of a graded attempt with what she said, what is said to that, and why."""

    number: int
    prompt: str
    language: str
    feedback: Feedback
    explanation: str
    points: float
    most_points: float
    is_out: bool
    """Whether the question was taken out of the results."""


def explained(attempt: Attempt, language: str) -> list[Explained]:
    """Return the questions of a graded attempt with their reasons, in a language where translated (3 queries)."""
    answers = {answer.version_id: answer for answer in attempt.answers.select_related("version__exclusion")}
    words = translations([answer.version.key for answer in answers.values()], language)
    told = []
    for number, row in enumerate(attempt.drawn, 1):
        answer = answers[row["version"]]
        content, seen_in = answer.version.content, answer.version.language
        translated = words.get(answer.version.key)
        if translated and translated["prompt"] != content["prompt"] and in_words_of(without_key(content), translated):
            content, seen_in = translated, language
        told.append(
            Explained(
                number,
                content["prompt"],
                seen_in,
                feedback_on(content, answer.chosen),
                content["explanation"],
                answer.points or 0.0,
                answer.most_points,
                hasattr(answer.version, "exclusion"),
            )
        )
    return told


def comments_on(attempt: Attempt) -> list[Mark]:
    """Return what markers wrote to her, the newest mark of each answer (1 query)."""
    marks = Mark.objects.filter(answer__attempt=attempt)
    newest = {mark.answer_id: mark for mark in marks}
    return [mark for mark in newest.values() if mark.comment]


def question_key(attempt: Attempt, version_id: str) -> uuid.UUID | None:
    """Return the key of a question an attempt asks, by its version as a form names it; None when it was not drawn."""
    if version_id not in {str(row["version"]) for row in attempt.drawn}:
        return None
    key: uuid.UUID = QuestionVersion.objects.values_list("key", flat=True).get(pk=version_id)
    return key


def quiz_titles(keys: Collection[uuid.UUID], language: str) -> dict[uuid.UUID, str]:
    """Return the titles of quizzes in a language, in the source language where not translated (1 query)."""
    found = Quiz.objects.filter(translation_key__in=keys, locale__language_code__in={language, settings.LANGUAGE_CODE})
    rows = list(found.values_list("translation_key", "title", "locale__language_code"))
    titles = {key: title for key, title, code in rows if code == settings.LANGUAGE_CODE}
    return titles | {key: title for key, title, code in rows if code == language}


def counted_result(quiz: Quiz, graded: Iterable[Attempt]) -> Attempt | None:
    """Return the attempt shown as her result by the quiz's rule: the best, or the last; None when there is none."""
    in_order = sorted(graded, key=lambda attempt: attempt.submitted_at or attempt.started_at)
    if not in_order:
        return None
    if quiz.counts == Quiz.Counts.LAST:
        return in_order[-1]
    return max(in_order, key=lambda attempt: (bool(attempt.passed), attempt.percent))

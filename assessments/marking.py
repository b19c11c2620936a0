"""Open answers: who marks which, one mark at a time, and wiping her words some days later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Answer, Attempt, ExtraTime, Mark, Observation, OpenAnswer, Result
from assessments.results import settle
from cms.auditing import record
from people.models import User, Volunteer
from people.public import may, organisations_where, those_she_may


class MarkRefused(Exception):
    """The mark was not taken. The message says why; `newest` is the mark that stands."""

    def __init__(self, message: str, newest: Mark | None = None) -> None:
        super().__init__(message)
        self.newest = newest


@dataclass(frozen=True)
class Given:
    """What a marker gives an answer: points by criterion id, and words to the learner."""

    scores: dict[str, int]
    comment: str = ""


def waiting_for(user: User) -> list[Answer]:
    """Return the open answers a marker may mark, the oldest first: never her own (3 queries for any number)."""
    answers = Answer.objects.filter(points=None, own_words__wiped_at=None, version__exclusion=None)
    answers = answers.filter(attempt__volunteer__organisation__in=organisations_where(user, "mark"))
    answers = answers.exclude(attempt__volunteer=user.volunteer).order_by("attempt__submitted_at", "pk")
    rows = list(answers.select_related("version", "own_words", "attempt__volunteer__territory__parent__parent"))
    reached = {person.pk for person in those_she_may(user, "mark", [row.attempt.volunteer for row in rows])}
    return [row for row in rows if row.attempt.volunteer_id in reached]


def marked_by(user: User, most: int) -> list[Mark]:
    """Return the marks a person gave last, newest first, each the one that counts: she may correct them (1 query)."""
    own = Mark.objects.filter(marker=user.volunteer).select_related("answer__version").order_by("-at", "-pk")
    newest = own.annotate(newest=Max("answer__marks__pk"))
    return [mark for mark in newest[:most] if mark.pk == mark.newest]


def may_mark(user: Any, answer: Answer) -> bool:
    """Return whether a member of staff may hear, read and mark an open answer: not her own (1 query)."""
    volunteer = answer.attempt.volunteer
    return may(user, "mark", volunteer) and user.volunteer_id != volunteer.pk


@transaction.atomic
def mark(answer: Answer, given: Given, *, by: Volunteer, after: int, reason: str = "") -> Mark:
    """Mark an open answer, or correct its mark for a reason, and settle its attempt; return the mark.

    `after` is how many marks the answer had when it was shown: where another has marked it meanwhile, hers counts and
    `MarkRefused` tells so. The answer earns the share of its rubric's points.
    """
    attempt = Attempt.objects.select_for_update().get(pk=answer.attempt_id)
    marks = list(answer.marks.all())
    if len(marks) != after:
        raise MarkRefused(
            _("Another person has marked this answer meanwhile. Her mark counts."), marks[-1] if marks else None
        )
    rubric = answer.version.content["rubric"]
    points = sum(given.scores[line["id"]] for line in rubric)
    row = Mark.objects.create(
        answer=answer,
        marker=by,
        scores=given.scores,
        points=points,
        comment=given.comment,
        reason=reason,
        at=timezone.now(),
    )
    answer.points = answer.most_points * points / sum(line["points"] for line in rubric)
    answer.save(update_fields=["points"])
    record("mark_corrected" if marks else "answer_marked", row, actor=by)
    settle(attempt, Result.Cause.CORRECTED if marks else Result.Cause.MARKED, author=by, reason=reason)
    return row


def wipe_open_answers(now: datetime) -> int:
    """Delete words and voices of open answers some days after the last mark, or after their question was taken out.

    The days are `settings.OPEN_ANSWER_DAYS`. Returns how many were wiped.
    """
    until = now - timedelta(days=settings.OPEN_ANSWER_DAYS)
    kept = OpenAnswer.objects.filter(wiped_at=None).annotate(marked_at=Max("answer__marks__at"))
    is_over = Q(marked_at__lte=until) | Q(marked_at=None, answer__version__exclusion__at__lte=until)
    return _wipe(list(kept.filter(is_over).values_list("pk", flat=True)), now)


@transaction.atomic
def forget(volunteer: Volunteer) -> None:
    """Delete what an erased person said and what was said about her; points and marks stay as numbers."""
    own_words = OpenAnswer.objects.filter(answer__attempt__volunteer=volunteer, wiped_at=None)
    _wipe(list(own_words.values_list("pk", flat=True)), timezone.now())
    Mark.objects.filter(answer__attempt__volunteer=volunteer).update(comment="", reason="")
    Result.objects.filter(attempt__volunteer=volunteer, cause=Result.Cause.CORRECTED).update(reason="")
    Observation.objects.filter(volunteer=volunteer).update(comment="", place="", reason="")
    Attempt.objects.filter(volunteer=volunteer).exclude(saved={}).update(saved={})
    ExtraTime.objects.filter(volunteer=volunteer).delete()


def _wipe(keys: Iterable[int], now: datetime) -> int:
    return OpenAnswer.objects.filter(pk__in=keys).update(text="", voice="", wiped_at=now)

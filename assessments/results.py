"""Results of attempts: each a fact that stays. A later one (marked, corrected, question taken out) stands beside it."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.models import Answer, Attempt, Exclusion, QuestionVersion, Result
from assessments.signals import attempt_graded
from cms.auditing import record
from people.models import Volunteer

CHANGING = ["submitted_at", "was_offline", "seconds_over", "saved", "points", "most_points", "passed"]


def settle(
    attempt: Attempt,
    cause: str,
    *,
    answers: Iterable[Answer] | None = None,
    author: Volunteer | None = None,
    reason: str = "",
) -> Result | None:
    """Write what an attempt's answers come to as a new result and announce it; None while an answer awaits its mark.

    Saves the attempt with it. Questions taken out neither earn nor cost. A result that a question taken out makes
    worse is written but does not count: nobody loses by the school's mistake. Must run in a transaction that holds the
    attempt's row.
    """
    rows = list(attempt.answers.select_related("version__exclusion") if answers is None else answers)
    counted = [answer for answer in rows if not hasattr(answer.version, "exclusion")]
    points = sum(answer.points or 0.0 for answer in counted)
    most_points = sum(answer.most_points for answer in counted)
    if not most_points or any(answer.points is None for answer in counted):
        attempt.save(update_fields=CHANGING)
        return None
    result = Result(
        attempt=attempt,
        cause=cause,
        points=points,
        most_points=most_points,
        passed=100 * points + 1e-9 >= attempt.pass_mark * most_points,
        reason=reason,
        author=author,
        at=timezone.now(),
    )
    if cause == Result.Cause.SENT:
        result.told_at = result.at
    if cause == Result.Cause.EXCLUDED and attempt.points is not None and attempt.most_points:
        result.counts = points / most_points > attempt.points / attempt.most_points
    result.save(force_insert=True)
    if result.counts:
        attempt.points, attempt.most_points, attempt.passed = result.points, result.most_points, result.passed
        attempt.save(update_fields=CHANGING)
        attempt_graded.send(Attempt, attempt=attempt)
    return result


@transaction.atomic
def exclude(versions: Sequence[QuestionVersion], reason: str, author: Volunteer) -> int:
    """Take versions of a question out for a reason and recompute every attempt that asked them; return how many.

    A version already out stays out for its first reason.
    """
    now = timezone.now()
    Exclusion.objects.bulk_create(
        [Exclusion(version=version, reason=reason, author=author, at=now) for version in versions],
        ignore_conflicts=True,
    )
    for version in versions:
        record("question_excluded", version, actor=author)
    touched = Attempt.objects.submitted().filter(answers__version__in=versions).distinct().values_list("pk", flat=True)
    recomputed = 0
    for pk in list(touched):
        attempt = Attempt.objects.select_for_update().get(pk=pk)
        recomputed += settle(attempt, Result.Cause.EXCLUDED, author=author, reason=reason) is not None
    return recomputed


def news_for(volunteer: Volunteer) -> list[Result]:
    """Return the results a person has not yet been told of: marked, corrected, recomputed (1 query)."""
    news = Result.objects.filter(attempt__volunteer=volunteer, told_at=None).select_related("attempt")
    return list(news)


def tell(attempt: Attempt) -> list[Result]:
    """Return what became of an attempt after it was sent, and note that she has now been told (1 or 2 queries)."""
    results = list(attempt.results.exclude(cause=Result.Cause.SENT))
    if any(result.told_at is None for result in results):
        attempt.results.filter(told_at=None).update(told_at=timezone.now())
    return results

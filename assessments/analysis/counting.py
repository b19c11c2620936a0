"""Counting answers where they lie: one pass of the database for all questions, a few numbers for each.

Memory is bounded by questions × languages × strata, not by answers. The SQL is the same for PostgreSQL and SQLite but
for how a list in JSON is opened (`_parts`).
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from assessments.models import Answer, Attempt, Exclusion, OpenAnswer, Question, QuestionVersion, Unclear

LONGEST_SECONDS = 30 * 60
"""Longer on one question: the telephone lay open. Not counted as time."""
STRATA = 20
"""Bins of the total score: one for each score of an evaluation of twenty questions."""


@dataclass(frozen=True)
class Scope:
    """Which answers are looked at: of a quiz or of a bank's questions; first tries only unless `every_try`.

    A first try is a person's first sent attempt at a quiz: who comes again knows the questions.
    """

    quiz_key: uuid.UUID | None = None
    bank_id: int | None = None
    question: uuid.UUID | None = None
    since: date | None = None
    every_try: bool = False

    def attempts(self) -> QuerySet[Attempt, Any]:
        """Return the attempts whose answers count, their primary keys only."""
        sent = Attempt.objects.submitted().order_by()
        if self.quiz_key:
            sent = sent.filter(quiz_key=self.quiz_key)
        if not self.every_try:
            earlier_first = Window(
                RowNumber(), partition_by=[F("volunteer"), F("quiz_key")], order_by=[F("submitted_at"), F("uuid")]
            )
            sent = sent.annotate(place=earlier_first).filter(place=1)
        if self.since:  # looked at after the numbering: a second try since that day is still no first one
            sent = Attempt.objects.order_by().filter(pk__in=sent.values("pk"), submitted_at__date__gte=self.since)
        return sent.values("pk")

    def versions(self) -> QuerySet[QuestionVersion]:
        """Return the versions of the bank's questions, or of the one question."""
        found = QuestionVersion.objects.order_by()
        if self.bank_id:
            found = found.filter(
                key__in=Question.objects.filter(bank=self.bank_id).order_by().values("translation_key")
            )
        return found.filter(key=self.question) if self.question else found


@dataclass
class Tally:
    """What is counted of a question in one language, or in all: it can be added up."""

    answers: int = 0
    graded: int = 0
    """Answers with points; the rest await a person's mark."""
    blank: int = 0
    points: float = 0.0
    """Sum of the shares of the most points, 0..1 each."""
    timed: int = 0
    seconds: int = 0
    pairs: int = 0
    """Answers with a share and a rest share: of the attempt's other questions."""
    sums: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
    """Over the pairs: share, rest, share², rest², share × rest."""
    strata: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Right and wrong answers by total score (0..`STRATA`); half the points and more is right."""

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        for name in ("answers", "graded", "blank", "points", "timed", "seconds", "pairs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.sums = tuple(mine + theirs for mine, theirs in zip(self.sums, other.sums, strict=True))
        for stratum, (right, wrong) in other.strata.items():
            mine = self.strata.get(stratum, (0, 0))
            self.strata[stratum] = (mine[0] + right, mine[1] + wrong)


@dataclass(frozen=True)
class Chosen:
    """How often a part of an answer was given: an option, a pair, or a step with its place."""

    language: str
    stratum: int
    value: str
    place: int
    """Where in the answer it stood, 0 the first."""
    count: int


def tallies(scope: Scope) -> dict[int, dict[str, Tally]]:
    """Return the tally of each question version by language (1 query, read in portions)."""
    found: dict[int, dict[str, Tally]] = {}
    for row in _rows(*_tally_sql(scope)):
        version, language, stratum, answers, graded, blank, points, timed, seconds, pairs, right, *sums = row
        wrong = graded - right
        tally = Tally(
            answers,
            graded,
            blank,
            points,
            timed,
            seconds,
            pairs,
            tuple(sums),
            {} if stratum is None else {int(stratum): (right, wrong)},
        )
        found.setdefault(version, {}).setdefault(language, Tally()).add(tally)
    return found


def times_chosen(scope: Scope, versions: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return how often each option of question versions was chosen, by version and option id (1 query)."""
    attempts, values = _sql(scope.attempts())
    sql = f"""
        SELECT answer.version_id, part.value, COUNT(*) FROM {_ANSWER} answer {_parts()}
        WHERE answer.attempt_id IN ({attempts}) AND answer.version_id IN ({_places(versions)})
        GROUP BY answer.version_id, part.value"""  # noqa: S608  (names of tables and placeholders only)
    return {(version, value): count for version, value, count in _rows(sql, [*values, *versions])} if versions else {}


def parts_chosen(scope: Scope, versions: Sequence[int]) -> list[Chosen]:
    """Return how often each part of the answers was given, by language and total score (1 query).

    For questions whose parts are few: options, pairs, steps.
    """
    compared, values = _compared(scope)
    sql = f"""{compared}
        SELECT answer.language, answer.stratum, part.value, {_place()}, COUNT(*) FROM compared answer {_parts()}
        WHERE answer.version_id IN ({_places(versions)})
        GROUP BY answer.language, answer.stratum, part.value, {_place()}"""  # noqa: S608  (as above)
    return [Chosen(row[0], int(row[1] or 0), *row[2:]) for row in _rows(sql, [*values, *versions])]


def words_given(scope: Scope, versions: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield what was typed and how often, most often first (1 query, read in portions: it may be much)."""
    attempts, values = _sql(scope.attempts())
    sql = f"""
        SELECT part.value, COUNT(*) AS times FROM {_ANSWER} answer {_parts()}
        WHERE answer.attempt_id IN ({attempts}) AND answer.version_id IN ({_places(versions)})
        GROUP BY part.value ORDER BY times DESC, part.value"""  # noqa: S608  (as above)
    yield from _rows(sql, [*values, *versions])


def not_understood(keys: Sequence[uuid.UUID], since: date | None) -> dict[uuid.UUID, dict[str, int]]:
    """Return how many people said that they do not understand each question, by language (1 query)."""
    said = Unclear.objects.filter(question_key__in=keys)
    if since:
        said = said.filter(at__date__gte=since)
    found: dict[uuid.UUID, dict[str, int]] = {}
    for key, language, people in said.values_list("question_key", "language").annotate(people=Count("pk")):
        found.setdefault(key, {})[language] = people
    return found


# --- SQL -------------------------------------------------------------------------------------------------------------

_ANSWER, _EXCLUSION, _OWN_WORDS = (model._meta.db_table for model in (Answer, Exclusion, OpenAnswer))

# The score of each attempt, then each answer beside that score (the stratum) and the score of the attempt's other
# questions (the rest). Questions taken out and answers not yet marked belong to no score. The stratum is made where the
# score is: PostgreSQL then knows that groups are few, and neither sorts a million rows nor keeps them.
_COMPARED = f"""
    WITH totals AS (
        SELECT attempt_id, points, most,
            CASE WHEN most > 0 THEN FLOOR({STRATA} * points / most + 0.000001) END AS stratum
        FROM (
            SELECT answer.attempt_id, COALESCE(SUM(CASE WHEN exclusion.id IS NULL THEN answer.points END), 0) AS points,
                SUM(CASE WHEN exclusion.id IS NULL AND answer.points IS NOT NULL THEN answer.most_points ELSE 0 END)
                    AS most
            FROM {_ANSWER} answer LEFT JOIN {_EXCLUSION} exclusion ON exclusion.version_id = answer.version_id
            WHERE answer.attempt_id IN ({{attempts}})
            GROUP BY answer.attempt_id
        ) summed
    ), beside AS (
        SELECT answer.id, answer.version_id, answer.language, answer.chosen, answer.seconds, totals.stratum,
            answer.points / answer.most_points AS share,
            totals.points - CASE WHEN exclusion.id IS NULL THEN answer.points ELSE 0 END AS others,
            totals.most - CASE WHEN exclusion.id IS NULL THEN answer.most_points ELSE 0 END AS others_most
        FROM {_ANSWER} answer JOIN totals ON totals.attempt_id = answer.attempt_id
        LEFT JOIN {_EXCLUSION} exclusion ON exclusion.version_id = answer.version_id
        {{which}}
    ), compared AS (
        SELECT id, version_id, language, chosen, seconds, stratum, share,
            CASE WHEN share IS NOT NULL AND others_most > 0 THEN others / others_most END AS rest
        FROM beside
    )"""  # noqa: S608  (names of tables and a number only)

_TALLY = f"""
    SELECT answer.version_id, answer.language, answer.stratum, COUNT(*), COUNT(answer.share),
        SUM(CASE WHEN answer.chosen = '[]' AND own_words.id IS NULL THEN 1 ELSE 0 END),
        COALESCE(SUM(answer.share), 0),
        SUM(CASE WHEN answer.seconds <= {LONGEST_SECONDS} THEN 1 ELSE 0 END),
        SUM(CASE WHEN answer.seconds <= {LONGEST_SECONDS} THEN answer.seconds ELSE 0 END),
        COUNT(answer.rest),
        SUM(CASE WHEN answer.share >= 0.5 THEN 1 ELSE 0 END),
        COALESCE(SUM(CASE WHEN answer.rest IS NOT NULL THEN answer.share END), 0),
        COALESCE(SUM(answer.rest), 0),
        COALESCE(SUM(CASE WHEN answer.rest IS NOT NULL THEN answer.share * answer.share END), 0),
        COALESCE(SUM(answer.rest * answer.rest), 0),
        COALESCE(SUM(answer.share * answer.rest), 0)
    FROM compared answer LEFT JOIN {_OWN_WORDS} own_words ON own_words.answer_id = answer.id
    GROUP BY answer.version_id, answer.language, answer.stratum"""  # noqa: S608  (as above)


def _tally_sql(scope: Scope) -> tuple[str, list[Any]]:
    compared, values = _compared(scope)
    return compared + _TALLY, values


def _compared(scope: Scope) -> tuple[str, list[Any]]:
    attempts, values = _sql(scope.attempts())
    which = ""
    if scope.bank_id or scope.question:
        versions, more = _sql(scope.versions().values("pk"))
        which, values = f"WHERE answer.version_id IN ({versions})", [*values, *more]
    return _COMPARED.format(attempts=attempts, which=which), values


def _sql(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    """Return a queryset as SQL and its values."""
    sql, values = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(values)


def _parts() -> str:
    """Return the join that opens an answer's list, a row for each part of it."""
    if connection.vendor == "postgresql":
        return "CROSS JOIN LATERAL jsonb_array_elements_text(answer.chosen) WITH ORDINALITY AS part(value, place)"
    return "JOIN json_each(answer.chosen) AS part"


def _place() -> str:
    """Return the expression for a part's place in its list, 0 the first."""
    return "part.place - 1" if connection.vendor == "postgresql" else "part.key"


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, fetched in portions."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while portion := cursor.fetchmany(2_000):
            yield from portion

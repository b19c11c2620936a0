"""Each question of a quiz or a bank with its figures, in all and by language, those that need a look first."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assessments.analysis.counting import STRATA, Scope, Tally, not_understood, tallies, times_chosen
from assessments.analysis.statistics import Comparison, Stratum, compare, correlation, correlation_interval
from assessments.contents import Content
from assessments.models import Exclusion, QuestionVersion
from cms.languages import SOURCE_LANGUAGE

LEAST_SHOWN = 5
"""A group of fewer is shown as «fewer than 5»: figures of four people are figures about people."""
LEAST_JUDGED = 30
"""Answers from which a figure is worth a remark: below, a share of one half is unsure by almost 20 points."""
DISTRACTING = {"single_choice", "multiple_choice", "picture_choice", "find_in_picture"}
"""Types in which a wrong option that nobody chooses helps nobody to tell who knows."""


@dataclass
class Group:
    """The figures of a question in one language, or in all."""

    tally: Tally = field(default_factory=Tally)
    unclear: int = 0
    """People who said that they do not understand it."""

    @property
    def answers(self) -> int:
        """How many answers there are."""
        return self.tally.answers

    @property
    def is_shown(self) -> bool:
        """Whether the group is large enough for its figures to say nothing of a person."""
        return self.tally.answers >= LEAST_SHOWN

    @property
    def is_judged(self) -> bool:
        """Whether there are enough graded answers for a remark."""
        return self.tally.graded >= LEAST_JUDGED

    @property
    def facility(self) -> float | None:
        """Mean share of the points, 0..1; None without points."""
        return self.tally.points / self.tally.graded if self.tally.graded else None

    @property
    def seconds(self) -> float | None:
        """Mean time on the question in seconds; None where no telephone told it."""
        return self.tally.seconds / self.tally.timed if self.tally.timed else None

    @cached_property
    def discrimination(self) -> float | None:
        """Correlation of this question's points with the rest of the attempt, -1..1; None where either never varies."""
        return correlation(self.tally.pairs, *self.tally.sums)

    @property
    def discrimination_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the discrimination."""
        found = self.discrimination
        return None if found is None else correlation_interval(found, self.tally.pairs)


@dataclass
class Version:
    """One wording of a question as it was asked, with its own figures."""

    row: QuestionVersion
    group: Group

    @property
    def exclusion(self) -> Exclusion | None:
        """Why it was taken out of results; None while it counts."""
        return getattr(self.row, "exclusion", None)


@dataclass
class AnalysedQuestion:
    """A question (one key) with its figures."""

    key: uuid.UUID
    versions: list[Version]
    """Newest first."""
    by_language: dict[str, Group]
    """The source language first, then by number of answers."""
    unused: list[str] = field(default_factory=list)
    """Texts of wrong options that nobody chose though enough people could have."""

    @cached_property
    def whole(self) -> Group:
        """All languages together."""
        group = Group(unclear=sum(one.unclear for one in self.by_language.values()))
        for one in self.by_language.values():
            group.tally.add(one.tally)
        return group

    @cached_property
    def comparisons(self) -> dict[str, Comparison | None]:
        """Every other language against the source language at equal total score; None: too few answers to say."""
        source = self.by_language.get(SOURCE_LANGUAGE, Group()).tally
        others = {code: group.tally for code, group in self.by_language.items() if code != SOURCE_LANGUAGE}
        return {code: compare(_strata(source, tally)) for code, tally in others.items()}

    @property
    def content(self) -> Content:
        """The question as it was last asked, in the source language."""
        content: Content = self.versions[0].row.content
        return content

    @property
    def is_taken_out(self) -> bool:
        """Whether every version of it was taken out of results."""
        return all(version.exclusion for version in self.versions)


def analyse(scope: Scope) -> list[AnalysedQuestion]:
    """Return the questions that were answered, in no particular order (4 queries, however many answers there are)."""
    counted = tallies(scope)
    rows = QuestionVersion.objects.select_related("exclusion").in_bulk(list(counted))
    by_key: dict[uuid.UUID, list[QuestionVersion]] = {}
    for row in sorted(rows.values(), key=lambda row: row.pk, reverse=True):
        by_key.setdefault(row.key, []).append(row)
    unclear = not_understood(list(by_key), scope.since)
    distracting = [pk for pk, row in rows.items() if row.content["type"] in DISTRACTING]
    chosen = times_chosen(scope, distracting)
    return [_question(key, versions, counted, unclear.get(key, {}), chosen) for key, versions in by_key.items()]


def _question(
    key: uuid.UUID,
    rows: list[QuestionVersion],
    counted: Mapping[int, Mapping[str, Tally]],
    unclear: Mapping[str, int],
    chosen: Mapping[tuple[int, str], int],
) -> AnalysedQuestion:
    by_language: dict[str, Group] = {code: Group(unclear=people) for code, people in unclear.items()}
    versions = []
    for row in rows:
        versions.append(Version(row, Group(_added(counted[row.pk].values()))))
        for code, tally in counted[row.pk].items():
            by_language.setdefault(code, Group()).tally.add(tally)
    order = sorted(by_language, key=lambda code: (code != SOURCE_LANGUAGE, -by_language[code].answers, code))
    return AnalysedQuestion(key, versions, {code: by_language[code] for code in order}, _unused(versions, chosen))


def _added(found: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in found:
        whole.add(tally)
    return whole


def _unused(versions: list[Version], chosen: Mapping[tuple[int, str], int]) -> list[str]:
    """Return the wrong options of the newest version that nobody chose in any version that had them."""
    newest = versions[0].row.content
    if newest["type"] not in DISTRACTING:
        return []
    texts = []
    for option in newest["options"]:
        had_it = [one for one in versions if any(other["id"] == option["id"] for other in one.row.content["options"])]
        met = sum(one.group.answers for one in had_it)
        times = sum(chosen.get((one.row.pk, option["id"]), 0) for one in had_it)
        if not option["correct"] and not times and met >= LEAST_JUDGED:
            texts.append(option["text"])
    return texts


def _strata(source: Tally, focal: Tally) -> list[Stratum]:
    """Return the cells of each total score, from the lowest up."""
    none = (0, 0)
    return [(*source.strata.get(score, none), *focal.strata.get(score, none)) for score in range(STRATA + 1)]

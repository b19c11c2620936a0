"""Figures as they are read: percent, seconds, «fewer than 5», bars of a chart."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assessments.analysis.judging import language_name, remarks_on, too_few
from assessments.analysis.parts import Part, Thirds
from assessments.analysis.questions import LEAST_SHOWN, AnalysedQuestion, Group
from assessments.analysis.statistics import Comparison
from assessments.blocks import QUESTION_BLOCKS

NOTHING = "—"
BAR_HEIGHT, BAR_STEP, FULL_WIDTH = 18, 30, 300
"""Of a chart, in units of its view box."""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, 0..100 percent, placed."""

    label: str
    percent: int
    is_right: bool
    y: int

    @property
    def width(self) -> int:
        """Its length in units of the view box."""
        return FULL_WIDTH * self.percent // 100

    @property
    def text_y(self) -> int:
        """The base line of its words."""
        return self.y + BAR_HEIGHT - 4


@dataclass(frozen=True)
class Chart:
    """Bars under each other, and the sentence that says what they show."""

    bars: list[Bar]
    sentence: str

    @property
    def height(self) -> int:
        """Height of the view box."""
        return BAR_STEP * len(self.bars)


def percent(share: float | None) -> str:
    """Return a share as whole percent."""
    return NOTHING if share is None else f"{100 * share:.0f}\u00a0%"


def decimal(value: float | None) -> str:
    """Return a number with two decimals."""
    return NOTHING if value is None else number_format(value, 2)


def seconds(value: float | None) -> str:
    """Return a time in seconds."""
    return NOTHING if value is None else _("%(number)s s") % {"number": round(value)}


def interval(group: Group) -> str:
    """Return between which values a group's discrimination lies with 95 % certainty; "" where it says nothing."""
    found = group.discrimination_interval if group.is_shown else None
    return _("between %(low)s and %(high)s") % {"low": decimal(found[0]), "high": decimal(found[1])} if found else ""


def few(count: int) -> str:
    """Return a count of people, or that they are few."""
    return str(count) if count == 0 or count >= LEAST_SHOWN else _("fewer than %(least)s") % {"least": LEAST_SHOWN}


def type_name(kind: str) -> str:
    """Return what a type of question is called."""
    return str(dict(QUESTION_BLOCKS)[kind].label)


def figures_of(group: Group) -> dict[str, str]:
    """Return a group's figures to read; those of a group too small to be shown are dashes."""
    if not group.is_shown:
        dashes = dict.fromkeys(("facility", "discrimination", "seconds", "blank"), NOTHING)
        return {"answers": few(group.answers), "unclear": few(group.unclear), **dashes}
    return {
        "answers": str(group.answers),
        "unclear": few(group.unclear),
        "facility": percent(group.facility),
        "discrimination": decimal(group.discrimination),
        "seconds": seconds(group.seconds),
        "blank": few(group.tally.blank),
    }


def row_of(question: AnalysedQuestion) -> dict[str, Any]:
    """Return a question's row of the overview."""
    return {
        "key": question.key,
        "prompt": question.content["prompt"],
        "type": type_name(question.content["type"]),
        "figures": figures_of(question.whole),
        "languages": language_rows(question),
        "remarks": remarks_on(question),
        "too_few": too_few(question),
        "is_taken_out": question.is_taken_out,
    }


def language_rows(question: AnalysedQuestion) -> list[dict[str, Any]]:
    """Return a question's figures in each language, with its comparison to the source language in words."""
    return [
        {
            "language": language_name(code),
            "figures": figures_of(group),
            "comparison": _compared(question.comparisons[code]) if code in question.comparisons else NOTHING,
        }
        for code, group in question.by_language.items()
    ]


def _compared(comparison: Comparison | None) -> str:
    if comparison is None:
        return _("too few answers to say")
    low, high = (number_format(end, 1) for end in comparison.interval)
    verdict = {
        "A": _("as hard as in Spanish, or nearly (A)"),
        "B": _("somewhat harder (B)") if comparison.delta < 0 else _("somewhat easier (B)"),
        "C": _("much harder (C)") if comparison.delta < 0 else _("much easier (C)"),
    }[comparison.letter]
    return _("%(verdict)s; difference %(delta)s, between %(low)s and %(high)s") % {
        "verdict": verdict,
        "delta": number_format(comparison.delta, 1),
        "low": low,
        "high": high,
    }


def part_rows(question: AnalysedQuestion, parts: list[Part], thirds: Thirds | None) -> list[dict[str, Any]]:
    """Return how often each part was chosen: in all, by who knows more, by language."""
    shown = {code: group.answers for code, group in question.by_language.items() if group.is_shown}
    return [
        {
            "of": part.of,
            "label": part.label,
            "is_right": part.is_right,
            "count": few(part.count),
            "share": percent(_share(part.count, question.whole.answers)),
            "low": percent(part.low / thirds.low_size) if thirds else NOTHING,
            "high": percent(part.high / thirds.high_size) if thirds else NOTHING,
            "languages": [percent(_share(part.by_language.get(code, 0), size)) for code, size in shown.items()],
        }
        for part in parts
    ]


def shown_languages(question: AnalysedQuestion) -> list[str]:
    """Return the names of the languages whose groups are large enough to be shown."""
    return [language_name(code) for code, group in question.by_language.items() if group.is_shown]


def chart_of_parts(question: AnalysedQuestion, parts: list[Part]) -> Chart | None:
    """Return the bars of a question's parts; None where there are none, or too few answers."""
    answers = question.whole.answers
    if not parts or not question.whole.is_shown:
        return None
    labels = [f"{part.of}: {part.label}" if part.of else part.label for part in parts]
    shares = [_share(part.count, answers) for part in parts]
    bars = _bars(labels, shares, [part.is_right for part in parts])
    if question.content["type"] == "ordering":
        missed = min(bars, key=lambda bar: bar.percent)
        words = _("Out of 100 people, %(percent)s put «%(part)s» in its place: of all the steps, the fewest.")
        return Chart(bars, words % {"percent": missed.percent, "part": _bare(missed.label)})
    wrong = [bar for bar in bars if not bar.is_right]
    if not any(bar.percent for bar in wrong):
        return Chart(bars, _("Hardly anybody chooses a wrong answer."))
    worst = max(wrong, key=lambda bar: bar.percent)
    words = _("The wrong answer chosen most is «%(part)s»: %(percent)s of 100 people.")
    return Chart(bars, words % {"percent": worst.percent, "part": _bare(worst.label)})


def chart_of_languages(question: AnalysedQuestion) -> Chart | None:
    """Return the bars of the points earned in each language; None with fewer than two languages to show."""
    groups = {code: group for code, group in question.by_language.items() if group.is_shown and group.tally.graded}
    if len(groups) < 2:
        return None
    shares = [group.facility or 0.0 for group in groups.values()]
    bars = _bars([language_name(code) for code in groups], shares, [True] * len(groups))
    least, most = min(bars, key=lambda bar: bar.percent), max(bars, key=lambda bar: bar.percent)
    words = _(
        "In %(most)s, %(most_percent)s of 100 points are earned; in %(least)s, %(least_percent)s. This compares "
        "everybody; the table below compares people with equal knowledge."
    )
    names = {"most": most.label, "least": least.label}
    return Chart(bars, words % {**names, "most_percent": most.percent, "least_percent": least.percent})


def _bars(labels: list[str], shares: list[float], right: list[bool]) -> list[Bar]:
    return [
        Bar(Truncator(label).chars(32), min(100, round(100 * share)), is_right, 6 + BAR_STEP * place)
        for place, (label, share, is_right) in enumerate(zip(labels, shares, right, strict=True))
    ]


def _bare(label: str) -> str:
    """Return a label without the quotation marks that the sentence has already."""
    return label.strip("«».")


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0

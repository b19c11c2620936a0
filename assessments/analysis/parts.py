"""What was chosen in one question: options, pairs, steps, or typed words, by who knows more and by language."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments.analysis.counting import STRATA, Chosen, Scope, parts_chosen, words_given
from assessments.analysis.questions import LEAST_SHOWN, AnalysedQuestion
from assessments.contents import Content
from assessments.grading import grade, nearness

MOST_WORDS = 30


@dataclass
class Part:
    """Something that could be chosen, and how often it was."""

    label: str
    is_right: bool
    of: str = ""
    """What it belongs to: the thing that is matched, the gap; "" for an option."""
    count: int = 0
    low: int = 0
    """Times chosen in the lower third by total score."""
    high: int = 0
    by_language: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Thirds:
    """The lower and upper third of attempts by total score, as far as whole scores allow."""

    low_until: int
    high_from: int
    low_size: int
    high_size: int


@dataclass(frozen=True)
class Word:
    """A word or number that at least `LEAST_SHOWN` people typed."""

    of: str
    text: str
    points: float
    count: int


def parts_of(question: AnalysedQuestion, scope: Scope, thirds: Thirds | None) -> list[Part]:
    """Return the parts of a question with options, in the author's order (1 query); none for typed answers."""
    parts = _parts_by_value(question)
    if not parts:
        return []
    is_ordering = question.content["type"] == "ordering"
    for chosen in parts_chosen(scope, [version.row.pk for version in question.versions]):
        value = f"{chosen.value}@{chosen.place}" if is_ordering else chosen.value
        if value in parts:
            _count(parts[value], chosen, thirds)
    return [part for part in parts.values() if part.is_right or part.count or not part.of]


def words_of(question: AnalysedQuestion, scope: Scope) -> tuple[list[Word], dict[str, int]]:
    """Return what was typed most, and how often each gap (or the number, under "") was right (1 query).

    Rare words are not shown: they may be somebody's own.
    """
    content, words, right = question.content, list[Word](), dict[str, int]()
    if not (content.get("typed") or content["type"] == "number"):
        return [], {}
    names = {option["id"]: str(place) for place, option in enumerate(content["options"], 1)}
    accepted = {option["id"]: option["accepted"] for option in content["options"]}
    for value, count in words_given(scope, [version.row.pk for version in question.versions]):
        gap, _sign, text = value.partition("=") if accepted else ("", "", value)
        if accepted and gap not in accepted:  # a gap that the newest version no longer has
            continue
        points = nearness(text, accepted[gap]) if accepted else grade(content, [text])
        name = names.get(gap, "")
        right[name] = right.get(name, 0) + (count if points == 1 else 0)
        if count >= LEAST_SHOWN and len(words) < MOST_WORDS:
            words.append(Word(name, text, points, count))
    return words, dict(sorted(right.items()))


def thirds_of(question: AnalysedQuestion) -> Thirds | None:
    """Return where the lower third of total scores ends and the upper one begins; None where they would touch."""
    sizes = {score: sum(cells) for score, cells in question.whole.tally.strata.items()}
    third = sum(sizes.values()) / 3
    low_until, low_size = _reach(sizes, range(STRATA + 1), third)
    high_from, high_size = _reach(sizes, range(STRATA, -1, -1), third)
    if low_until >= high_from or min(low_size, high_size) < LEAST_SHOWN:
        return None
    return Thirds(low_until, high_from, low_size, high_size)


def _reach(sizes: dict[int, int], scores: Iterable[int], wanted: float) -> tuple[int, int]:
    size = score = 0
    for score in scores:
        size += sizes.get(score, 0)
        if size >= wanted:
            break
    return score, size


def _count(part: Part, chosen: Chosen, thirds: Thirds | None) -> None:
    part.count += chosen.count
    part.by_language[chosen.language] = part.by_language.get(chosen.language, 0) + chosen.count
    if thirds and chosen.stratum <= thirds.low_until:
        part.low += chosen.count
    if thirds and chosen.stratum >= thirds.high_from:
        part.high += chosen.count


def _parts_by_value(question: AnalysedQuestion) -> dict[str, Part]:
    """Return the parts by the value that answers hold; what only earlier versions had comes last."""
    parts: dict[str, Part] = {}
    for version in question.versions:
        for value, part in _parts_of_content(version.row.content).items():
            parts.setdefault(value, part)
    return parts


def _parts_of_content(content: Content) -> dict[str, Part]:
    options = content["options"]
    if content["type"] == "ordering":
        return {
            f"{option['id']}@{place}": Part(f"{place + 1}. {option['text']}", is_right=True)
            for place, option in enumerate(options)
        }
    if "matches" in content and not content.get("typed"):
        return {
            f"{option['id']}={match['id']}": Part(
                match["text"], is_right=match["id"] == option["match"], of=option["text"] or str(place)
            )
            for place, option in enumerate(options, 1)
            for match in content["matches"]
        }
    if content.get("typed"):
        return {}
    return {option["id"]: Part(option["text"], is_right=bool(option["correct"])) for option in options}

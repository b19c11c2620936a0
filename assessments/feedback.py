"""What to say about an answer, part by part. `static/js/practice.js` says the same in lessons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessments.contents import Content
from assessments.grading import MOST_POINTS, clean_answer, grade, nearness

RIGHT, NEAR, WRONG = "right", "near", "wrong"


@dataclass(frozen=True)
class Part:
    """One part of an answer: the question's words, what she gave for them, how it stands, and the reason."""

    text: str
    given: str
    standing: str
    feedback: str


@dataclass(frozen=True)
class Feedback:
    """Points from 0 to 1, and the parts of the answer that were given."""

    points: float
    parts: list[Part]

    @property
    def is_right(self) -> bool:
        """Whether the whole answer is right."""
        return self.points == MOST_POINTS


def feedback_on(content: Content, answer: Sequence[str]) -> Feedback:
    """Return the feedback on an answer to a question with its key."""
    chosen = clean_answer(content, answer)
    return Feedback(grade(content, chosen), _PARTS.get(content["type"], _chosen)(content, chosen))


def _standing(is_right: bool) -> str:
    return RIGHT if is_right else WRONG


def _chosen(content: Content, chosen: list[str]) -> list[Part]:
    options = {option["id"]: option for option in content["options"]}
    return [
        Part(options[key]["text"], "", _standing(options[key]["correct"]), options[key]["feedback"]) for key in chosen
    ]


def _steps(content: Content, order: list[str]) -> list[Part]:
    options = {option["id"]: option for option in content["options"]}
    ids = list(options)
    before = dict(zip(ids, [None, *ids], strict=False))
    return [
        Part(options[step]["text"], str(place), _standing(before[step] == earlier), options[step]["feedback"])
        for place, (earlier, step) in enumerate(zip([None, *order], order, strict=False), 1)
    ]


def _pairs(content: Content, pairs: list[str]) -> list[Part]:
    found = dict(pair.split("=", 1) for pair in pairs)
    words = {match["id"]: match["text"] for match in content["matches"]}
    return [
        Part(
            option["text"],
            words[found[option["id"]]],
            _standing(found[option["id"]] == option["match"]),
            option["feedback"],
        )
        for option in content["options"]
        if option["id"] in found
    ]


def _gaps(content: Content, pairs: list[str]) -> list[Part]:
    if not content["typed"]:
        return _pairs(content, pairs)
    typed = dict(pair.split("=", 1) for pair in pairs)
    standings = {0.0: WRONG, MOST_POINTS: RIGHT}
    return [
        Part("", word, standings.get(nearness(word, option["accepted"]), NEAR), option["feedback"])
        for option in content["options"]
        if (word := typed.get(option["id"]))
    ]


def _number(content: Content, chosen: list[str]) -> list[Part]:
    is_right = grade(content, chosen) == MOST_POINTS
    said = content["feedback_right"] if is_right else content["feedback_wrong"]
    return [Part("", number, _standing(is_right), said) for number in chosen]


_PARTS: dict[str, Callable[[Content, list[str]], list[Part]]] = {
    "ordering": _steps,
    "matching": _pairs,
    "gaps": _gaps,
    "number": _number,
}

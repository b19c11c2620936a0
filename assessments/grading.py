"""Points for answers. Pure functions of a question's content and an answer; the same in every language.

An answer is a list of strings: chosen option ids (in order, where order is asked; or `step=place`; in a case also
`scene=decision`), `option=match` pairs, `gap=typed word` pairs, or one number as typed. `static/js/grading.js` has the
same rules; `tests/vectors/grading.json` holds both.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

from assessments.contents import Content
from cms.orthography import GLOTTAL, LOOK_ALIKES

MOST_POINTS = 1.0
ALMOST = 0.5
MOST_TYPED = 200

_SPACES = re.compile("[ \t\n\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
_MARKS = re.compile("[\u0300-\u036f]")
_TO_GLOTTAL = str.maketrans(dict.fromkeys(LOOK_ALIKES, GLOTTAL))
_BY_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLACE = re.compile(r"[0-9]{1,3}")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def clean_answer(content: Content, answer: Iterable[str]) -> list[str]:
    """Return the part of an answer that means something for the question, in one fixed form (may be empty)."""
    return _CLEANERS[content["type"]](content, list(answer))


def grade(content: Content, answer: Iterable[str]) -> float:
    """Return the points, from 0 to 1, for an answer; 0 for an open answer, which a person marks.

    One right answer: all or nothing. Several: each right one chosen adds its share, each wrong one takes a share away,
    never below zero. Order: each step that follows the one it should follow (the first: nothing) earns its share. Pairs
    and gaps: each right one earns its share, a typed word with one letter wrong half of it. Case: the share of good
    decisions among those on the way she took.
    """
    return _GRADERS[content["type"]](content, clean_answer(content, answer))


def typed_key(text: str) -> str:
    """Return the key under which typed words are equal: look-alikes of the glottal sign, accents, case, spaces."""
    decomposed = unicodedata.normalize("NFD", text.translate(_TO_GLOTTAL).lower())
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _MARKS.sub("", decomposed))).strip(" ")


def nearness(typed: str, accepted: Iterable[str]) -> float:
    """Return 1 for an accepted word, `ALMOST` for one with a letter wrong (from four letters on), else 0."""
    word, keys = typed_key(typed), [typed_key(text) for text in accepted]
    if word in keys:
        return 1.0
    return ALMOST if any(len(key) >= 4 and _one_letter_apart(word, key) for key in keys) else 0.0


def number_of(text: str) -> float | None:
    """Return a typed number: «1,500» is a thousand and a half, «1,5» one and a half; None when it is none."""
    bare = _SPACES.sub("", text).strip("Q%")
    if len(bare) > 40:
        return None
    if _BY_THOUSANDS.fullmatch(bare):
        return float(bare.replace(",", ""))
    return float(bare.replace(",", ".")) if _PLAIN_NUMBER.fullmatch(bare) else None


# --- answers in one form -------------------------------------------------------------------------------------------


def _known_options(content: Content, answer: list[str]) -> list[str]:
    wanted = set(answer)
    return [option["id"] for option in content["options"] if option["id"] in wanted]


def _in_order(content: Content, answer: list[str]) -> list[str]:
    """Return the steps in the order named, or by the places given to them (`step=place`)."""
    known = {option["id"] for option in content["options"]}
    places = {step: int(place) for step, place in _split(answer) if step in known and _PLACE.fullmatch(place)}
    if places:
        return sorted(places, key=lambda step: places[step])
    return [option for option in dict.fromkeys(answer) if option in known]


def _pairs(content: Content, answer: list[str]) -> list[str]:
    known = {match["id"] for match in content["matches"]}
    right = {left: match for left, match in _split(answer) if match in known}
    return [f"{option['id']}={right[option['id']]}" for option in content["options"] if option["id"] in right]


def _gaps(content: Content, answer: list[str]) -> list[str]:
    if not content["typed"]:
        return _pairs(content, answer)
    typed = {gap: _SPACES.sub(" ", word.replace("\0", "")).strip(" ")[:MOST_TYPED] for gap, word in _split(answer)}
    return [f"{option['id']}={typed[option['id']]}" for option in content["options"] if typed.get(option["id"])]


def _number(_content: Content, answer: list[str]) -> list[str]:
    return [answer[0]] if len(answer) == 1 and number_of(answer[0]) is not None else []


def _way(content: Content, answer: list[str]) -> list[str]:
    """Return the decisions on the way taken: in each scene reached, the first of its decisions that was chosen."""
    wanted, way = {*answer, *(decision for _scene, decision in _split(answer))}, []
    scene = content["scenes"][0]["id"] if content["scenes"] else None
    while scene is not None:
        taken = next((one for one in content["options"] if one["scene"] == scene and one["id"] in wanted), None)
        if taken is None or taken["id"] in way:
            break
        way.append(taken["id"])
        scene = taken["leads_to"]
    return way


def _nothing(_content: Content, _answer: list[str]) -> list[str]:
    return []


def _split(answer: list[str]) -> list[tuple[str, str]]:
    parts = [text.partition("=") for text in answer]
    return [(left, right) for left, sign, right in parts if sign]


# --- points --------------------------------------------------------------------------------------------------------


def _all_or_nothing(content: Content, picked: list[str]) -> float:
    right = {option["id"] for option in content["options"] if option["correct"]}
    return MOST_POINTS if len(picked) == 1 and picked[0] in right else 0.0


def _by_shares(content: Content, picked: list[str]) -> float:
    right = {option["id"] for option in content["options"] if option["correct"]}
    hits = len(right.intersection(picked))
    misses = len(picked) - hits
    return max(0.0, (hits - misses) / len(right)) if right else 0.0


def _by_followers(content: Content, order: list[str]) -> float:
    ids = [option["id"] for option in content["options"]]
    before = dict(zip(ids, [None, *ids], strict=False))
    hits = sum(before[step] == earlier for earlier, step in zip([None, *order], order, strict=False))
    return hits / len(ids) if ids else 0.0


def _by_pairs(content: Content, pairs: list[str]) -> float:
    right = {f"{option['id']}={option['match']}" for option in content["options"]}
    return len(right.intersection(pairs)) / len(right) if right else 0.0


def _by_gaps(content: Content, pairs: list[str]) -> float:
    if not content["typed"]:
        return _by_pairs(content, pairs)
    accepted = {option["id"]: option["accepted"] for option in content["options"]}
    earned = sum(nearness(word, accepted[gap]) for gap, word in _split(pairs))
    return earned / len(accepted) if accepted else 0.0


def _by_number(content: Content, answer: list[str]) -> float:
    value = number_of(answer[0]) if answer else None
    # a hair wider than the tolerance: 0.3 lies within 0.1 of 0.2, whatever binary fractions make of it
    allowed = content["tolerance"] + 1e-9 * max(1.0, abs(content["answer"]))
    return MOST_POINTS if value is not None and abs(value - content["answer"]) <= allowed else 0.0


def _by_way(content: Content, way: list[str]) -> float:
    by_id = {option["id"]: option for option in content["options"]}
    good = sum(by_id[decision]["correct"] for decision in way)
    is_ended = bool(way) and by_id[way[-1]]["leads_to"] is None
    met = len(way) if is_ended else len(way) + 1
    return good / met


def _unmarked(_content: Content, _answer: list[str]) -> float:
    return 0.0


_CLEANERS: dict[str, Callable[[Content, list[str]], list[str]]] = {
    "single_choice": _known_options,
    "multiple_choice": _known_options,
    "true_false": _known_options,
    "picture_choice": _known_options,
    "find_in_picture": _known_options,
    "ordering": _in_order,
    "matching": _pairs,
    "gaps": _gaps,
    "number": _number,
    "case": _way,
    "open_answer": _nothing,
}
_GRADERS: dict[str, Callable[[Content, list[str]], float]] = {
    "single_choice": _all_or_nothing,
    "multiple_choice": _by_shares,
    "true_false": _all_or_nothing,
    "picture_choice": _all_or_nothing,
    "find_in_picture": _all_or_nothing,
    "ordering": _by_followers,
    "matching": _by_pairs,
    "gaps": _by_gaps,
    "number": _by_number,
    "case": _by_way,
    "open_answer": _unmarked,
}


def _one_letter_apart(one: str, other: str) -> bool:
    """Return whether one letter added, left out or changed, or two neighbours swapped, makes two words equal."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])
    )

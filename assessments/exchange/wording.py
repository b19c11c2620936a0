"""Words for what one side lacks: a text for types that a format does not have, sentences for what a file leaves out."""

import math
import re
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.blocks import GAP
from assessments.exchange.questions import Carried, items, tidy, values_of
from cms.languages import SOURCE_LANGUAGE

READ_AGAIN = _("Read this part of the lesson again.")
FILL_THE_GAPS = _("Write what is missing.")
PICTURE = _("Picture")
WHOLE_ANSWER = _("The answer is whole and easy to understand.")
SCENE = _("Scene")
MOST_CRITERIA = 6
_POINTS = re.compile(r"\s*\(([1-5])\)$")
_BULLET = re.compile(r"^(?:–|-|•|\d+\.)\s*")


def sentence(text: "Promise | str") -> str:
    """Return a sentence in the language in which questions are written, whoever asks."""
    with translation.override(SOURCE_LANGUAGE):
        return str(text)


def shown_as_text(question: Carried) -> str:
    """Return what a system sees of a question whose type it does not have."""
    value = question.value
    lines = [value["prompt"]]
    if question.kind == "gaps":
        lines.append(value["text"])
    for number, scene in enumerate(values_of(value.get("scenes") or []), 1):
        lines += [f"{sentence(SCENE)} {number}: {scene['text']}"]
        lines += [f"– {decision['text']}" for decision in values_of(scene["decisions"])]
    if question.kind == "find_in_picture":
        lines += [f"{number}. {spot['text']}" for number, spot in enumerate(values_of(value["options"]), 1)]
    return "\n".join(tidy(line) for line in lines)


def rubric_as_text(rubric: list[dict[str, Any]]) -> str:
    """Return a rubric, a line for each criterion with its points."""
    return "\n".join(
        f"{' — '.join(' '.join(part.split()) for part in (line['text'], line['help']) if part)} ({line['points']})"
        for line in values_of(rubric)
    )


def rubric_of(text: str) -> list[dict[str, Any]]:
    """Return the criteria in a text, one a line; one that fits every answer where there are none."""
    lines = [_BULLET.sub("", line.strip()) for line in text.split("\n") if line.strip()]
    found = [_criterion(line) for line in lines[:MOST_CRITERIA]]
    return items(found or [{"text": sentence(WHOLE_ANSWER), "help": "", "points": 1}])


def _criterion(line: str) -> dict[str, Any]:
    points = _POINTS.search(line)
    text, _dash, help_text = _POINTS.sub("", line).partition(" — ")
    return {"text": text, "help": help_text, "points": int(points[1]) if points else 1}


def without_gap_marks(text: str) -> str:
    """Return text in which nothing reads as a gap."""
    return re.sub(f"{GAP}+", "…", text)


def typed_word(words: list[str]) -> dict[str, Any]:
    """Return the gap in which any of these words is right when typed."""
    return {"text": words[0], "also": " / ".join(words[1:]), "feedback": ""}


def as_number(text: str) -> float | None:
    """Return a number written with a point or a comma, or None."""
    bare = text.strip().replace(",", ".")
    is_number = re.fullmatch(r"[+-]?(\d{1,30}\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", bare)
    number = float(bare) if is_number else math.inf
    return number if math.isfinite(number) else None


def number_as_text(number: float) -> str:
    """Return a number as every system reads it."""
    return f"{number:.15g}"

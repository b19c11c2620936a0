"""Template tags that show questions: which part of the templates a type uses, what was saved, what to say about it."""

from collections.abc import Sequence
from typing import Any

from django import template

from assessments.contents import Content
from assessments.feedback import Feedback, feedback_on

register = template.Library()

CHOICES = {"single_choice", "multiple_choice", "true_false", "picture_choice"}
SEVERAL_PARTS = {"multiple_choice", "ordering", "matching", "gaps", "case"}


@register.filter
def template_of(kind: str) -> str:
    """Return the template that shows the controls of a type of question."""
    return f"assessments/question/{'choice' if kind in CHOICES else kind}.html"


@register.filter
def has_several_parts(kind: str) -> bool:
    """Return whether an answer to this type can be right in one part and wrong in another."""
    return kind in SEVERAL_PARTS


@register.filter
def given(saved: Sequence[str] | None, part: str) -> str:
    """Return what a saved answer says about one part of a question (`part=value`), "" where it says nothing."""
    start = f"{part}="
    return next((text[len(start) :] for text in saved or () if text.startswith(start)), "")


@register.filter
def have_pictures(parts: Sequence[dict[str, Any]]) -> bool:
    """Return whether any of the options or matches is shown with a picture."""
    return any(part["picture"] for part in parts)


@register.filter
def text_of(parts: Sequence[dict[str, Any]], key: str) -> str:
    """Return the words of the option or match with an id, "" where there is none."""
    return next((part["text"] for part in parts if part["id"] == key), "")


@register.filter
def pieces_with_gaps(question: Content) -> list[tuple[str, dict[str, Any] | None]]:
    """Return the pieces of a text, each with the gap that follows it; None after the last."""
    gaps = [*question["options"], None]
    return list(zip(question["pieces"], gaps, strict=False))


@register.filter
def decisions_in(question: Content, scene: str) -> list[dict[str, Any]]:
    """Return the decisions of one scene of a case; `part` is the number of the scene each leads to, 0 for the end."""
    numbers = {scene["id"]: number for number, scene in enumerate(question["scenes"], 1)}
    return [
        {**option, "part": numbers.get(option["leads_to"], 0)}
        for option in question["options"]
        if option["scene"] == scene
    ]


@register.simple_tag
def feedback(question: Content, chosen: Sequence[str]) -> Feedback:
    """Return what to say about an answer (see `assessments.feedback`)."""
    return feedback_on(question, chosen)

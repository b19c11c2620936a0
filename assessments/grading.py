"""Points for answers. Pure functions of a question's content and the options chosen; the same in every language."""

from collections.abc import Iterable

from assessments.contents import Content

MOST_POINTS = 1.0


def clean_choice(content: Content, chosen: Iterable[str]) -> list[str]:
    """Return the chosen option ids that the question has, once each, in the question's order."""
    wanted = set(chosen)
    return [option["id"] for option in content["options"] if option["id"] in wanted]


def grade(content: Content, chosen: Iterable[str]) -> float:
    """Return the points, from 0 to 1, for the options chosen.

    One right answer: all or nothing. Several: each right one chosen adds its share, each wrong one chosen takes a share
    away, never below zero; so choosing everything earns nothing for certain.
    """
    picked = clean_choice(content, chosen)
    right = {option["id"] for option in content["options"] if option["correct"]}
    if content["type"] != "multiple_choice":
        return MOST_POINTS if len(picked) == 1 and picked[0] in right else 0.0
    hits = len(right.intersection(picked))
    misses = len(picked) - hits
    return max(0.0, (hits - misses) / len(right)) if right else 0.0

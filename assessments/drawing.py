"""Which questions an attempt asks, and in which order."""

import random
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from assessments.contents import Content
from assessments.models import Question, Quiz, QuizDraw, TaggedQuestion
from cms.orthography import search_key


def askable() -> QuerySet[Question]:
    """Return the questions that can be drawn: published, still asked, in the source language."""
    return Question.objects.filter(locale__language_code=settings.LANGUAGE_CODE, live=True, retired=False)


def pools(draws: Iterable[QuizDraw]) -> list[list[int]]:
    """Return, for each line of a quiz, the ids of the questions it can take, in the bank's order (1 or 2 queries)."""
    draws = list(draws)
    banks = {draw.bank_id for draw in draws}
    in_bank: dict[int, list[int]] = {}
    for pk, bank in askable().filter(bank__in=banks).order_by("position", "pk").values_list("pk", "bank_id"):
        in_bank.setdefault(bank, []).append(pk)
    tags = _tags(banks) if any(draw.tag_names for draw in draws) else {}
    return [_pool(draw, in_bank.get(draw.bank_id, []), tags) for draw in draws]


def draw(quiz: Quiz) -> list[tuple[Question, str]]:
    """Draw a quiz's questions (the source-language quiz), each with the title of the part that starts with it, or "".

    In the order of the quiz's lines, mixed within a line where the quiz says so or draws some of many; no question
    comes twice. 3 queries, 4 with tags, whatever the banks hold.
    """
    lines = list(quiz.draws.all())
    chance, taken, sections = random.SystemRandom(), dict[int, None](), dict[int, str]()
    for line, pool in zip(lines, pools(lines), strict=True):
        left = [pk for pk in pool if pk not in taken]
        count = min(line.count or len(left), len(left))
        chosen = chance.sample(left, count) if quiz.shuffle or line.count else left
        if line.section and chosen:
            sections[chosen[0]] = line.section
        taken.update(dict.fromkeys(chosen))
    found = Question.objects.select_related("locale").in_bulk(list(taken))
    return [(found[pk], sections.get(pk, "")) for pk in taken]


def frozen_order(quiz: Quiz, content: Content) -> dict[str, Any]:
    """Return the order in which a question's options and matches are shown in one attempt, by ids."""
    chance = random.SystemRandom()
    kind = content["type"]
    options = [option["id"] for option in content["options"]]
    if kind == "ordering" or (quiz.shuffle and kind not in {"true_false", "gaps", "find_in_picture"}):
        chance.shuffle(options)
    order: dict[str, Any] = {"options": options}
    if "matches" in content and not content.get("typed"):
        order["matches"] = [match["id"] for match in content["matches"]]
        chance.shuffle(order["matches"])
    return order


def _pool(line: QuizDraw, in_bank: list[int], tags: dict[int, set[str]]) -> list[int]:
    if line.question_id:
        return [pk for pk in in_bank if pk == line.question_id]
    wanted = {search_key(name) for name in line.tag_names}
    return [pk for pk in in_bank if wanted <= tags.get(pk, set())] if wanted else in_bank


def _tags(banks: set[int]) -> dict[int, set[str]]:
    rows = TaggedQuestion.objects.filter(content_object__bank__in=banks).values_list("content_object_id", "tag__name")
    found: dict[int, set[str]] = {}
    key_of = cache(search_key)  # thousands of questions carry the same few tags
    for pk, name in rows:
        found.setdefault(pk, set()).add(key_of(name))
    return found

"""A question on its way: what stands between a file of any format and the blocks of a bank."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import Truncator
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock

from assessments.models import Question

MOST_QUESTIONS = 2_000
CHOOSERS = (ImageChooserBlock, AbstractMediaChooserBlock)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class ExchangeRefused(Exception):
    """A file cannot be taken at all; the text tells the person who brought it why."""


class NotTaken(Exception):
    """One question of a file cannot be taken; the text says why."""


@dataclass(frozen=True)
class Picture:
    """A picture's file, and its words for who does not see it."""

    content: bytes
    description: str = ""


@dataclass
class Carried:
    """One question on its way.

    `value` is the block's value: a list is `[{"id": …, "value": …}]` (without `id` where the file has none), a picture
    or recording is the name that `file_name` gives it. A part that a format does not know is absent. `exact` says that
    the value is the school's own and whole; else `own` is what the school knew when it wrote the file, or None.
    `refused` says why the question is not taken.
    """

    kind: str
    value: dict[str, Any]
    key: str = ""
    name: str = ""
    tags: list[str] = field(default_factory=list)
    review: str | None = None
    block_id: str | None = None
    exact: bool = False
    own: "Carried | None" = None
    notes: list[str] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    refused: str = ""


def block_of(kind: str) -> blocks.StructBlock:
    """Return the block of a type of question."""
    found: blocks.StructBlock = Question._meta.get_field("content").stream_block.child_blocks[kind]
    return found


def tidy(text: str) -> str:
    """Return text with one kind of line end, without control characters and outer space."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def title_of(text: str) -> str:
    """Return a short name for a question."""
    return Truncator(" ".join(text.split())).chars(60)


def file_name(content: bytes, suffix: str) -> str:
    """Return the name under which a file travels: its SHA-1 and its ending, so that the same file is known again."""
    return f"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}.{suffix}"


def items(values: list[Any]) -> list[dict[str, Any]]:
    """Return values as the items of a list whose ids are not known."""
    return [{"value": value} for value in values]


def values_of(part: list[dict[str, Any]]) -> list[Any]:
    """Return the values of a list's items."""
    return [item["value"] for item in part]


def on_its_way(block: blocks.Block, stored: Any, name_of: Callable[[blocks.Block, int], str]) -> Any:
    """Return a stored value as it travels: every part present, files by the name that `name_of` gives them."""
    if isinstance(block, blocks.StructBlock):
        return {
            name: on_its_way(child, (stored or {}).get(name), name_of) for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.ListBlock):
        return [
            {"id": item["id"], "value": on_its_way(block.child_block, item["value"], name_of)} for item in stored or []
        ]
    if isinstance(block, CHOOSERS):
        return name_of(block, stored) if stored else ""
    if stored is None:
        stored = block.get_prep_value(block.get_default())
    return "" if stored is None else stored


def as_stored(block: blocks.Block, value: Any, id_of: Callable[[blocks.Block, str], int | None]) -> Any:
    """Return a value that travelled as a bank keeps it; `id_of` finds or keeps the files."""
    if isinstance(block, blocks.StructBlock):
        return {name: as_stored(child, value.get(name), id_of) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [
            {"type": "item", "id": item["id"], "value": as_stored(block.child_block, item["value"], id_of)}
            for item in value or []
        ]
    if isinstance(block, CHOOSERS):
        return id_of(block, value) if value else None
    return block.get_prep_value(block.get_default()) if value is None else value


def well_shaped(block: blocks.Block, value: Any) -> Any:
    """Return a value read from outside if it has the shape of the block. Raises `ValueError`."""
    if isinstance(block, blocks.StructBlock):
        if not isinstance(value, dict) or not set(value) <= set(block.child_blocks):
            raise ValueError(block.name)
        return {name: well_shaped(block.child_blocks[name], part) for name, part in value.items()}
    if isinstance(block, blocks.ListBlock):
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ValueError(block.name)
        return [
            {"id": str(uuid.UUID(str(item.get("id")))), "value": well_shaped(block.child_block, item.get("value"))}
            for item in value
        ]
    is_right = isinstance(value, str) if isinstance(block, CHOOSERS) else isinstance(value, str | int | float)
    if not is_right:
        raise ValueError(block.name)
    return value


def without_ids(value: Any) -> Any:
    """Return a value without the ids of its items, and without what is empty."""
    if isinstance(value, dict):
        parts = {name: without_ids(part) for name, part in value.items() if name != "id"}
        return {name: part for name, part in parts.items() if part not in ("", None, [])}
    return [without_ids(part) for part in value] if isinstance(value, list) else value


def fingerprint(question: Carried) -> str:
    """Return a short mark of what can be seen of a question: it changes when somebody changes the question."""
    seen = [question.kind, without_ids(question.value), sorted(question.tags), bool(question.refused)]
    text = json.dumps(seen, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def grafted(block: blocks.Block, new: Any, old: Any) -> Any:
    """Return what a file says, with the ids of what was there and the parts that the file's format does not know."""
    if isinstance(block, blocks.StructBlock):
        old = old or {}
        return {
            name: grafted(child, new[name], old.get(name)) if name in new else old.get(name)
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.ListBlock):
        return _grafted_items(block.child_block, new or [], old or [])
    return new


def _grafted_items(block: blocks.Block, new: list[dict[str, Any]], old: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join each item to the one that reads the same; where as many are there, the rest by their places."""
    free = list(range(len(old)))
    partner: dict[int, int] = {}
    for place, item in enumerate(new):
        same = next((index for index in free if _words(old[index]) == _words(item)), None)
        if same is not None:
            partner[place] = same
            free.remove(same)
    if len(new) == len(old):
        rest = [place for place in range(len(new)) if place not in partner]
        partner |= dict(zip(rest, free, strict=True))
    joined = []
    for place, item in enumerate(new):
        before = old[partner[place]] if place in partner else {}
        graft = grafted(block, item["value"], before.get("value"))
        joined.append({"id": item.get("id") or before.get("id"), "value": graft})
    return joined


def _words(item: dict[str, Any]) -> Any:
    value = item["value"]
    return (value.get("text"), value.get("match")) if isinstance(value, dict) else value


def with_ids(value: Any, key: uuid.UUID, path: str = "") -> Any:
    """Return a value whose every item has an id; a new one follows from the question's key and the item's place."""
    if isinstance(value, dict):
        return {name: with_ids(part, key, f"{path}/{name}") for name, part in value.items()}
    if isinstance(value, list):
        return [
            {
                "id": item.get("id") or str(uuid.uuid5(key, f"{path}/{place}")),
                "value": with_ids(item["value"], key, f"{path}/{place}"),
            }
            for place, item in enumerate(value)
        ]
    return value

"""Giving a bank away: its questions as they travel, and in words what a format leaves behind."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.models import get_media_model

from assessments.blocks import GAP
from assessments.exchange.formats import FORMATS
from assessments.exchange.questions import Carried, Picture, block_of, file_name, on_its_way
from assessments.models import Question, QuestionBank
from cms.languages import SOURCE_LANGUAGE

SHOWN_AS_TEXT = {"moodle": {"find_in_picture", "case"}, "gift": {"find_in_picture", "case"}}


def questions_of(bank: QuestionBank) -> list[Question]:
    """Return the questions of a bank that travel, in their order: those in the source language that are still asked."""
    rows = bank.questions.filter(locale__language_code=SOURCE_LANGUAGE, retired=False)
    return list(rows.prefetch_related("tagged_items__tag").order_by("position", "pk"))


def written(bank: QuestionBank, name: str) -> bytes:
    """Return a bank as a file of a format (a key of `FORMATS`)."""
    shelf = Shelf()
    return FORMATS[name].write([carried(question, shelf) for question in questions_of(bank)])


def carried(question: Question, shelf: "Shelf") -> Carried:
    """Return a stored question as it travels, with its pictures."""
    raw = question.content.raw_data[0]
    value = on_its_way(block_of(raw["type"]), raw["value"], shelf.name_of)
    names = names_in(value)
    return Carried(
        raw["type"],
        value,
        key=str(question.origin_key or question.translation_key),
        name=value["prompt"],
        tags=sorted(item.tag.name for item in question.tagged_items.all()),
        review=str(question.review_key) if question.review_key else None,
        block_id=raw.get("id"),
        exact=True,
        pictures={name: picture for name, picture in shelf.pictures.items() if name in names},
    )


def names_in(value: Any) -> set[str]:
    """Return every text in a value; the names of files are among them."""
    if isinstance(value, dict):
        return set().union(*map(names_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return {value} if isinstance(value, str) else set()


class Shelf:
    """The pictures and recordings that questions use, each read once."""

    def __init__(self) -> None:
        self.pictures: dict[str, Picture] = {}
        self.recordings: set[str] = set()
        self.ids: dict[tuple[bool, str], int] = {}
        self._names: dict[tuple[bool, int], str] = {}

    def name_of(self, block: blocks.Block, pk: int) -> str:
        """Return the name under which a file travels; empty where the file is gone."""
        is_picture = isinstance(block, ImageChooserBlock)
        if (is_picture, pk) not in self._names:
            name = self._names[is_picture, pk] = self._read(is_picture, pk)
            self.ids.setdefault((is_picture, name), pk)
        return self._names[is_picture, pk]

    def _read(self, is_picture: bool, pk: int) -> str:
        model = get_image_model() if is_picture else get_media_model()
        row = model.objects.filter(pk=pk).first()
        try:
            with row.file.open("rb") as file:
                content = file.read()
        except (AttributeError, OSError):
            return ""
        name = file_name(content, row.file.name.rpartition(".")[2].lower())
        if is_picture:
            self.pictures[name] = Picture(content, row.description)
        else:
            self.recordings.add(name)
        return name


def left_behind(questions: list[Carried], recordings: set[str], name: str) -> list[str]:
    """Return, in words, what other systems do not get of these questions in a format."""
    found = []
    for number, question in enumerate(questions, 1):
        names = names_in(question.value)
        where = _("Question %(number)s, «%(prompt)s»:") % {"number": number, "prompt": _short(question)}
        if question.pictures and not FORMATS[name].has_pictures:
            found.append(f"{where} {_('its pictures do not travel.')}")
        if names & recordings:
            found.append(f"{where} {_('its recordings do not travel.')}")
        if question.kind in SHOWN_AS_TEXT.get(name, ()):
            found.append(f"{where} {_('other systems only show its text.')}")
        if name == "gift" and question.kind == "gaps" and question.value["text"].count(GAP) > 1:
            found.append(f"{where} {_('other systems only show its text.')}")
    return found


def _short(question: Carried) -> str:
    prompt = question.value["prompt"]
    return prompt if len(prompt) <= 60 else f"{prompt[:59]}…"

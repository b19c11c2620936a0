"""Taking a file into a bank: what would be added, changed or refused, and doing it in one transaction."""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Locale, Page

from assessments.exchange.formats import read
from assessments.exchange.giving_out import Shelf
from assessments.exchange.questions import (
    Carried,
    NotTaken,
    as_stored,
    block_of,
    fingerprint,
    grafted,
    on_its_way,
    title_of,
    with_ids,
)
from assessments.exchange.wording import READ_AGAIN, sentence
from assessments.models import Question, QuestionBank, QuizDraw
from cms.auditing import record
from cms.languages import SOURCE_LANGUAGE
from people.models import User

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"
MOST_PICTURE_BYTES = 2_000_000
PICTURE_TYPES = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}


@dataclass
class Line:
    """What becomes of one question of a file: `state` is one of `ADDED`, `CHANGED`, `UNCHANGED`, `REFUSED`."""

    number: int
    name: str
    state: str = REFUSED
    notes: list[str] = field(default_factory=list)
    question: Question | None = None
    tags: list[str] = field(default_factory=list)


def preview(bank: QuestionBank, content: bytes, file: str) -> list[Line]:
    """Return what taking a file in would do, writing nothing. Raises `ExchangeRefused`."""
    _format, questions = read(content, file)
    with transaction.atomic():
        lines = Plan(bank, Pictures(_row_only)).lines(questions)
        transaction.set_rollback(True)
    return lines


def take_in(bank: QuestionBank, content: bytes, file: str, by: User) -> list[Line]:
    """Take a file into a bank, all of it or nothing; return what was done. Raises `ExchangeRefused`.

    Where a quiz asks from the bank, what is new or changed is a draft until somebody publishes it.
    """
    form, questions = read(content, file)
    kept: list[Any] = []
    try:
        with transaction.atomic():
            QuestionBank.objects.select_for_update().get(pk=bank.pk)
            lines = Plan(bank, Pictures(lambda row, picture: _with_file(row, picture, kept))).lines(questions)
            publishes = not is_in_use(bank)
            for line in lines:
                if line.state in (ADDED, CHANGED):
                    _write(line, by, publishes)
            counts = {state: sum(line.state == state for line in lines) for state in (ADDED, CHANGED, REFUSED)}
            record("questions_imported", bank, actor=by, format=form, **counts)
    except BaseException:
        for stored in kept:
            stored.storage.delete(stored.name)
        raise
    return lines


def is_in_use(bank: QuestionBank) -> bool:
    """Return whether a quiz asks from the bank."""
    return QuizDraw.objects.filter(bank=bank).exists()


def _write(line: Line, by: User, publishes: bool) -> None:
    question = line.question
    assert question is not None  # noqa: S101  (what is added or changed has its question)
    if line.state == ADDED:
        question.live = False
        question.save()
    question.tags.set(line.tags)
    if line.state == ADDED:
        question.save()  # a tag is only written with its question
    revision = question.save_revision(user=by, clean=False)
    if publishes:
        revision.publish(user=by)


class Plan:
    """Compares the questions of a file with those of a bank."""

    def __init__(self, bank: QuestionBank, pictures: "Pictures") -> None:
        self.bank, self.pictures = bank, pictures
        self.locale = Locale.objects.get(language_code=SOURCE_LANGUAGE)
        rows = bank.questions.filter(locale=self.locale).prefetch_related("tagged_items__tag")
        self.known = {key: row for row in rows for key in (row.translation_key, row.origin_key) if key}
        for row in self.known.values():
            raw = row.content.raw_data[0]
            on_its_way(block_of(raw["type"]), raw["value"], pictures.shelf.name_of)
        self.next_position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1 if self.known else 0
        self.met: dict[uuid.UUID, int] = {}

    def lines(self, questions: list[Carried]) -> list[Line]:
        """Return what becomes of each question."""
        keys = {key for question in questions if (key := _uuid(question.key))}
        taken = set(Question.objects.filter(translation_key__in=keys).values_list("translation_key", flat=True))
        return [self._line(number, question, taken) for number, question in enumerate(questions, 1)]

    def _line(self, number: int, question: Carried, taken: set[uuid.UUID]) -> Line:
        line = Line(number, question.name or title_of(question.value.get("prompt", "")), notes=question.notes)
        try:
            if question.refused:
                raise NotTaken(question.refused)
            self._settle(line, question, taken)
        except NotTaken as reason:
            line.state, line.notes = REFUSED, [str(reason), *line.notes]
        except ValidationError as problem:
            line.state, line.notes = REFUSED, [*messages_of(problem, block_of(question.kind)), *line.notes]
        return line

    def _settle(self, line: Line, carried: Carried, taken: set[uuid.UUID]) -> None:
        key = _uuid(carried.key) or uuid.uuid5(self.bank.key, carried.key or fingerprint(carried))
        if key in self.met:
            raise NotTaken(_("It is the same question as number %s of this file.") % self.met[key])
        self.met[key] = line.number
        own_key = key if key not in taken else uuid.uuid5(self.bank.key, str(key))
        row = self.known.get(key) or self.known.get(own_key)
        raw = self._raw(carried, row, own_key, line)
        line.tags = [tag[:100] for tag in carried.tags]
        if row and any(_same(raw, line.tags, version) for version in _versions(row)):
            line.state = UNCHANGED
            return
        line.state = CHANGED if row else ADDED
        line.question = row or self._new(key, own_key, carried, line)
        if row and row.retired:
            line.notes.append(_("It is marked as no longer asked, and stays so."))
        line.question.content = line.question.content.stream_block.to_python([raw])

    def _new(self, key: uuid.UUID, own_key: uuid.UUID, carried: Carried, line: Line) -> Question:
        review = carried.review if Page.objects.filter(translation_key=carried.review or None).exists() else None
        if own_key != key:
            line.notes.append(_("Another bank has this question too: this bank gets a copy of its own."))
        question = Question(bank=self.bank, locale=self.locale, translation_key=own_key, position=self.next_position)
        question.origin_key = key if own_key != key else None
        question.review_key = uuid.UUID(review) if review else None
        self.next_position += 1
        return question

    def _raw(self, carried: Carried, row: Question | None, key: uuid.UUID, line: Line) -> dict[str, Any]:
        """Return the question as the bank would keep it, cleaned by its own rules. Raises `ValidationError`."""
        block = block_of(carried.kind)
        stored = row.content.raw_data[0] if row else None
        value = carried.value
        if not carried.exact:
            old = None
            if stored and stored["type"] == carried.kind:
                old = on_its_way(block, stored["value"], self.pictures.shelf.name_of)
            elif carried.own:
                old = carried.own.value
            value = _with_feedback(block, grafted(block, value, old), line)
        raw = {
            "type": carried.kind,
            "id": carried.block_id or (stored or {}).get("id") or str(uuid.uuid5(key, "block")),
            "value": as_stored(block, with_ids(value, key), self.pictures.taking(carried, line)),
        }
        if stored and _canonical(raw) == _canonical(stored):
            return raw
        definition = Question._meta.get_field("content").stream_block
        try:
            cleaned: list[dict[str, Any]] = definition.get_prep_value(definition.clean(definition.to_python([raw])))
        except (TypeError, AttributeError, KeyError, OverflowError) as problem:
            raise NotTaken(_("Its parts do not fit together.")) from problem
        return cleaned[0]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _versions(row: Question) -> list[Question]:
    """Return a question as it is published, and as its newest draft has it."""
    return [row, row.get_latest_revision_as_object()] if row.has_unpublished_changes else [row]


def _same(raw: dict[str, Any], tags: list[str], row: Question) -> bool:
    kept = row.content.raw_data[0]
    return sorted(tags) == sorted(row.tags.names()) and _canonical(raw) == _canonical(kept)


def _canonical(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a stored block with every part present, so that two can be compared."""
    return {**raw, "value": on_its_way(block_of(raw["type"]), raw["value"], lambda _block, pk: str(pk))}


def _with_feedback(block: blocks.Block, value: Any, line: Line) -> Any:
    """Return a value in which no answer lacks what to say to who chooses it."""
    if isinstance(block, blocks.ListBlock):
        return [{**item, "value": _with_feedback(block.child_block, item["value"], line)} for item in value or []]
    if not isinstance(block, blocks.StructBlock):
        return value
    filled = {name: _with_feedback(child, value.get(name), line) for name, child in block.child_blocks.items()}
    for name, child in block.child_blocks.items():
        if name.startswith("feedback") and child.required and not filled[name]:
            filled[name] = sentence(READ_AGAIN)
            weak = _("An answer says nothing to who chooses it; a plain sentence was put there. Write a better one.")
            line.notes += [] if weak in line.notes else [weak]
    return filled


def messages_of(problem: ValidationError, block: blocks.Block) -> list[str]:
    """Return what a block's rules say against a value: each sentence once, with the part it speaks of."""
    found: dict[str, None] = {}

    def collect(error: Any, block: Any) -> None:
        inner = getattr(error, "block_errors", None) or {}
        for name, part in inner.items() if isinstance(inner, dict) else enumerate(inner):
            children = getattr(block, "child_blocks", {})
            collect(part, children.get(name) or getattr(block, "child_block", block))
        for message in [] if inner else getattr(error, "messages", []):
            found[f"«{block.label}»: {message}" if block.label else str(message)] = None

    collect(problem, block)
    return list(found)


# --- pictures ------------------------------------------------------------------------------------------------------

Keeping = Callable[[Any, bytes], Any]


def _row_only(row: Any, _content: bytes) -> Any:
    """Keep a picture's row without its file: the transaction is rolled back."""
    row.save()
    return row


def _with_file(row: Any, content: bytes, kept: list[Any]) -> Any:
    row.file = ContentFile(content, name=row.file.name)
    row.save()
    kept.append(row.file)
    return row


class Pictures:
    """Finds the files that questions name: in the bank, in the school, else in the file that brought them."""

    def __init__(self, keep: Keeping) -> None:
        self.shelf = Shelf()
        self.keep = keep
        self._is_school_read = False

    def taking(self, carried: Carried, line: Line) -> Callable[[blocks.Block, str], int | None]:
        """Return a function that gives the id of a named file, or None with a note in the line."""

        def id_of(block: blocks.Block, name: str) -> int | None:
            is_picture = isinstance(block, ImageChooserBlock)
            found = self.shelf.ids.get((is_picture, name))
            if found is None and is_picture:
                found = self._in_school(block, name) or self._new(carried, name, line)
                if found:
                    self.shelf.ids[is_picture, name] = found
            if found is None:
                line.notes.append(
                    _("A picture was not taken.")
                    if is_picture
                    else _("A recording is not in this file and was not taken.")
                )
            return found

        return id_of

    def _in_school(self, block: blocks.Block, name: str) -> int | None:
        """Return the school's own picture with these bytes; some have not had their hash taken yet."""
        images = get_image_model().objects
        digest = name.partition(".")[0]
        known: int | None = images.filter(file_hash=digest).values_list("pk", flat=True).first() if digest else None
        if known is None and not self._is_school_read:
            self._is_school_read = True
            for pk in images.filter(file_hash="").values_list("pk", flat=True):
                self.shelf.name_of(block, pk)
        return known or self.shelf.ids.get((True, name))

    def _new(self, carried: Carried, name: str, line: Line) -> int | None:
        picture = carried.pictures.get(name)
        if picture is None:
            return None
        size = _size(picture.content)
        if size is None:
            line.notes.append(_("Pictures may be PNG, JPEG, GIF or WebP, at most 2 MB."))
            return None
        suffix, width, height = size
        digest = name.partition(".")[0]
        row = get_image_model()(
            title=title_of(picture.description) or line.name[:200] or digest,
            description=picture.description[:255],
            file=f"{digest}.{suffix}",
            width=width,
            height=height,
            file_hash=digest,
            file_size=len(picture.content),
        )
        if not picture.description:
            line.notes.append(_("A picture has no words for who does not see it. Describe it."))
        pk: int = self.keep(row, picture.content).pk
        return pk


def _size(content: bytes) -> tuple[str, int, int] | None:
    """Return a picture's ending, width and height, or None where it is none that may be taken."""
    if len(content) > MOST_PICTURE_BYTES:
        return None
    try:
        with PillowImage.open(io.BytesIO(content)) as picture:
            picture.verify()
            suffix = PICTURE_TYPES.get(picture.format or "")
            return (suffix, *picture.size) if suffix else None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, PillowImage.DecompressionBombError):
        return None

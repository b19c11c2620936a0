"""The format of a course's package: what the files are called, what stands in them, and reading them safely.

A package is a folder, or the same folder zipped. Text files are canonical JSON (indent 1, UTF-8), so that a change is
read in a diff; rich text is a list of lines; pictures and recordings are named, pages are linked by key.
`docs/formato-del-paquete.md` describes it for partners.
"""

import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, RootModel
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock

from cms.archives import NOT_A_WHOLE_ZIP

FORMAT = 1
MOST_FILES = 5_000
MOST_BYTES = 500_000_000
MOST_TEXT_BYTES = 4_000_000
PICTURES = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"}
RECORDINGS = {".mp3", ".ogg", ".opus", ".m4a", ".mp4", ".webm"}
EMPTY: tuple[Any, ...] = (None, "", [])

Title = Field(min_length=1, max_length=255)
Slug = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
Tag = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^,]+$")]


class PackageRefused(Exception):
    """The package cannot be taken. `problems` are sentences for the person who brought it."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class PackageModel(BaseModel):
    """Base of the files' shapes: unknown names are refused, so that nothing is lost silently."""

    model_config = ConfigDict(extra="forbid")


class CourseShape(PackageModel):
    """`course.json`."""

    format: int
    key: uuid.UUID
    slug: str = Slug
    language: Literal["es"]
    title: str = Title
    summary: str = Field(min_length=1, max_length=600)
    notice: str = ""
    hours: int = Field(ge=1, le=1000)
    licence: str
    credits: str = ""
    picture: str | None = None
    final: str | None = None
    final_after_checks: bool = True
    practical: str | None = None
    modules: list[str]


class ModuleShape(PackageModel):
    """`modules/<folder>/module.json`."""

    key: uuid.UUID
    slug: str = Slug
    title: str = Title
    objective: str = Field(min_length=1, max_length=400)
    picture: str | None = None
    check: str | None = None
    lessons: list[str]


class LessonShape(PackageModel):
    """`modules/<folder>/<lesson>.json`."""

    key: uuid.UUID
    slug: str = Slug
    title: str = Title
    objective: str = Field(min_length=1, max_length=300)
    minutes: int = Field(ge=1, le=600)
    picture: str | None = None
    body: list[dict[str, Any]]


class DrawShape(PackageModel):
    """One row of a quiz's draws: so many of a bank, of those with every tag, or the one question with this key."""

    section: str = Field(default="", max_length=120)
    bank: str
    tags: str = Field(default="", max_length=200)
    count: int = Field(ge=0, le=500)
    question: uuid.UUID | None = None


class QuizShape(PackageModel):
    """`quizzes/<slug>.json`."""

    key: uuid.UUID
    title: str = Field(min_length=1, max_length=200)
    introduction: str = ""
    purpose: Literal["check", "final", "practice"]
    pass_mark: int = Field(ge=1, le=100)
    most_tries: int = Field(ge=0, le=1000)
    wait_minutes: int = Field(ge=0, le=1_000_000)
    shuffle: bool
    counts: Literal["best", "last"] = "best"
    minutes: int = Field(default=0, ge=0, le=1000)
    reasons: Literal["never", "passed", "sent"] = "never"
    offline: bool = True
    draws: list[DrawShape]


class QuestionShape(PackageModel):
    """One question of a bank: its block, and the key of the lesson to read again."""

    key: uuid.UUID
    review: uuid.UUID | None = None
    retired: bool = False
    tags: list[Tag] = []
    block: dict[str, Any]


class BankShape(PackageModel):
    """`banks/<slug>.json`."""

    key: uuid.UUID
    name: str = Field(min_length=1, max_length=200)
    questions: list[QuestionShape]


class PracticalShape(PackageModel):
    """`practicals/<slug>.json`."""

    key: uuid.UUID
    title: str = Field(min_length=1, max_length=200)
    introduction: str = ""
    rubric: list[dict[str, Any]]
    pass_mark: int = Field(default=70, ge=1, le=100)
    observers: Literal[1, 2] = 1
    no_relatives: bool = True
    no_granter: bool = True


class FileShape(PackageModel):
    """One entry of `media.json`: a picture needs a description."""

    title: str
    description: str = Field(default="", max_length=255)
    credit: str = ""
    licence: str = ""


class FilesShape(RootModel[dict[str, FileShape]]):
    """`media.json`: the entries by name of file."""


class TextShape(PackageModel):
    """One translated text."""

    path: str
    source: str
    text: str
    credit: str


class TextsShape(PackageModel):
    """`translations/<language>/<file of a page>.json`."""

    texts: list[TextShape]


@dataclass
class Package:
    """The files of a package: texts read, media by name."""

    texts: dict[str, Any] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)


def canonical_text(data: Any) -> bytes:
    """Return data as a text file of a package: indent 1, real letters, a newline at the end."""
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def read_package(path: Path) -> Package:
    """Read a folder or zip file into memory, within limits. Raises `PackageRefused` in words."""
    if path.is_dir():
        return _sorted_out(_folder(path))
    try:
        with zipfile.ZipFile(path) as archive:
            return _sorted_out(_zip(archive))
    except FileNotFoundError as problem:
        raise PackageRefused(_("There is no file or folder with this name: %s") % path.name) from problem
    except NOT_A_WHOLE_ZIP as problem:
        raise PackageRefused(
            _("This file is not a whole zip file. Copy or download it again, then try once more.")
        ) from problem


def _folder(path: Path) -> Iterator[tuple[str, int, Callable[[int], bytes]]]:
    for found in sorted(path.rglob("*")):
        if found.is_symlink():
            raise PackageRefused(_("The package holds a link to another place: %s") % found.name)
        if found.is_file():
            yield (
                found.relative_to(path).as_posix(),
                found.stat().st_size,
                lambda most, found=found: found.read_bytes()[:most],  # type: ignore[misc]
            )


def _zip(archive: zipfile.ZipFile) -> Iterator[tuple[str, int, Callable[[int], bytes]]]:
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename
        if info.is_dir():
            continue
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name:
            raise PackageRefused(_("The package holds a file with a path outside of it: %s") % name)
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise PackageRefused(_("The package holds a link to another place: %s") % name)
        if name.casefold() in seen:
            raise PackageRefused(_("The package holds the same file twice: %s") % name)
        seen.add(name.casefold())

        def read(most: int, info: zipfile.ZipInfo = info) -> bytes:
            with archive.open(info) as stream:
                return stream.read(most)

        yield name, info.file_size, read


def _sorted_out(files: Iterator[tuple[str, int, Callable[[int], bytes]]]) -> Package:
    package, total = Package(), 0
    for number, (name, size, read) in enumerate(files, 1):
        if number > MOST_FILES or size > MOST_BYTES:
            raise PackageRefused(_("The package is too large."))
        suffix = PurePosixPath(name).suffix.lower()
        is_text = suffix == ".json"
        if not is_text and not (name.startswith("media/") and suffix in PICTURES | RECORDINGS):
            raise PackageRefused(_("The package holds a file that does not belong in it: %s") % name)
        content = read((MOST_TEXT_BYTES if is_text else MOST_BYTES - total) + 1)
        total += len(content)
        if total > MOST_BYTES or (is_text and len(content) > MOST_TEXT_BYTES):
            raise PackageRefused(_("The package is too large."))
        if is_text:
            package.texts[name] = _parse(name, content)
        else:
            package.media[name] = content
    return package


def _parse(name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise PackageRefused(_("This file of the package cannot be read: %s") % name) from problem


# --- blocks -------------------------------------------------------------------------------------------------------

_AFTER_BLOCK = re.compile(r"(?<=</p>)|(?<=</ul>)|(?<=</ol>)|(?<=</li>)|(?<=<ul>)|(?<=<ol>)|(?<=</h2>)|(?<=</h3>)")
_PAGE_LINK = re.compile(r'(<a linktype="page" )id="(\d+)"')
_KEY_LINK = re.compile(r'(<a linktype="page" )key="([0-9a-f-]{36})"')


@dataclass(frozen=True)
class References:
    """How things outside a block are named on each side: files, recordings and linked pages."""

    image: Callable[[Any], Any]
    media: Callable[[Any], Any]
    page: Callable[[str], str | None]


def pack_block(definition: blocks.StreamBlock, raw: dict[str, Any], refs: References) -> dict[str, Any]:
    """Return a stored block as a package writes it; the references turn ids into names."""
    return {
        "id": raw["id"],
        "type": raw["type"],
        "value": _pack(definition.child_blocks[raw["type"]], raw["value"], refs),
    }


def unpack_block(definition: blocks.StreamBlock, packed: dict[str, Any], refs: References) -> dict[str, Any]:
    """Return a package's block as it is stored; the references turn names into ids.

    Raises `PackageRefused` for a type or name that does not exist here.
    """
    kind = packed.get("type")
    if kind not in definition.child_blocks or set(packed) != {"id", "type", "value"}:
        raise PackageRefused(_("Unknown kind of block: %s") % kind)
    return {
        "id": str(uuid.UUID(packed["id"])),
        "type": kind,
        "value": _unpack(definition.child_blocks[kind], packed["value"], refs),
    }


def _pack(block: blocks.Block, value: Any, refs: References) -> Any:
    if isinstance(block, blocks.StructBlock):
        packed = {name: _pack(child, value.get(name), refs) for name, child in block.child_blocks.items()}
        return {name: part for name, part in packed.items() if part not in EMPTY or isinstance(part, bool)}
    if isinstance(block, blocks.ListBlock):
        return [{"id": item["id"], "value": _pack(block.child_block, item["value"], refs)} for item in value or []]
    if isinstance(block, blocks.RichTextBlock):
        linked = _PAGE_LINK.sub(lambda found: f'{found[1]}key="{refs.page(found[2])}"', value or "")
        return [line for line in _AFTER_BLOCK.split(linked) if line]
    if isinstance(block, ImageChooserBlock):
        return refs.image(value) if value else None
    if isinstance(block, AbstractMediaChooserBlock):
        return refs.media(value) if value else None
    return value


def _unpack(block: blocks.Block, value: Any, refs: References) -> Any:
    if isinstance(block, blocks.StructBlock):
        if not isinstance(value, dict) or not set(value) <= set(block.child_blocks):
            raise PackageRefused(_("A block does not have the parts it should: %s") % block.name)
        return {name: _unpack(child, value.get(name), refs) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [
            {
                "type": "item",
                "id": str(uuid.UUID(item["id"])),
                "value": _unpack(block.child_block, item["value"], refs),
            }
            for item in value or []
        ]
    if isinstance(block, blocks.RichTextBlock):
        text = "".join(value or [])
        return _KEY_LINK.sub(lambda found: f'{found[1]}id="{refs.page(found[2])}"', text)
    if isinstance(block, ImageChooserBlock):
        return refs.image(value) if value else None
    if isinstance(block, AbstractMediaChooserBlock):
        return refs.media(value) if value else None
    if value is None:
        return block.get_prep_value(block.get_default())
    return value

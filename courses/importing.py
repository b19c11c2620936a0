"""Taking a package in: read and checked whole first, then written in one transaction, files included."""

import io
import re
import uuid
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from xml.etree import ElementTree

from django.core.exceptions import ValidationError as FieldError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError
from pydantic import BaseModel, ValidationError
from wagtail.images import get_image_model
from wagtail.models import Locale, Page
from wagtailmedia.models import get_media_model

from assessments.public import Practical, Question, QuestionBank, Quiz, QuizDraw
from cms.languages import SOURCE_LANGUAGE, languages
from courses.models import CourseFile, CoursePage, Edition, LessonPage, ModulePage
from courses.package_format import (
    FORMAT,
    PICTURES,
    BankShape,
    CourseShape,
    FilesShape,
    LessonShape,
    ModuleShape,
    Package,
    PackageRefused,
    PracticalShape,
    QuizShape,
    References,
    TextsShape,
    read_package,
    unpack_block,
)
from courses.releasing import release
from courses.translating import TextNotFound, TranslatedText, mirror, write_translation
from people.models import Organisation, Volunteer

Shape = TypeVar("Shape", bound=BaseModel)
SVG_REFUSED_TAGS = {"script", "foreignObject", "iframe", "image", "use", "a", "animate", "set", "style"}


def import_course(
    path: Path,
    *,
    home: Page,
    organisation: Organisation,
    by: Volunteer | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Edition:
    """Write a package below the source-language home page for an organisation; return the edition it makes.

    A course of this organisation that came from the same package is brought to its state (lessons it no longer has are
    unpublished); elsewhere the keys are free, or new ones are made. Raises `PackageRefused` in words, with nothing
    written and no file left behind.
    """
    package = Contents(read_package(path))
    written: list[Any] = []
    try:
        with transaction.atomic():
            course = Writer(package, home, organisation, written, progress).write()
    except BaseException as problem:
        for file in written:
            file.storage.delete(file.name)
        if isinstance(problem, FieldError):  # a rule of a page or quiz that the shapes do not know
            raise PackageRefused(told(problem)) from problem
        raise
    return release(course, by=by, notes=_("Imported from a package."))


class Contents:
    """A package whose every file has its shape and whose every reference leads somewhere."""

    def __init__(self, package: Package) -> None:
        self.media = package.media
        texts = package.texts
        if "course.json" not in texts:
            raise PackageRefused(_("There is no course.json: this is not a course's package."))
        version = texts["course.json"].get("format") if isinstance(texts["course.json"], dict) else None
        if type(version) is not int or version < 1:
            raise PackageRefused(_("course.json does not say which format it has: this is not a course's package."))
        if version > FORMAT:
            raise PackageRefused(_("This package was made by a newer school. Update this school first."))
        self.texts, self.used = texts, {"course.json", "media.json"}
        self.course = self.read("course.json", CourseShape)
        self.modules = [
            (f"modules/{folder}/module", self.read(f"modules/{folder}/module.json", ModuleShape))
            for folder in self.course.modules
        ]
        self.lessons = {
            module.key: [
                (f"{name.removesuffix('/module')}/{file.removesuffix('.json')}", self.lesson(name, file))
                for file in module.lessons
            ]
            for name, module in self.modules
        }
        slugs = [self.course.final, *(module.check for _name, module in self.modules)]
        self.quizzes = {slug: self.read(f"quizzes/{slug}.json", QuizShape) for slug in slugs if slug}
        bank_slugs = dict.fromkeys(draw.bank for quiz in self.quizzes.values() for draw in quiz.draws)
        self.banks = {slug: self.read(f"banks/{slug}.json", BankShape) for slug in bank_slugs}
        practical = self.course.practical
        self.practical = self.read(f"practicals/{practical}.json", PracticalShape) if practical else None
        self.files = self.shaped("media.json", FilesShape, texts.get("media.json", {})).root
        self.translations = self.read_translations()
        self.refuse_twins()
        self.refuse_strangers()
        self.refuse_lost_questions()

    def lesson(self, module_name: str, file: str) -> LessonShape:
        """Return one lesson's file."""
        return self.read(f"{module_name.removesuffix('/module')}/{file}", LessonShape)

    def read(self, name: str, shape: type[Shape]) -> Shape:
        """Return a file in its shape."""
        if name not in self.texts:
            raise PackageRefused(_("A file is missing in the package: %s") % name)
        self.used.add(name)
        return self.shaped(name, shape, self.texts[name])

    def shaped(self, name: str, shape: type[Shape], data: Any) -> Shape:
        """Return data in a shape, or refuse it saying where."""
        try:
            return shape.model_validate(data)
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise PackageRefused(
                _("%(file)s: «%(where)s» is not as it should be.") % {"file": name, "where": where}
            ) from problem

    def read_translations(self) -> dict[str, dict[str, list[TranslatedText]]]:
        """Return the translated texts by language and page."""
        found: dict[str, dict[str, list[TranslatedText]]] = {}
        pages = {"course", *(name for name, _module in self.modules)}
        pages |= {name for lessons in self.lessons.values() for name, _lesson in lessons}
        for name in self.texts:
            if name.startswith("translations/"):
                language, _slash, page = name.removeprefix("translations/").removesuffix(".json").partition("/")
                if language not in languages():
                    raise PackageRefused(_("This school does not know the language «%s».") % language)
                if page in pages:
                    texts = self.read(name, TextsShape).texts
                    found.setdefault(language, {})[page] = [TranslatedText(**text.model_dump()) for text in texts]
        return found

    def refuse_twins(self) -> None:
        """Refuse a key that two parts share: one would overwrite the other."""
        things: list[Any] = [self.course, *(module for _name, module in self.modules)]
        things += [lesson for lessons in self.lessons.values() for _name, lesson in lessons]
        things += [*self.quizzes.values(), *self.banks.values(), *([self.practical] if self.practical else [])]
        things += [question for bank in self.banks.values() for question in bank.questions]
        keys = Counter(thing.key for thing in things)
        if twins := [str(key) for key, times in keys.items() if times > 1]:
            raise PackageRefused(_("Two parts of the package have the same key: %s") % ", ".join(twins))

    def refuse_lost_questions(self) -> None:
        """Refuse a quiz that asks for a question which its bank does not have."""
        asked = [(draw.bank, draw.question) for quiz in self.quizzes.values() for draw in quiz.draws if draw.question]
        for bank, key in asked:
            if all(question.key != key for question in self.banks[bank].questions):
                raise PackageRefused(_("A quiz asks for a question that is not in its bank: %s") % key)

    def refuse_strangers(self) -> None:
        """Refuse media without entry or entries without media, and text files nothing refers to."""
        problems = [
            _("A picture or recording is missing in the package: %s") % name
            for name in self.files
            if f"media/{name}" not in self.media
        ]
        problems += [
            _("media.json does not describe this file: %s") % name
            for name in self.media
            if name.removeprefix("media/") not in self.files
        ]
        problems += [
            _("Nothing refers to this file of the package: %s") % name for name in self.texts if name not in self.used
        ]
        for name, content in self.media.items():
            if PurePosixPath(name).suffix.lower() in PICTURES and (problem := why_no_picture(name, content)):
                problems.append(problem)
        if problems:
            raise PackageRefused(*problems)


def free_slug(parent: Page, wanted: str) -> str:
    """Return the wanted short name below a page, numbered where another page has it."""
    taken = set(parent.get_children().values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def why_no_picture(name: str, content: bytes) -> str | None:
    """Return why a file is not a picture that may be shown, or None when it may."""
    refused = _("This picture is broken or not allowed: %s") % name
    if not name.lower().endswith(".svg"):
        try:
            PillowImage.open(io.BytesIO(content)).verify()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, PillowImage.DecompressionBombError):
            return refused
        return None
    if b"\0" in content or _DECLARATIONS.search(_XML_HEAD.sub(b"", content)):
        return refused
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  (declarations and entities were refused above)
    except ElementTree.ParseError:
        return refused
    acts = any(_may_act(element) for element in root.iter())
    return refused if acts or not root.tag.endswith("svg") else None


_XML_HEAD = re.compile(rb"^\s*<\?xml\s[^>]*\?>")
_DECLARATIONS = re.compile(rb"<!(?!--)|<\?")
_REACHES_OUT = re.compile(r"url\(\s*['\"]?(?!#)|\\", re.IGNORECASE)
"""An address in a style that is not within the picture, or an escape that could hide one."""


def _may_act(element: ElementTree.Element) -> bool:
    """Return whether an element of an SVG could run something or fetch something."""
    return (
        element.tag.rpartition("}")[2] in SVG_REFUSED_TAGS
        or any(name.lower().startswith("on") or name.endswith("href") for name in element.attrib)
        or any(_REACHES_OUT.search(value) for value in element.attrib.values())
    )


class Writer:
    """Writes one package: files, banks, quizzes, pages, then bodies (which may link to any page), then languages."""

    def __init__(
        self,
        package: Contents,
        home: Page,
        organisation: Organisation,
        written: list[Any],
        progress: Callable[[int, int], None],
    ) -> None:
        self.package, self.home, self.organisation, self.written = package, home, organisation, written
        self.progress = progress
        self.locale = Locale.objects.get(language_code=SOURCE_LANGUAGE)
        self.refs = References(self.image_id, self.media_id, self.page_id)
        self.free_keys: dict[uuid.UUID, uuid.UUID] = {}
        self.files: dict[str, CourseFile] = {}
        self.pages: dict[uuid.UUID, Any] = {}
        self.by_name: dict[str, Any] = {}
        self.questions: dict[uuid.UUID, Question] = {}

    def write(self) -> CoursePage:
        """Write everything; return the course's page."""
        course = self.find(CoursePage, self.package.course.key)
        self.course_key = course.translation_key if course else self.free_key(CoursePage, self.package.course.key)
        self.write_files()
        quizzes = self.write_quizzes()
        page = self.write_structure(course, quizzes, self.write_practical())
        self.write_banks()
        self.write_draws(quizzes)
        self.write_bodies()
        self.write_languages()
        return page

    def find(self, model: Any, key: uuid.UUID) -> Any:
        """Return this organisation's row that came with a key, or None."""
        rows = model.objects.filter(locale=self.locale) if model is not QuestionBank else model.objects.all()
        own_key = "key" if model is QuestionBank else "translation_key"
        for field in ("origin_key", own_key):
            for row in rows.filter(**{field: key}):
                if self.is_ours(row):
                    return row
        return None

    def is_ours(self, row: Any) -> bool:
        """Return whether a row belongs to the organisation that imports."""
        if isinstance(row, Question):
            return row.bank.organisation_id == self.organisation.pk
        if isinstance(row, (ModulePage, LessonPage)):
            course = row.get_ancestors().type(CoursePage).first()
            return course is not None and course.specific.organisation_id == self.organisation.pk
        return bool(row.organisation_id == self.organisation.pk)

    def free_key(self, model: Any, key: uuid.UUID) -> uuid.UUID:
        """Return the package's key where nobody here has it, else a new one: the same however often it is asked."""
        if key not in self.free_keys:
            field = "key" if model is QuestionBank else "translation_key"
            owner = Page if issubclass(model, Page) else model
            self.free_keys[key] = uuid.uuid4() if owner.objects.filter(**{field: key}).exists() else key
        return self.free_keys[key]

    def keys(self, model: Any, key: uuid.UUID) -> dict[str, Any]:
        """Return the key fields of a new row."""
        own = self.free_key(model, key)
        name = "key" if model is QuestionBank else "translation_key"
        return {name: own, "origin_key": None if own == key else key}

    # files

    def write_files(self) -> None:
        """Write pictures and recordings; one that is unchanged is kept."""
        known = {
            row.name: row
            for row in CourseFile.objects.filter(course_key=self.course_key).select_related("image", "media")
        }
        for name, shape in self.package.files.items():
            content = self.package.media[f"media/{name}"]
            row = known.get(name) or CourseFile(course_key=self.course_key, name=name)
            row.credit, row.licence = shape.credit, shape.licence
            thing = row.image or row.media
            if thing is None or read_bytes(thing) != content:
                thing = self.new_file(name, content)
            thing.title = shape.title
            if hasattr(thing, "description"):
                thing.description = shape.description
            thing.save()
            row.image, row.media = (thing, None) if is_picture(name) else (None, thing)
            row.save()
            self.files[name] = row

    def new_file(self, name: str, content: bytes) -> Any:
        """Store a file's bytes; noted, so that a failed import can take them away."""
        file = ContentFile(content, name=name)
        if is_picture(name):
            thing = get_image_model()(title=name, file=file)
        else:
            kind = "video" if name.endswith((".mp4", ".webm")) else "audio"
            thing = get_media_model()(title=name, file=file, type=kind, duration=0)
        thing.save()
        self.written.append(thing.file)
        return thing

    def image_id(self, name: Any) -> int:
        """Return the id of a picture by its name in the package."""
        row = self.files.get(str(name))
        if row is None or row.image_id is None:
            raise PackageRefused(_("A picture or recording is missing in the package: %s") % name)
        return row.image_id

    def media_id(self, name: Any) -> int:
        """Return the id of a recording by its name in the package."""
        row = self.files.get(str(name))
        if row is None or row.media_id is None:
            raise PackageRefused(_("A picture or recording is missing in the package: %s") % name)
        return row.media_id

    def picture(self, name: str | None) -> Any:
        """Return a page's picture."""
        return self.files[name].image if name and self.image_id(name) else None

    # questions

    def write_quizzes(self) -> dict[str, Quiz]:
        """Write banks (yet empty) and quizzes, yet without their draws: these may name a question."""
        banks = {}
        for slug, shape in self.package.banks.items():
            bank = self.find(QuestionBank, shape.key) or QuestionBank(
                organisation=self.organisation, **self.keys(QuestionBank, shape.key)
            )
            bank.name, bank.slug = shape.name, slug
            bank.save()
            banks[slug] = bank
        self.banks = banks
        quizzes = {}
        for slug, quiz_shape in self.package.quizzes.items():
            quiz = self.find(Quiz, quiz_shape.key) or Quiz(
                organisation=self.organisation, locale=self.locale, **self.keys(Quiz, quiz_shape.key)
            )
            fields = quiz_shape.model_dump(exclude={"key", "draws"})
            for name, value in {**fields, "slug": slug}.items():
                setattr(quiz, name, value)
            quiz.save()
            quizzes[slug] = quiz
        return quizzes

    def write_draws(self, quizzes: dict[str, Quiz]) -> None:
        """Write which questions each quiz asks."""
        for slug, quiz in quizzes.items():
            quiz.draws = [
                QuizDraw(
                    **draw.model_dump(include={"section", "tags", "count"}),
                    bank=self.banks[draw.bank],
                    question=self.questions[draw.question] if draw.question else None,
                    sort_order=order,
                )
                for order, draw in enumerate(self.package.quizzes[slug].draws)
            ]
            quiz.save()

    def write_practical(self) -> Practical | None:
        """Write the practical of the course, if the package has one."""
        shape, slug = self.package.practical, self.package.course.practical
        if not shape:
            return None
        practical = self.find(Practical, shape.key) or Practical(
            organisation=self.organisation, locale=self.locale, **self.keys(Practical, shape.key)
        )
        definition = Practical._meta.get_field("rubric").stream_block
        fields = shape.model_dump(exclude={"key", "rubric"})
        fields |= {"slug": slug, "rubric": self.stream(definition, shape.rubric, f"practicals/{slug}")}
        for name, value in fields.items():
            setattr(practical, name, value)
        practical.save()
        return practical

    def write_banks(self) -> None:
        """Write the questions; one the package no longer has is retired."""
        definition = Question._meta.get_field("content").stream_block
        for slug, shape in self.package.banks.items():
            kept = []
            for position, question_shape in enumerate(shape.questions):
                question = self.find(Question, question_shape.key) or Question(
                    locale=self.locale, **self.keys(Question, question_shape.key)
                )
                where = _("bank %(bank)s, question %(number)s") % {"bank": slug, "number": position + 1}
                question.bank, question.position = self.banks[slug], position
                question.retired = question_shape.retired
                question.review_key = self.review_key(question_shape.review)
                question.content = self.stream(definition, [question_shape.block], where)
                question.tags.set(question_shape.tags)
                question.live = True
                question.save()
                if question.latest_revision_id:  # or the admin would go on from the draft before this package
                    question.save_revision(clean=False).publish()
                kept.append(question.pk)
                self.questions[question_shape.key] = question
            gone = self.banks[slug].questions.filter(locale=self.locale, live=True).exclude(pk__in=kept)
            gone.update(retired=True)

    def review_key(self, key: uuid.UUID | None) -> uuid.UUID | None:
        """Return the key here of the lesson to read again."""
        if key is None:
            return None
        if key not in self.pages:
            raise PackageRefused(_("A question sends to a lesson that is not in the package: %s") % key)
        found: uuid.UUID = self.pages[key].translation_key
        return found

    # pages

    def write_structure(
        self, course: CoursePage | None, quizzes: dict[str, Quiz], practical: Practical | None
    ) -> CoursePage:
        """Write course, modules and lessons in their order, bodies still empty; unpublish what is gone."""
        shape = self.package.course
        fields = shape.model_dump(
            include={"slug", "title", "summary", "notice", "hours", "licence", "credits", "final_after_checks"}
        )
        fields |= {"picture": self.picture(shape.picture), "final": quizzes.get(shape.final or "")}
        fields["practical"] = practical
        course = self.page(CoursePage, shape.key, self.home, {**fields, "organisation": self.organisation}, course)
        self.by_name["course"] = course
        for module_name, module_shape in self.package.modules:
            fields = module_shape.model_dump(include={"slug", "title", "objective"})
            fields |= {
                "picture": self.picture(module_shape.picture),
                "check_quiz": quizzes.get(module_shape.check or ""),
            }
            module = self.page(ModulePage, module_shape.key, course, fields)
            self.by_name[module_name] = module
            for name, lesson_shape in self.package.lessons[module_shape.key]:
                fields = lesson_shape.model_dump(include={"slug", "title", "objective", "minutes"})
                fields |= {"picture": self.picture(lesson_shape.picture)}
                self.by_name[name] = self.page(LessonPage, lesson_shape.key, module, fields)
        kept = [page.pk for page in self.by_name.values()]
        for gone in course.get_descendants().live().exclude(pk__in=kept):
            gone.specific.unpublish()
        return course

    def page(self, model: Any, key: uuid.UUID, parent: Page, fields: dict[str, Any], page: Any = None) -> Any:
        """Write one page below its parent, last among its siblings."""
        page = page or self.find(model, key)
        if page is None:
            page = model(locale=self.locale, live=False, **self.keys(model, key))
            for name, value in fields.items():
                setattr(page, name, value)
            page.slug = free_slug(parent, page.slug)
            parent.add_child(instance=page)
            parent.refresh_from_db()
        else:
            for name, value in fields.items():
                if name != "slug":
                    setattr(page, name, value)
            if model is not CoursePage:
                page.move(parent, pos="last-child")
                page = model.objects.get(pk=page.pk)
                for name, value in fields.items():
                    if name != "slug":
                        setattr(page, name, value)
        self.pages[key] = page
        return page

    def page_id(self, key: str) -> str | None:
        """Return the id of a linked page of this package."""
        page = self.pages.get(uuid.UUID(key))
        if page is None:
            raise PackageRefused(_("A link leads to a page that is not in the package: %s") % key)
        return str(page.pk)

    def write_bodies(self) -> None:
        """Fill the lessons and publish every page, each once."""
        definition = LessonPage._meta.get_field("body").stream_block
        bodies = {name: shape for lessons in self.package.lessons.values() for name, shape in lessons}
        for number, (name, page) in enumerate(self.by_name.items(), 1):
            page.refresh_from_db(fields=["path", "depth", "numchild"])
            if name in bodies:
                page.body = self.stream(definition, bodies[name].body, name)
            page.live = True
            page.has_unpublished_changes = False
            page.save_revision(clean=False).publish()
            self.progress(number, len(self.by_name))

    def stream(self, definition: Any, packed: list[dict[str, Any]], where: str) -> Any:
        """Return blocks as a stream value that its own rules accept."""
        try:
            raw = [unpack_block(definition, block, self.refs) for block in packed]
            return definition.clean(definition.to_python(raw))
        except FieldError as problem:
            raise PackageRefused(_("%(where)s: %(problem)s") % {"where": where, "problem": told(problem)}) from problem
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise PackageRefused(_("%s: a block is not as it should be.") % where) from problem
        except PackageRefused as problem:
            raise PackageRefused(*(f"{where}: {text}" for text in problem.problems)) from problem

    def write_languages(self) -> None:
        """Make every page readable in each language the school has, with the translated texts where there are some."""
        for locale in Locale.objects.exclude(language_code=SOURCE_LANGUAGE):
            if not self.home.has_translation(locale):
                continue
            texts = self.package.translations.get(locale.language_code, {})
            for name, page in self.by_name.items():
                mirror(page, locale)
                if name in texts:
                    try:
                        write_translation(page, locale, texts[name])
                    except TextNotFound as problem:
                        raise PackageRefused(
                            _("A translated text does not belong to any text of the page: %s") % problem
                        ) from problem


def is_picture(name: str) -> bool:
    """Return whether a file of this name is a picture."""
    return PurePosixPath(name).suffix.lower() in PICTURES


def read_bytes(thing: Any) -> bytes:
    """Return a stored file's bytes, empty when it is gone from the disk."""
    try:
        with thing.file.open("rb") as content:
            found: bytes = content.read()
            return found
    except FileNotFoundError:
        return b""


def told(problem: Any) -> str:
    """Return a StreamField's error in one line: the first message found, however deep."""
    for part in (
        [*getattr(problem, "block_errors", {}).values(), *getattr(problem, "as_json_data", dict)().values()]
        if hasattr(problem, "block_errors")
        else []
    ):
        if isinstance(part, FieldError):
            return told(part)
    return " ".join(problem.messages) if hasattr(problem, "messages") else str(problem)

"""Writing a course as a package: the same course gives the same bytes."""

import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from wagtail.images import get_image_model
from wagtail.models import Locale, Page
from wagtailmedia.models import get_media_model

from assessments.public import Practical, Question, QuestionBank, Quiz, QuizDraw, tags_of
from cms.languages import SOURCE_LANGUAGE
from courses.models import CourseFile, CoursePage, LessonPage, ModulePage
from courses.package_format import EMPTY, FORMAT, References, canonical_text, pack_block
from courses.translating import translated_texts

ZIP_DATE = (2026, 1, 1, 0, 0, 0)


def origin(thing: Any) -> UUID:
    """Return the key under which a thing travels: the one it came with, else its own."""
    found: UUID = thing.origin_key or (thing.key if isinstance(thing, QuestionBank) else thing.translation_key)
    return found


def export_course(course: CoursePage, target: Path) -> int:
    """Write a course (its source page) to a folder, or to a zip file when the name ends so; return the file count."""
    files = package_files(course)
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), files[name], zipfile.ZIP_DEFLATED)
        return len(files)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)


def package_files(course: CoursePage) -> dict[str, bytes]:
    """Return the files of a course's package by name."""
    return Writer(course).files()


class Writer:
    """Collects the files of one course, naming pictures and recordings as they are met."""

    def __init__(self, course: CoursePage) -> None:
        self.course = course
        self.media: dict[str, tuple[Any, CourseFile]] = {}
        rows = CourseFile.objects.filter(course_key=course.translation_key).select_related("image", "media")
        self.known = {(row.image_id, row.media_id): row for row in rows}
        self.refs = References(self.image_name, self.media_name, self.page_key)
        self.review_keys = {
            key: str(first or key)
            for key, first in LessonPage.objects.descendant_of(course).values_list("translation_key", "origin_key")
        }

    def files(self) -> dict[str, bytes]:
        """Return all files by name."""
        texts: dict[str, Any] = {}
        modules = list(ModulePage.objects.live().child_of(self.course).order_by("path"))
        folders = [f"{number:02d}-{module.slug}" for number, module in enumerate(modules, 1)]
        pages: list[tuple[str, Any]] = [("course", self.course)]
        quizzes: dict[str, Quiz] = {}
        for folder, module in zip(folders, modules, strict=True):
            lessons = list(LessonPage.objects.live().child_of(module).order_by("path"))
            names = [f"{number:02d}-{lesson.slug}.json" for number, lesson in enumerate(lessons, 1)]
            texts[f"modules/{folder}/module.json"] = self.module(module, names, quizzes)
            pages.append((f"modules/{folder}/module", module))
            for name, lesson in zip(names, lessons, strict=True):
                texts[f"modules/{folder}/{name}"] = self.lesson(lesson)
                pages.append((f"modules/{folder}/{name.removesuffix('.json')}", lesson))
        texts["course.json"] = self.course_text(folders, quizzes)
        banks: dict[str, QuestionBank] = {}
        for slug, quiz in quizzes.items():
            texts[f"quizzes/{slug}.json"] = self.quiz(quiz, banks)
        for slug, bank in banks.items():
            texts[f"banks/{slug}.json"] = self.bank(bank)
        if self.course.practical:
            texts[f"practicals/{self.course.practical.slug}.json"] = self.practical(self.course.practical)
        texts.update(self.translations(pages))
        texts["media.json"] = {name: self.file_text(*self.media[name]) for name in sorted(self.media)}
        files = {name: canonical_text(text) for name, text in texts.items()}
        for name, (thing, _row) in self.media.items():
            with thing.file.open("rb") as content:
                files[f"media/{name}"] = content.read()
        return files

    def course_text(self, folders: list[str], quizzes: dict[str, Quiz]) -> dict[str, Any]:
        """Return `course.json`."""
        course = self.course
        return {
            "format": FORMAT,
            "key": str(origin(course)),
            "slug": course.slug,
            "language": SOURCE_LANGUAGE,
            "title": course.title,
            "summary": course.summary,
            "notice": course.notice,
            "hours": course.hours,
            "licence": course.licence,
            "credits": course.credits,
            "picture": self.image_name(course.picture_id),
            "final": self.quiz_name(course.final, quizzes),
            "final_after_checks": course.final_after_checks,
            "practical": course.practical.slug if course.practical else None,
            "modules": folders,
        }

    def module(self, module: ModulePage, lessons: list[str], quizzes: dict[str, Quiz]) -> dict[str, Any]:
        """Return `module.json`."""
        return {
            "key": str(origin(module)),
            "slug": module.slug,
            "title": module.title,
            "objective": module.objective,
            "picture": self.image_name(module.picture_id),
            "check": self.quiz_name(module.check_quiz, quizzes),
            "lessons": lessons,
        }

    def lesson(self, lesson: LessonPage) -> dict[str, Any]:
        """Return a lesson's file."""
        definition = LessonPage._meta.get_field("body").stream_block
        return {
            "key": str(origin(lesson)),
            "slug": lesson.slug,
            "title": lesson.title,
            "objective": lesson.objective,
            "minutes": lesson.minutes,
            "picture": self.image_name(lesson.picture_id),
            "body": [pack_block(definition, raw, self.refs) for raw in lesson.body.raw_data],
        }

    def quiz(self, quiz: Quiz, banks: dict[str, QuestionBank]) -> dict[str, Any]:
        """Return a quiz's file, noting the banks it draws from."""
        draws = list(quiz.draws.select_related("bank", "question"))
        banks.update({draw.bank.slug: draw.bank for draw in draws})
        return {
            "key": str(origin(quiz)),
            "title": quiz.title,
            "introduction": quiz.introduction,
            "purpose": quiz.purpose,
            "pass_mark": quiz.pass_mark,
            "most_tries": quiz.most_tries,
            "wait_minutes": quiz.wait_minutes,
            "shuffle": quiz.shuffle,
            "counts": quiz.counts,
            "minutes": quiz.minutes,
            "reasons": quiz.reasons,
            "offline": quiz.offline,
            "draws": [self.draw(draw) for draw in draws],
        }

    @staticmethod
    def draw(draw: QuizDraw) -> dict[str, Any]:
        """Return one line of a quiz; what is empty is not written."""
        line = {
            "section": draw.section,
            "bank": draw.bank.slug,
            "tags": draw.tags,
            "count": draw.count,
            "question": str(origin(draw.question)) if draw.question else None,
        }
        return {name: part for name, part in line.items() if part not in EMPTY}

    def practical(self, practical: Practical) -> dict[str, Any]:
        """Return a practical's file."""
        definition = Practical._meta.get_field("rubric").stream_block
        return {
            "key": str(origin(practical)),
            "title": practical.title,
            "introduction": practical.introduction,
            "rubric": [pack_block(definition, raw, self.refs) for raw in practical.rubric.raw_data],
            "pass_mark": practical.pass_mark,
            "observers": practical.observers,
            "no_relatives": practical.no_relatives,
            "no_granter": practical.no_granter,
        }

    def bank(self, bank: QuestionBank) -> dict[str, Any]:
        """Return a bank's file: what is published of it."""
        definition = Question._meta.get_field("content").stream_block
        source = bank.questions.filter(live=True, locale__language_code=SOURCE_LANGUAGE)
        questions = list(source.order_by("position", "id"))
        tags = tags_of(questions)
        return {
            "key": str(origin(bank)),
            "name": bank.name,
            "questions": [
                {
                    "key": str(origin(question)),
                    "review": self.review_keys.get(question.review_key),
                    "retired": question.retired,
                    "tags": tags[question.pk],
                    "block": pack_block(definition, question.content.raw_data[0], self.refs),
                }
                for question in questions
            ],
        }

    def translations(self, pages: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return a file for each page and language that has translated texts."""
        found = {}
        for locale in Locale.objects.exclude(language_code=SOURCE_LANGUAGE).order_by("language_code"):
            for name, page in pages:
                texts = [vars(text) for text in translated_texts(page, locale)]
                if texts:
                    found[f"translations/{locale.language_code}/{name}.json"] = {"texts": texts}
        return found

    def quiz_name(self, quiz: Quiz | None, quizzes: dict[str, Quiz]) -> str | None:
        """Return the name of a quiz's file without its ending, noting the quiz."""
        if quiz is None:
            return None
        quizzes[quiz.slug] = quiz
        return quiz.slug

    def image_name(self, pk: Any) -> str | None:
        """Return the package's name of a picture."""
        return self.file_name(get_image_model(), pk, (pk, None)) if pk else None

    def media_name(self, pk: Any) -> str | None:
        """Return the package's name of a recording."""
        return self.file_name(get_media_model(), pk, (None, pk)) if pk else None

    def file_name(self, model: Any, pk: int, ids: tuple[int | None, int | None]) -> str:
        """Return the name a file came with; a new one gets its own file's name, numbered where it is taken."""
        row = self.known.get(ids)
        if row is None:
            thing = model.objects.get(pk=pk)
            name, taken = Path(thing.file.name).name, {other.name for other in self.known.values()}
            while name in taken:
                name = f"{Path(name).stem}-2{Path(name).suffix}"
            row = CourseFile(course_key=self.course.translation_key, name=name, image_id=ids[0], media_id=ids[1])
            self.known[ids] = row
        self.media[row.name] = (row.image or row.media, row)
        return row.name

    def page_key(self, pk: str) -> str | None:
        """Return the travelling key of a linked page."""
        page = Page.objects.filter(pk=pk).first()
        specific = page.specific if page else None
        return str(getattr(specific, "origin_key", None) or specific.translation_key) if specific else None

    @staticmethod
    def file_text(thing: Any, row: CourseFile) -> dict[str, str]:
        """Return a file's entry in `media.json`."""
        return {
            "title": thing.title,
            "description": getattr(thing, "description", ""),
            "credit": row.credit,
            "licence": row.licence,
        }

"""Editions: a numbered, signed snapshot of a course in all its languages."""

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from assessments.public import Practical, Question, Quiz, tags_of
from courses.models import CoursePage, Edition, LessonPage, ModulePage
from people.models import Volunteer


def canonical(data: Any) -> bytes:
    """Return data as canonical JSON: sorted names, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(data: Any) -> str:
    """Return the SHA-256 (hex) of data in canonical JSON."""
    return hashlib.sha256(canonical(data)).hexdigest()


def signing_key() -> Ed25519PrivateKey:
    """Return the school's private key, kept outside the database."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY))


def key_id(public: Ed25519PublicKey) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


@transaction.atomic
def release(course: CoursePage, *, by: Volunteer | None = None, notes: str = "") -> Edition:
    """Return the course's edition for its content as published now; a new number only when something changed."""
    content = manifest_of(course)
    latest = Edition.objects.select_for_update().filter(course_key=course.translation_key).order_by("-number").first()
    if latest and all(latest.manifest.get(part, {}) == content[part] for part in ("pages", "quizzes", "practicals")):
        return latest
    number = latest.number + 1 if latest else 1
    manifest = {**content, "number": number}
    key = signing_key()
    return Edition.objects.create(
        course_key=course.translation_key,
        number=number,
        manifest=manifest,
        manifest_hash=digest(manifest),
        signature=key.sign(canonical(manifest)).hex(),
        key_id=key_id(key.public_key()),
        languages=content["languages"],
        notes=notes,
        licence=course.licence,
        released_by=by,
    )


def is_genuine(edition: Edition) -> bool:
    """Return whether an edition's manifest is the one that was signed with the school's key."""
    try:
        signing_key().public_key().verify(bytes.fromhex(edition.signature), canonical(edition.manifest))
    except InvalidSignature:
        return False
    return digest(edition.manifest) == edition.manifest_hash


def manifest_of(course: CoursePage) -> dict[str, Any]:
    """Return the hashes of everything in a course (its source page) as published.

    Pages by language; its quizzes with their questions; its practical.
    """
    pages: dict[str, dict[str, Any]] = {}
    for page in _pages(course):
        entry = pages.setdefault(str(page.translation_key), {"type": page._meta.model_name, "languages": {}})
        entry["languages"][page.locale.language_code] = _hashes(page)
    quizzes = [course.final, *(module.check_quiz for module in ModulePage.objects.live().child_of(course))]
    return {
        "course": str(course.translation_key),
        "languages": sorted({code for page in pages.values() for code in page["languages"]}),
        "pages": pages,
        "quizzes": {str(quiz.translation_key): _quiz_hashes(quiz) for quiz in quizzes if quiz},
        "practicals": {str(row.translation_key): _practical_hash(row) for row in [course.practical] if row},
    }


def _pages(course: CoursePage) -> list[Any]:
    roots = CoursePage.objects.live().filter(translation_key=course.translation_key)
    found: list[Any] = []
    for root in roots.select_related("locale"):
        found.append(root)
        for model in (ModulePage, LessonPage):
            found += model.objects.live().descendant_of(root).select_related("locale")
    return found


def _hashes(page: Page) -> dict[str, Any]:
    fields = {
        name: getattr(page, name)
        for name in ("title", "slug", "summary", "notice", "objective", "minutes", "hours", "licence", "credits")
        if hasattr(page, name)
    }
    picture = getattr(page, "picture", None)
    hashes: dict[str, Any] = {"page": digest({**fields, "picture": picture.get_file_hash() if picture else ""})}
    if isinstance(page, LessonPage):
        hashes["blocks"] = {block["id"]: digest(block) for block in page.body.raw_data}
    return hashes


def _quiz_hashes(quiz: Quiz) -> dict[str, Any]:
    draws = list(quiz.draws.select_related("bank", "question"))
    rules = [quiz.pass_mark, quiz.most_tries, quiz.wait_minutes, quiz.shuffle, quiz.title]
    rules += [quiz.counts, quiz.minutes, quiz.reasons, quiz.offline]
    lines = [
        [
            draw.section,
            str(draw.bank.key),
            draw.tag_names,
            draw.count,
            str(draw.question.translation_key) if draw.question else "",
        ]
        for draw in draws
    ]
    banks = Question.objects.filter(bank__in=[draw.bank_id for draw in draws])
    questions = list(banks.filter(live=True, retired=False, locale=quiz.locale))
    tags = tags_of(questions)
    return {
        "rules": digest([*rules, lines]),
        "questions": {
            str(question.translation_key): digest([question.content.raw_data[0], tags[question.pk]])
            for question in questions
        },
    }


def _practical_hash(practical: Practical) -> str:
    rules = [practical.pass_mark, practical.observers, practical.no_relatives, practical.no_granter]
    return digest([practical.title, practical.introduction, list(practical.rubric.raw_data), *rules])

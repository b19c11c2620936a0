"""Immutable versions of questions."""

from collections.abc import Iterable

from django.utils import translation

from assessments.contents import Content, content_hash, content_of
from assessments.models import Question, QuestionVersion, TaggedQuestion


def freeze(questions: list[Question]) -> list[QuestionVersion]:
    """Return the immutable version of each question as it now stands, writing those not yet kept (3 queries)."""
    contents = [_content_in_its_language(question) for question in questions]
    hashes = [content_hash(content) for content in contents]
    languages = [question.locale.language_code for question in questions]
    QuestionVersion.objects.bulk_create(
        [
            QuestionVersion(key=question.translation_key, language=language, content_hash=digest, content=content)
            for question, language, digest, content in zip(questions, languages, hashes, contents, strict=True)
        ],
        ignore_conflicts=True,
    )
    kept = QuestionVersion.objects.filter(key__in=[question.translation_key for question in questions])
    found = {(version.key, version.language, version.content_hash): version for version in kept}
    return [
        found[question.translation_key, language, digest]
        for question, language, digest in zip(questions, languages, hashes, strict=True)
    ]


def tags_of(questions: Iterable[Question]) -> dict[int, list[str]]:
    """Return the names of each question's tags by its id, in the alphabet's order (1 query)."""
    found: dict[int, list[str]] = {question.pk: [] for question in questions}
    tagged = TaggedQuestion.objects.filter(content_object__in=list(found))
    for pk, name in tagged.values_list("content_object_id", "tag__name"):
        found[pk].append(name)
    return {pk: sorted(names) for pk, names in found.items()}


def _content_in_its_language(question: Question) -> Content:
    """Return the content with «true» and «false» in the question's language, whatever language the page is read in."""
    with translation.override(question.locale.language_code):
        return content_of(question.block.value)

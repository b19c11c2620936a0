"""Immutable versions of questions."""

from django.utils import translation

from assessments.contents import Content, content_hash, content_of
from assessments.models import Question, QuestionVersion


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


def _content_in_its_language(question: Question) -> Content:
    """Return the content with «true» and «false» in the question's language, whatever language the page is read in."""
    with translation.override(question.locale.language_code):
        return content_of(question.block.value)

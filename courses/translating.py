"""Translations of pages, kept in wagtail-localize's models: strings by block and field, Spanish where there is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from wagtail.models import Locale
from wagtail_localize.models import String, StringSegment, StringTranslation, Translation, TranslationSource

from cms.languages import SOURCE_LANGUAGE, languages
from cms.orthography import store
from courses.models.pages import LearningPage


@dataclass(frozen=True)
class TranslatedText:
    """One text of a page in another language: where it stands, what it translates, who vouches for it."""

    path: str
    source: str
    text: str
    credit: str


class TextNotFound(ValueError):
    """A translated text whose place or source text the page does not have."""


def mirror(page: LearningPage, locale: Locale) -> None:
    """Make the page readable in a language in which nothing of it is translated yet: an alias, shown as Spanish."""
    if not page.has_translation(locale):
        page.copy_for_translation(locale, copy_parents=True, alias=True)


@transaction.atomic
def write_translation(page: LearningPage, locale: Locale, texts: Iterable[TranslatedText]) -> None:
    """Write texts of a source page in a language and publish its page there.

    Raises `TextNotFound` when the page has no such text at such a place; then nothing is written.
    """
    source, _created = TranslationSource.update_or_create_from_instance(page)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    segments = {
        (segment.context.path, segment.string.data): segment
        for segment in StringSegment.objects.filter(source=source).select_related("context", "string")
    }
    mayan = languages()[locale.language_code].mayan
    for text in texts:
        segment = segments.get((text.path, text.source))
        if segment is None:
            raise TextNotFound(f"{page.title}: {text.path}")
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=locale,
            defaults={
                "data": store(text.text) if mayan else text.text,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                # shown beside the text in the editor: where it comes from
                "tool_name": text.credit,
            },
        )
    translation.save_target(publish=True)


def translated_texts(page: LearningPage, locale: Locale) -> Iterator[TranslatedText]:
    """Yield the translated texts of a source page in a language, in the order of the page."""
    source = TranslationSource.objects.get_for_instance_or_none(page)
    if source is None:
        return
    segments = StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order", "id")
    translations = {
        (translation.translation_of_id, translation.context_id): translation
        for translation in StringTranslation.objects.filter(
            locale=locale, translation_of__in=String.objects.filter(segments__source=source)
        )
    }
    for segment in segments:
        found = translations.get((segment.string_id, segment.context_id))
        if found:
            yield TranslatedText(segment.context.path, segment.string.data, found.data, found.tool_name)


def refresh_translations(page: LearningPage) -> None:
    """After a source page is published, bring its other languages in step.

    Finished translations stay; a text that changed is shown in Spanish again until it is translated anew.
    """
    if page.locale.language_code != SOURCE_LANGUAGE:
        return
    source = TranslationSource.objects.get_for_instance_or_none(page)
    translated = set()
    if source:
        source.update_from_db()
        for translation in source.translations.filter(enabled=True):
            translation.save_target(publish=True)
            translated.add(translation.target_locale_id)
    for locale in Locale.objects.exclude(language_code=SOURCE_LANGUAGE).exclude(pk__in=translated):
        parent = page.get_parent()
        if parent.has_translation(locale):
            mirror(page, locale)

"""Template tags every page may use: icons, the language switch, sizes in words."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import translate_url
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from wagtail import hooks
from wagtail.models import Locale
from wagtail.rich_text import RichText, expand_db_html

from cms.blocks import is_settled
from cms.languages import SOURCE_LANGUAGE, Language, languages
from cms.orthography import plain
from cms.stored_pages import generation

register = template.Library()
INTERFACE_LANGUAGES = {"es"}
"""Languages whose interface catalogue is complete; elsewhere the school's own words are marked as Spanish."""


@dataclass(frozen=True)
class LanguageLink:
    """One entry of the language switch."""

    language: Language
    url: str
    current: bool


@cache
def _icon_text(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a pictogram of `static/icons/` as inline SVG: no request, colour of the text. Decorative."""
    return mark_safe(_icon_text(name))  # files of the school's own


@lru_cache(maxsize=1)
def _active_languages(_generation: str) -> list[str]:
    """Asked of the database once in every generation of stored pages: adding a language begins a new one."""
    codes = list(Locale.objects.order_by("id").values_list("language_code", flat=True))
    for offer in hooks.get_hooks("active_languages"):
        chosen = offer()
        codes = [code for code in codes if not chosen or code in chosen]
    return codes


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[LanguageLink]:
    """Return the active languages with the address of this same page in each."""
    request, page = context.get("request"), context.get("page")
    current = get_language()
    addresses: dict[str, str] = {}
    if page is not None:
        translations = page.get_translations(inclusive=True).filter(live=True).select_related("locale")
        addresses = {translation.locale.language_code: translation.url or "" for translation in translations}
    path = request.path if request else "/"
    known = languages()
    return [
        LanguageLink(known[code], addresses.get(code) or translate_url(path, code), code == current)
        for code in _active_languages(generation())
        if code in known
    ]


@register.filter
def language_name(code: str) -> str:
    """Return a language's name in itself."""
    found = languages().get(code)
    return found.name if found else code


@register.filter
def bytes_in_words(size: int | None) -> str:
    """Return a file's size as a person says it: «340 kB», «1.2 MB»."""
    if not size:
        return ""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


@register.filter
def minutes_in_words(minutes: int) -> str:
    """Return a duration as a person says it."""
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@register.simple_tag
def interface_language() -> str:
    """Return the language the school's own words are in: the page's, or Spanish while its catalogue is a draft."""
    code = get_language() or SOURCE_LANGUAGE
    return code if code in INTERFACE_LANGUAGES else SOURCE_LANGUAGE


@register.simple_tag(takes_context=True)
def words(context: Context, text: Any, tag: str = "p", css: str = "") -> SafeString:
    """Return a course's text in an element that says its language.

    In another language than the source, a text equal to one of the source page's (`source_texts` in the context) is
    untranslated: it is marked as Spanish, with a visible sign unless its whole block carries one.
    """
    body = expand_db_html(text.source) if isinstance(text, RichText) else conditional_escape(str(text))
    if not str(text):
        return SafeString("")
    attributes = format_html(' class="{}"', css) if css else SafeString("")
    source_texts = context.get("source_texts")
    sign = SafeString("")
    if source_texts:
        is_fallback = plain(text) in source_texts
        attributes += format_html(' lang="{}"', SOURCE_LANGUAGE if is_fallback else get_language())
        if is_fallback and not context.get("is_fallback"):
            sign = fallback_sign()
    return format_html("<{0}{1}>{2}{3}</{0}>", tag, attributes, mark_safe(body), sign)  # escaped or our own rich text


@register.simple_tag
def fallback_sign() -> SafeString:
    """Return the visible mark of a text that is shown in Spanish for want of a translation."""
    return format_html('<span class="fallback-sign" lang="es">{}</span>', gettext("in Spanish"))


register.filter("is_settled", is_settled)

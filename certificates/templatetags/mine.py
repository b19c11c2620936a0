"""Template tags of a volunteer's own roles."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from modeltranslation.utils import build_localized_fieldname

from cms.languages import SOURCE_LANGUAGE
from cms.templatetags.school import fallback_sign

register = template.Library()


@register.simple_tag
def short_text(thing: Any, field: str, *, signed: bool = True) -> SafeString:
    """Return a short text of a row kept per language (`certificates.translation`), in an element with its language.

    Where it is not written in the reader's language it is Spanish, and unless `signed` is False carries the sign.
    """
    spoken = get_language() or SOURCE_LANGUAGE
    if spoken == SOURCE_LANGUAGE:
        return format_html("{}", getattr(thing, field))
    if getattr(thing, build_localized_fieldname(field, spoken), ""):
        return format_html('<span lang="{}">{}</span>', spoken, getattr(thing, field))
    sign = format_html(" {}", fallback_sign()) if signed else SafeString("")
    return format_html('<span lang="{}">{}</span>{}', SOURCE_LANGUAGE, getattr(thing, field), sign)

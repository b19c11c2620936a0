"""Template tags about codes and pictures."""

from django import template
from django.templatetags.static import static

from people.forms import PICTURE_NAMES

register = template.Library()


@register.filter
def spaced_code(code: str) -> str:
    """Return an eight-digit code in two groups, to read aloud."""
    return f"{code[:4]} {code[4:]}"


@register.simple_tag
def picture_url(name: str) -> str:
    """Return the address of a name and PIN picture."""
    return static(f"pictures/{name}.svg")


@register.filter
def picture_name(name: str) -> str:
    """Return what a picture shows, in the reader's language."""
    return str(PICTURE_NAMES[name])

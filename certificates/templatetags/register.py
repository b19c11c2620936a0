"""Template filters of the register: its answer as a sentence, where a missing step is to be had."""

from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Requirement
from certificates.register.asking import Question
from certificates.requiring import day_in_words

register = template.Library()
Kind = Requirement.Kind


@register.filter
def answer_sentence(question: Question, count: int) -> str:
    """Return the answer to a question in one sentence."""
    given = {
        "n": count,
        "role": question.role,
        "place": question.place or _("the whole area"),
        "day": day_in_words(question.day),
    }
    if question.status in {"certified", "ends_soon"}:
        return (
            ngettext(
                "In %(place)s, on %(day)s: %(n)d person may be %(role)s.",
                "In %(place)s, on %(day)s: %(n)d people may be %(role)s.",
                count,
            )
            % given
        )
    return _("%(role)s in %(place)s, on %(day)s") % given


@register.filter
def as_day(text: str) -> date:
    """Return the date that frozen evidence holds as text."""
    return date.fromisoformat(text)


@register.filter
def where_to_get(requirement: Requirement) -> str:
    """Return in words where a missing step is to be had: what the role's author wrote, else what holds for its kind."""
    if requirement.note:
        return str(requirement.note)
    return {
        Kind.COURSE: _("In the school, with or without signal, at her own pace."),
        Kind.PRACTICAL: _("A facilitator observes it; ask for a day."),
        Kind.WORKSHOP: _("At the next workshop; the facilitator writes down who was there."),
        Kind.CONDUCT: _("On her page «My roles», or on paper with a facilitator."),
        Kind.LANGUAGE: _("A speaker of the language gives her word to the coordination."),
        Kind.RECOGNISED: _("The coordination writes down who recognises her."),
        Kind.NAMED: _("The coordination writes down the assembly or COCODE that named her."),
        Kind.VISIT: _("By going on a visit that the coordination plans."),
        Kind.ROLE: _("The other role comes first."),
    }[Kind(requirement.kind)]

"""Who looked a person up in the register, as she reads it: by day and by office, never by name."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from certificates.models import LookUp
from people.models import Organisation, Responsibility, Volunteer

Kind = Responsibility.Kind
DAYS_ON_A_PAGE = 30


@dataclass(frozen=True)
class Look:
    """What an office did on a day."""

    office: str
    what: str


def days_of(person: Volunteer, number: str | None) -> Page[date]:
    """Return a page of the days on which a person was looked up, the newest first."""
    days = _rows(person).order_by("-day").values_list("day", flat=True).distinct()
    return Paginator(days, DAYS_ON_A_PAGE).get_page(number)


def looks_of(person: Volunteer, days: Page[date]) -> list[tuple[date, list[Look]]]:
    """Return the looks of a page of days, each office and deed once a day (3 queries, however many looks)."""
    shown = list(days)
    if not shown:
        return []
    rows = _rows(person).filter(day__range=(shown[-1], shown[0])).order_by("day", "organisation", "what", "by")
    found = list(rows.values_list("day", "by", "organisation", "what").distinct())
    names = dict(Organisation.objects.filter(pk__in={row[2] for row in found}).values_list("pk", "name"))
    held = list(Responsibility.objects.filter(volunteer__in={row[1] for row in found}).order_by("pk"))
    looks: dict[date, dict[Look, None]] = defaultdict(dict)
    for day, by, organisation, what in found:
        kinds = [row.kind for row in held if row.volunteer_id == by and row.organisation_id == organisation]
        looks[day][Look(_office(kinds, names[organisation]), str(LookUp.What(what).label))] = None
    return [(day, list(looks[day])) for day in shown]


def _rows(person: Volunteer) -> QuerySet[Any]:  # with `day`, as annotated
    return LookUp.objects.filter(volunteer=person).annotate(day=TruncDate(F("at"))).order_by()


def _office(kinds: list[str], organisation: str) -> str:
    if Kind.COORDINATOR in kinds:
        return _("The coordination of %(place)s") % {"place": organisation}
    if Kind.ADMINISTRATOR in kinds:
        return _("The administration of %(place)s") % {"place": organisation}
    return _("The staff of %(place)s") % {"place": organisation}

"""The month: its visits by day, those without enough people, and whose period ends; for the screen and for paper.

On paper people are told by initials, with a few signs more where two have the same.
"""

import calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.days import ONE
from certificates.models import MonitoringCycle, Span, Visit
from certificates.register.asking import scope_of
from certificates.spanning import today
from certificates.visits.planning import State, is_forgotten, visits_between
from certificates.visits.team import Asked, name_of, teams_of
from people.models import Volunteer

MOST_ENDING = 200
MOST_NAMED = 6
"""So many ends are told in the sentence; the rest as a number."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Row:
    """One visit of the month with who was asked; `who` is those who agreed, by their initials."""

    visit: Visit
    team: list[Asked]
    who: str = ""

    @property
    def have(self) -> int:
        """How many said yes and may go."""
        return sum(asked.counts for asked in self.team)

    @property
    def missing(self) -> int:
        """How many are still missing; none once it took place, was called off or is over."""
        return max(0, self.visit.people_needed - self.have) if self.is_ahead else 0

    @property
    def is_ahead(self) -> bool:
        """Whether it is planned for today or a day to come."""
        return self.visit.state == State.PLANNED and self.visit.day >= today()

    @property
    def can_be_closed(self) -> bool:
        """Whether its day has come, nobody has said what came of it, and its names are still kept."""
        return self.visit.state == State.PLANNED and self.visit.day <= today() and not is_forgotten(self.visit)

    @property
    def waits(self) -> bool:
        """Whether its day is over and somebody should say what came of it."""
        return self.can_be_closed and self.visit.day < today()


@dataclass(frozen=True)
class Ending:
    """A person whose period ends in the month, by her initials."""

    person: Volunteer
    day: date
    initials: str


@dataclass(frozen=True)
class Month:
    """A month in one member of staff's care."""

    first: date
    rows: list[Row]
    ending: list[Ending]

    @property
    def previous(self) -> str:
        """The month before, as an address has it; empty at the edge of the calendar."""
        return _address(self.first - ONE)

    @property
    def next(self) -> str:
        """The month after, as an address has it; empty at the edge of the calendar."""
        return _address(last_day_of(self.first) + ONE)

    @property
    def address(self) -> str:
        """The month itself, as an address has it."""
        return _address(self.first)

    @property
    def name(self) -> str:
        """The month with its year, in words."""
        return capfirst(formats.date_format(self.first, "YEAR_MONTH_FORMAT"))

    @property
    def short_of_people(self) -> list[Row]:
        """The visits ahead without enough people."""
        return [row for row in self.rows if row.missing]

    @property
    def waiting(self) -> list[Row]:
        """The visits of which nobody has said what came."""
        return [row for row in self.rows if row.waits]

    @property
    def sentence(self) -> str:
        """The month in a sentence."""
        n, short = len(self.rows), len(self.short_of_people)
        parts = [ngettext("%(n)s visit", "%(n)s visits", n) % {"n": n} if n else _("no visit")]
        if short:
            parts.append(ngettext("%(n)s without enough people", "%(n)s without enough people", short) % {"n": short})
        for day, rows in groupby(self.ending[:MOST_NAMED], key=lambda row: row.day):
            who = [row.initials for row in rows]
            words = ngettext("the card of %(who)s ends on %(day)s", "the cards of %(who)s end on %(day)s", len(who))
            parts.append(words % {"who": ", ".join(who), "day": day.day})
        if (more := len(self.ending) - MOST_NAMED) > 0:
            parts.append(ngettext("%(n)s more card ends", "%(n)s more cards end", more) % {"n": more})
        return f"{capfirst(formats.date_format(self.first, 'F'))}: {', '.join(parts)}."


def month_in(typed: str) -> date:
    """Return the first day of a month as an address has it (2026-03); of this month where it says none."""
    year, _dash, month = typed.partition("-")
    if year.isdecimal() and month.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12:
        return date(int(year), int(month), 1)
    return today().replace(day=1)


def last_day_of(first: date) -> date:
    """Return the last day of a month."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def month_of(user: Any, first: date) -> Month:
    """Return a month in a member of staff's care (a fixed number of queries)."""
    visits = visits_between(user, first, last_day_of(first))
    teams, ends = teams_of(visits), _ends(user, first, visits)
    initials = initials_of({*ends, *(asked.person for team in teams.values() for asked in team)})
    rows = [Row(visit, team := teams[visit.pk], _who(team, initials)) for visit in visits]
    ending = [Ending(person, day, initials[person.pk]) for person, day in ends.items()]
    return Month(first, rows, sorted(ending, key=lambda row: row.day))


def _who(team: list[Asked], initials: dict[int, str]) -> str:
    """Return who agreed and may go, or went, by their initials."""
    return ", ".join(initials[asked.person.pk] for asked in team if asked.row.went or asked.counts)


def _ends(user: Any, first: date, visits: list[Visit]) -> dict[Volunteer, date]:
    """Return whose period ends in the month, of the roles that visits ask for, each person with her last end."""
    scope, last = scope_of(user), last_day_of(first)
    cycles = MonitoringCycle.objects.filter(
        organisation__in=scope.organisations, starts_on__lte=last, ends_on__gte=first, visit_role__isnull=False
    )
    roles = {*cycles.values_list("visit_role", flat=True), *(visit.role_id for visit in visits)}
    spans = scope.spans().filter(role__in=roles, kind=Span.Kind.ACTIVE, ends_on__range=(first, last))
    spans = spans.filter(volunteer__erased_at=None).select_related("volunteer__identity").order_by("ends_on", "pk")
    return {span.volunteer: span.ends_on for span in spans[:MOST_ENDING]}


def initials_of(people: Iterable[Volunteer]) -> dict[int, str]:
    """Return initials by the ids of people, with a few signs of their keys where two are the same."""
    plain = {person: _initials(name_of(person)) for person in people}
    often = Counter(plain.values())
    return {
        person.pk: words if often[words] == 1 else f"{words} {str(person.uuid)[:4]}" for person, words in plain.items()
    }


def _address(day: date) -> str:
    return f"{day:%Y-%m}" if FIRST_YEAR <= day.year <= LAST_YEAR else ""


def _initials(name: str) -> str:
    return "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha()) or "—"

"""Who could be asked for a visit: those who may do its role there on its day, neighbours first.

They are found by the spans that cover the municipality, so each of them holds a role that reaches into it. Names and
languages are fetched only for the page that is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from certificates.days import ONE, months_after
from certificates.models import Evidence, Requirement, Span, Visit
from certificates.spanning import today
from certificates.visits.team import SOON, name_of, words_for_end
from cms.languages import languages
from people.models import Volunteer

USUAL_MONTHS = 12
"""So far back visits are counted where no monitoring cycle holds the day."""


@dataclass(frozen=True)
class Candidate:
    """One person who could be asked, or could be if her period did not end before."""

    person: Volunteer
    until: date
    visits: int
    is_near: bool
    languages: tuple[str, ...] = ()
    day: date = date.max

    @property
    def name(self) -> str:
        """The name she wants to be called."""
        return name_of(self.person)

    @property
    def ends_soon(self) -> date | None:
        """The end of her period where it comes within 30 days after the visit."""
        return self.until if self.day <= self.until <= self.day + SOON else None

    @property
    def problem(self) -> str:
        """In words that her period ends before the visit, or nothing."""
        return words_for_end(self.until) if self.until < self.day else ""


def candidates_for(visit: Visit) -> list[Candidate]:
    """Return who could be asked, without names and languages: who may go first, neighbours first, few visits first.

    At the end stand those who may do the role there today and whose period ends before the visit. 3 queries.
    """
    until: dict[int, date] = {}
    people: dict[int, Volunteer] = {}
    for span in _covering(visit):
        people[span.volunteer_id] = span.volunteer
        until[span.volunteer_id] = max(until.get(span.volunteer_id, date.min), span.ends_on)
    made = _visits_made(visit, list(people))
    found = [
        Candidate(
            person=person,
            until=until[key],
            visits=made[key],
            is_near=person.territory_id == visit.territory_id,
            day=visit.day,
        )
        for key, person in people.items()
    ]
    return sorted(found, key=lambda one: (one.until < visit.day, not one.is_near, one.visits, one.person.pk))


def described(visit: Visit, listed: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates with their names and interview languages (2 queries)."""
    keys = [one.person.pk for one in listed]
    people = Volunteer.objects.select_related("identity", "territory__parent").in_bulk(keys)
    spoken = _languages_of(keys, visit.day)
    return [
        Candidate(people[key], one.until, one.visits, one.is_near, tuple(spoken[key]), one.day)
        for one in listed
        if (key := one.person.pk) in people
    ]


def _covering(visit: Visit) -> QuerySet[Span]:
    """Return the active spans of the visit's role and place that reach its day, or today and not its day."""
    rows = Span.objects.filter(role=visit.role_id, kind=Span.Kind.ACTIVE, organisation=visit.organisation_id)
    rows = rows.filter(starts_on__lte=visit.day, ends_on__gte=min(visit.day, today())).covering(visit.territory)
    rows = rows.filter(volunteer__erased_at=None, volunteer__merged_into=None)
    found: QuerySet[Span] = rows.exclude(volunteer__visits__visit=visit).select_related("volunteer")
    return found


def _visits_made(visit: Visit, people: list[int]) -> Counter[int]:
    """Return how many visits people made in the cycle of the visit, by their ids."""
    cycle = visit.cycle
    first = cycle.starts_on if cycle else months_after(visit.day, -USUAL_MONTHS) + ONE
    last = cycle.ends_on if cycle else visit.day
    rows = Evidence.objects.filter(kind=Requirement.Kind.VISIT, revoked_on=None, day__range=(first, last))
    return Counter(rows.filter(volunteer__in=people).values_list("volunteer", flat=True))


def _languages_of(people: list[int], day: date) -> dict[int, list[str]]:
    names, found = languages(), defaultdict(list)
    rows = Evidence.objects.standing(day).filter(kind=Requirement.Kind.LANGUAGE, volunteer__in=people)
    for person, code in rows.order_by("subject").values_list("volunteer", "subject").distinct():
        found[person].append(names[code].name if code in names else code)
    return found

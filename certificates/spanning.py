"""The spans that the register asks: for each person, role and place, how she stands on which days.

They follow from facts and are written anew with each of them; `rebuild_all` makes them from nothing. The property
test of `tests/certificates/test_spanning.py` holds them to what `eligibility` says.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from certificates.days import ONE, joined, without
from certificates.eligibility import Facts, facts_of, inclusions
from certificates.models import Evidence, Requirement, Role, Span
from certificates.models.grants import FOR_EVER
from certificates.requiring import Path, fits, roles_with_requirements
from courses.public import enrolled_on
from people.models import Territory, Volunteer

AT_ONCE = 500


@transaction.atomic
def rebuild(people: Iterable[Volunteer]) -> int:
    """Write the spans of people anew from their facts; return how many there are.

    Holds their rows, so that two facts at once do not leave spans that know only one of them.
    """
    keys = [person.pk for person in people]
    held = list(Volunteer.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    Span.objects.filter(volunteer__in=keys).delete()
    spans = list(_spans_of([person for person in held if person.erased_at is None]))
    Span.objects.bulk_create(spans, batch_size=1000)
    return len(spans)


def rebuild_all(progress: Any = None) -> int:
    """Write everybody's spans anew; `progress(done, total)` is called on the way. Return how many there are."""
    keys = list(Volunteer.objects.order_by("pk").values_list("pk", flat=True))
    written, done = 0, 0
    for some in batches(keys):
        written += rebuild(Volunteer.objects.filter(pk__in=some))
        done += len(some)
        if progress:
            progress(done, len(keys))
    return written


def batches(keys: list[int]) -> Iterator[list[int]]:
    """Yield keys in lists of a size that a query takes well."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def _spans_of(people: list[Volunteer]) -> Iterator[Span]:
    """Yield the unsaved spans of people (a fixed number of queries for each organisation among them)."""
    by_organisation = defaultdict(list)
    for person in people:
        by_organisation[person.organisation_id].append(person)
    for organisation_id, members in by_organisation.items():
        roles = list(roles_with_requirements(members[0].organisation))
        begun = _beginnings(members, roles)
        facts, gives = facts_of(members), inclusions(organisation_id)
        places = _places(members)
        for person in members:
            yield from _granted(person, facts[person.pk], gives)
            yield from _in_training(person, roles, facts[person.pk], gives, begun[person.pk], places)


def _granted(person: Volunteer, facts: Facts, gives: dict[int, set[int]]) -> Iterator[Span]:
    """Yield active, paused and over, for every role and place that the person's grants give."""
    days: dict[tuple[int, int | None], list[tuple[Any, Any]]] = defaultdict(list)
    for grant in facts.grants:
        standing = facts.standing(grant)
        for role in gives.get(grant.role_id, {grant.role_id}):
            days[role, grant.territory_id].append((grant, standing))
    for (role, place), found in days.items():
        active = joined(span for _grant, standing in found for span in standing.active)
        paused = without((span for _grant, standing in found for span in standing.paused), active)
        if not active and not paused:
            continue
        first = min(start for start, _end in [*active, *paused])
        over = without([(first, FOR_EVER)], [*active, *paused])
        grant = found[-1][0]
        for kind, spans in ((Span.Kind.ACTIVE, active), (Span.Kind.PAUSED, paused), (Span.Kind.OVER, over)):
            for start, end in spans:
                yield Span(
                    volunteer=person,
                    role_id=role,
                    organisation_id=grant.role.organisation_id,
                    territory_id=place,
                    grant=grant,
                    kind=kind,
                    starts_on=start,
                    ends_on=end,
                )


def _in_training(
    person: Volunteer,
    roles: list[Role],
    facts: Facts,
    gives: dict[int, set[int]],
    begun: dict[int, date],
    places: dict[int, Territory],
) -> Iterator[Span]:
    """Yield a span for each role she is on the way to: from her first step until she first holds it."""
    home = places.get(person.territory_id or 0)
    for role in roles:
        if role.pk not in begun:
            continue
        first = [
            standing.begins
            for grant in facts.grants
            if role.pk in gives.get(grant.role_id, {grant.role_id})
            if (standing := facts.standing(grant)).begins
        ]
        end = min(day for day in first if day) - ONE if first else FOR_EVER
        if begun[role.pk] <= end:
            place = role.place_for(home)
            yield Span(
                volunteer=person,
                role=role,
                organisation_id=role.organisation_id,
                territory=place,
                kind=Span.Kind.TRAINING,
                starts_on=begun[role.pk],
                ends_on=end,
            )


def _beginnings(people: list[Volunteer], roles: list[Role]) -> dict[int, dict[int, date]]:
    """Return for each person and role (ids) the day of her first step: a course begun, or evidence the role asks."""
    found: dict[int, dict[int, date]] = {person.pk: {} for person in people}

    def note(person: int, role: int, day: date) -> None:
        found[person][role] = min(found[person].get(role, FOR_EVER), day)

    asked = [row for role in roles for row in role.requirements.all() if row.path == Path.FIRST]
    by_course = defaultdict(list)
    for row in asked:
        if row.kind == Requirement.Kind.COURSE and row.course:
            by_course[uuid.UUID(row.subject)].append(row.role_id)
    for person, course, day in enrolled_on(people, list(by_course)):
        for role in by_course[course]:
            note(person, role, day)
    for evidence in Evidence.objects.filter(volunteer__in=people, revoked_on=None):
        for row in asked:
            if fits(evidence, row):
                note(evidence.volunteer_id, row.role_id, evidence.day)
    return found


def _places(people: list[Volunteer]) -> dict[int, Territory]:
    keys = {person.territory_id for person in people if person.territory_id}
    rows = Territory.objects.filter(pk__in=keys).select_related("parent__parent")
    return {place.pk: place for place in rows}


def today() -> date:
    """Return today's date where the organisation works."""
    return timezone.localdate()

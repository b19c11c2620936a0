"""May she do this role, in this place, on this day? One rule over the facts: grants, their periods, revoked evidence.

Days are dates of the organisation's time zone, both ends included. A role is held where a grant of it, or of a role
that includes it, is active and covers the place. A grant is active on a day that an opening period covers, unless it
is stopped, ended, or evidence it rests on was revoked by that day. Evidence that merely grew old ends nothing: it
makes the school propose a suspension (`proposing`).
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from certificates.days import ONE, Days, joined, without
from certificates.models import Evidence, Grant, Period, Role
from certificates.models.grants import FOR_EVER
from people.models import Territory, Volunteer


@dataclass(frozen=True)
class Standing:
    """On which days a grant is active and on which it is stopped; on the others it is over or has not begun."""

    active: list[Days] = field(default_factory=list)
    paused: list[Days] = field(default_factory=list)

    @property
    def begins(self) -> date | None:
        """The first day it ever held, or None when it never did."""
        return min((start for start, _end in [*self.active, *self.paused]), default=None)

    def is_active(self, day: date) -> bool:
        """Return whether it holds on a day."""
        return any(start <= day <= end for start, end in self.active)


def standing_of(periods: Iterable[Period], revoked: dict[uuid.UUID, date]) -> Standing:
    """Return the days of one grant from its periods, in the order of their numbers.

    `revoked` tells, by the uuid of evidence, the first day on which it does not count any more.
    """
    opened: list[Days] = []
    stopped: list[Days] = []
    stop: date | None = None
    for period in periods:
        if period.kind in Period.STOPPING:
            stop = min(stop or period.starts_on, period.starts_on)
        elif stop is not None:  # resumed, ended, or given anew after its days had run out
            stopped.append((stop, period.starts_on - ONE))
            stop = None
        if period.kind in Period.OPENING:
            opened.append((period.starts_on, _last_day(period, revoked)))
        if period.kind in Period.ENDING:
            opened = [(start, min(end, period.starts_on - ONE)) for start, end in opened]
    if stop is not None:
        stopped.append((stop, FOR_EVER))
    active = without(opened, stopped)
    return Standing(active, without(opened, active))


def _last_day(period: Period, revoked: dict[uuid.UUID, date]) -> date:
    """Return the last day an opening period holds: its own, or the one before evidence it rests on was revoked."""
    days = [revoked[key] - ONE for item in period.evidence if (key := uuid.UUID(item["evidence"])) in revoked]
    return min([period.ends_on or FOR_EVER, *days])


@dataclass(frozen=True)
class Facts:
    """What counts of one person: her grants with their periods, and the evidence that was revoked."""

    grants: list[Grant]
    revoked: dict[uuid.UUID, date]

    def standing(self, grant: Grant) -> Standing:
        """Return the days of one of her grants."""
        return standing_of(grant.periods.all(), self.revoked)


def facts_of(people: Iterable[Volunteer]) -> dict[int, Facts]:
    """Return the facts of people by their ids (3 queries, however many people)."""
    keys = [person.pk for person in people]
    grants: dict[int, list[Grant]] = {key: [] for key in keys}
    rows = Grant.objects.filter(volunteer__in=keys).select_related("role", "territory__parent__parent")
    for grant in rows.prefetch_related("periods"):
        grants[grant.volunteer_id].append(grant)
    revoked: dict[int, dict[uuid.UUID, date]] = {key: {} for key in keys}
    for evidence in Evidence.objects.filter(volunteer__in=keys, revoked_on__isnull=False):
        revoked[evidence.volunteer_id][evidence.uuid] = evidence.revoked_on or date.min
    return {key: Facts(grants[key], revoked[key]) for key in keys}


def roles_that_give(role: Role) -> set[int]:
    """Return the ids of the role itself and of every role that includes it, directly or through others."""
    return {giver for giver, given in inclusions(role.organisation_id).items() if role.pk in given}


def inclusions(organisation_id: int) -> dict[int, set[int]]:
    """Return for every role of an organisation (id) the ids it gives: itself and what it includes (2 queries)."""
    direct: dict[int, set[int]] = {
        key: set() for key in Role.objects.filter(organisation=organisation_id).values_list("pk", flat=True)
    }
    links = Role.includes.through.objects.filter(from_role__in=direct)
    for giver, given in links.values_list("from_role", "to_role"):
        direct[giver].add(given)
    return {role: _closure(role, direct) for role in direct}


def _closure(role: int, direct: dict[int, set[int]]) -> set[int]:
    found, waiting = {role}, [role]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def covers(held_for: Territory | None, place: Territory | None) -> bool:
    """Return whether a grant for a place (None: everywhere) holds in the place asked for (None: anywhere at all)."""
    return held_for is None or place is None or place.is_within(held_for)


def is_eligible(volunteer: Volunteer, role: Role, place: Territory | None, day: date) -> bool:
    """Return whether a person may do a role in a place on a day, from the facts."""
    return holding(facts_of([volunteer])[volunteer.pk], roles_that_give(role), place, day) is not None


def holding(facts: Facts, givers: set[int], place: Territory | None, day: date) -> Grant | None:
    """Return the grant that lets her, or None; of several the one that lasts longest after that day."""
    found = [
        (last_day(standing, day), grant.pk, grant)
        for grant in facts.grants
        if grant.role_id in givers and covers(grant.territory, place)
        if (standing := facts.standing(grant)).is_active(day)
    ]
    return max(found)[2] if found else None


def last_day(standing: Standing, day: date) -> date:
    """Return the last day, without a break, on which a grant that is active on a day holds."""
    return next(end for start, end in joined(standing.active) if start <= day <= end)

"""Whose decisions wait for a member of staff: what `may` says of one person, as conditions of one query.

A proposal waits first for the coordinators nearest to the person's home: those whose responsibility covers the
smallest place around it. Who answers for more may decide it too, but sees it folded away until it rises.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from certificates.models import Appeal, Proposal
from certificates.models.grants import ProposalQuerySet
from people.models import Responsibility, Territory
from people.public import responsibilities_for

NOBODY = Q(pk__in=[])
Parents = dict[int, int | None]
"""The tree of places: each with what it is part of (ids)."""


@dataclass(frozen=True)
class Waiting:
    """Open proposals that a member of staff may decide: what waits for her, and what others nearer have in hand."""

    hers: ProposalQuerySet
    nearer: ProposalQuerySet


def waiting_for(user: Any) -> Waiting:
    """Return what waits for a member of staff (no query yet but those of responsibilities and places: 5 at most)."""
    proposals = proposals_for(user).open().order_by("-level", "proposed_at", "pk")
    in_hand = Q(level=0) & _in_nearer_hands(responsibilities_for(user, "grant_role"))
    return Waiting(proposals.exclude(in_hand), proposals.filter(in_hand))


def proposals_for(user: Any) -> ProposalQuerySet:
    """Return the proposals, decided or not, of which `granting.may_decide` says yes."""
    risen = Q(level__gt=0) & in_care(user, "grant_risen")
    found: ProposalQuerySet = Proposal.objects.filter(in_care(user, "grant_role") | risen)
    return found.exclude(volunteer=_own_id(user))


def appeals_for(user: Any) -> Any:
    """Return the appeals, decided or not, of which `appealing.may_decide_appeal` says yes."""
    own = _own_id(user)
    decided_first = Q(proposal__decided_by=own) | Q(period__by=own)
    return Appeal.objects.filter(in_care(user, "decide_appeal")).exclude(volunteer=own).exclude(decided_first)


def in_care(user: Any, deed: str) -> Q:
    """Return the condition that `may(user, deed, row.volunteer)` puts to rows about volunteers (2 queries at most)."""
    held = responsibilities_for(user, deed)
    parents = _tree() if any(row.territory_id for row in held) else {}
    found = NOBODY
    for row in held:
        inside = Q(volunteer__organisation=row.organisation_id)
        if row.territory_id:
            parts = [place for place in parents if row.territory_id in _line(place, parents)]
            inside &= Q(volunteer__territory=None) | Q(volunteer__territory__in=parts)
        found |= inside
    return found


def _own_id(user: Any) -> int | None:
    return getattr(user, "volunteer_id", None)


def _in_nearer_hands(mine: list[Responsibility]) -> Q:
    """Return the condition that other coordinators stand nearer to a person than these responsibilities.

    What is about one of those coordinators herself is in nobody's hands but the wider coordination's.
    """
    if not mine:
        return NOBODY
    others = Responsibility.objects.held_on(timezone.localdate()).filter(
        organisation__in={row.organisation_id for row in mine},
        kind__in={row.kind for row in mine},
        territory__isnull=False,
        volunteer__user__is_active=True,
    )
    nearer = list(others.exclude(volunteer=mine[0].volunteer_id))
    parents = _tree() if nearer else {}
    found = NOBODY
    for organisation in {row.organisation_id for row in nearer}:
        own, theirs = _places_of(organisation, mine), _places_of(organisation, nearer)
        places = [place for place in parents if _distance(place, theirs, parents) < _distance(place, own, parents)]
        found |= Q(volunteer__organisation=organisation, volunteer__territory__in=places)
    return found & ~Q(volunteer__in={row.volunteer_id for row in nearer})


def _places_of(organisation: int, responsibilities: Iterable[Responsibility]) -> set[int]:
    return {row.territory_id for row in responsibilities if row.organisation_id == organisation and row.territory_id}


def _tree() -> Parents:
    return dict(Territory.objects.values_list("pk", "parent"))


def _line(place: int | None, parents: Parents) -> list[int]:
    """Return a place and everything it is part of, from the smallest."""
    found = []
    while place is not None:
        found.append(place)
        place = parents[place]
    return found


def _distance(place: int, among: set[int], parents: Parents) -> int:
    """Return how many steps up from a place the first of others stands; the whole way where none does."""
    line = _line(place, parents)
    return next((steps for steps, around in enumerate(line) if around in among), len(line))

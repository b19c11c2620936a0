"""Who may do what to whom: one function answers every question."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from people.models import Organisation, Responsibility, User, Volunteer

Kind = Responsibility.Kind

# What each deed needs: the kinds of responsibility that allow it, in the organisation and territory concerned.
ALLOWED: dict[str, set[str]] = {
    "invite": {Kind.FACILITATOR, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "see_person": {Kind.FACILITATOR, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "reset_pin": {Kind.FACILITATOR, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "correct_name": {Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "revoke_certificate": {Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "write_course": {Kind.TRAINER, Kind.PARTNER, Kind.ADMINISTRATOR},
    "exchange_course": {Kind.PARTNER, Kind.ADMINISTRATOR},
    "resolve_quarantine": {Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "keep_cohorts": {Kind.TRAINER, Kind.COORDINATOR, Kind.PARTNER, Kind.ADMINISTRATOR},
    "translate": {Kind.TRANSLATOR, Kind.TRAINER, Kind.PARTNER, Kind.ADMINISTRATOR},
    "observe": {Kind.FACILITATOR, Kind.TRAINER, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "hold_workshop": {Kind.FACILITATOR, Kind.TRAINER, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "mark": {Kind.TRAINER, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "grant_role": {Kind.COORDINATOR},
    "grant_risen": {Kind.ADMINISTRATOR},
    "decide_appeal": {Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "define_roles": {Kind.PARTNER, Kind.ADMINISTRATOR},
    "record_evidence": {Kind.FACILITATOR, Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "recognise": {Kind.COORDINATOR},
    "see_register": {Kind.COORDINATOR},
    "approve_export": {Kind.COORDINATOR, Kind.ADMINISTRATOR},
    "take_over_network": {Kind.COORDINATOR},
    "administer": {Kind.ADMINISTRATOR},
}


def may(who: Any, what: str, whom: Any) -> bool:
    """Return whether a signed-in member of staff may do a deed (a key of `ALLOWED`) to something owned.

    `who` is a `User` (a learner's PIN session has none and may nothing here); `whom` is an organisation, a volunteer,
    or anything with an `organisation`. A responsibility bound to a territory reaches only what has its place within it,
    or has none.
    """
    return _one_reaches(responsibilities_for(who, what), whom)


def person_may(person: Volunteer, what: str, whom: Any) -> bool:
    """Return whether a person's responsibilities allow a deed, as `may` says, whoever is signed in.

    For what she did away from the screen and another types in.
    """
    return _one_reaches(_held_by(person.pk, what), whom)


def those_she_may(who: Any, what: str, people: Iterable[Volunteer]) -> list[Volunteer]:
    """Return the people to whom `who` may do a deed, as `may` says, in one query for all of them."""
    responsibilities = responsibilities_for(who, what)
    return [
        person
        for person in people
        if any(held.organisation_id == person.organisation_id and _reaches(held, person) for held in responsibilities)
    ]


def organisations_where(who: Any, what: str) -> list[Organisation]:
    """Return the organisations in which this member of staff may do a deed."""
    return list(Organisation.objects.filter(pk__in={held.organisation_id for held in responsibilities_for(who, what)}))


def places_by_deed(who: Any) -> dict[str, list[Organisation]]:
    """Return for every deed the organisations in which this member of staff may do it (1 query for all of them)."""
    if not isinstance(who, User) or not who.is_active or who.volunteer_id is None:
        return {deed: [] for deed in ALLOWED}
    held = Responsibility.objects.held_on(timezone.localdate()).filter(volunteer=who.volunteer_id)
    rows = list(held.select_related("organisation").order_by("organisation"))
    return {
        deed: list({row.organisation_id: row.organisation for row in rows if row.kind in kinds}.values())
        for deed, kinds in ALLOWED.items()
    }


def responsibilities_for(who: Any, what: str) -> list[Responsibility]:
    """Return the responsibilities of a member of staff, in force today, that allow a deed (1 query)."""
    if not isinstance(who, User) or not who.is_active or who.volunteer_id is None:
        return []
    return _held_by(who.volunteer_id, what)


def _held_by(person_id: int, what: str) -> list[Responsibility]:
    held = Responsibility.objects.held_on(timezone.localdate())
    return list(
        held.filter(volunteer_id=person_id, kind__in=ALLOWED[what]).select_related("territory__parent", "organisation")
    )


def _one_reaches(responsibilities: list[Responsibility], whom: Any) -> bool:
    organisation = whom if isinstance(whom, Organisation) else whom.organisation
    return any(held.organisation_id == organisation.pk and _reaches(held, whom) for held in responsibilities)


def _reaches(responsibility: Responsibility, whom: Any) -> bool:
    place = getattr(whom, "territory", None)
    return responsibility.territory is None or place is None or place.is_within(responsibility.territory)

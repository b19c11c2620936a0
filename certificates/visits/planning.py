"""Planning visits: a day, a municipality, a service (never a patient), the role needed and how many people.

Role and number follow the monitoring cycle that holds the day unless the coordinator says otherwise. Days are dates
of the organisation's time zone. Whoever may ask the register about the place may plan there.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import MonitoringCycle, Role, Visit, VisitPerson
from certificates.requiring import day_in_words
from certificates.spanning import today
from cms.auditing import record
from people.models import Organisation, Territory, User
from people.public import find_places, may, organisations_where, responsibilities_for, those_she_may

DEED = "see_register"
KEPT = timedelta(days=30)
"""So long after its day a visit can be corrected; then names and places go (issue 4)."""
FARTHEST = timedelta(days=730)
MOST_PLACES = 400

State = Visit.State


class VisitRefused(Exception):
    """It cannot be done. The message says why and what can be done instead."""


@dataclass(frozen=True)
class Plan:
    """What is told of a visit. The same `uuid` twice is one visit; role and number None: as the cycle says."""

    uuid: uuid.UUID
    organisation: Organisation
    day: date
    territory: Territory
    facility_kind: str
    facility: str = ""
    place: str = ""
    role: Role | None = None
    people_needed: int | None = None
    purpose: str = ""
    contact: str = ""


# --- what she may see ----------------------------------------------------------------------------------------------


def visits_between(user: Any, first: date, last: date) -> list[Visit]:
    """Return the visits from a day to a day that are in a member of staff's care, in order (3 queries)."""
    rows = Visit.objects.filter(organisation__in=organisations_where(user, DEED), day__range=(first, last))
    found: Any = rows.select_related("territory__parent__parent", "organisation", "role", "cycle")
    hers: Any = those_she_may(user, DEED, found)  # it asks for organisation and territory only
    return [_as_kept(visit) for visit in hers]


def find_visit(user: Any, key: uuid.UUID) -> Visit | None:
    """Return a visit in a member of staff's care, or None."""
    rows = Visit.objects.select_related("territory__parent__parent", "organisation", "role", "cycle")
    found = rows.filter(uuid=key).first()
    return _as_kept(found) if found and may(user, DEED, found) else None


def _as_kept(visit: Visit) -> Visit:
    """Return a visit as it may be shown: names and places are out of sight on their day, even if the job runs late."""
    if is_forgotten(visit):
        visit.place = visit.facility = visit.purpose = visit.contact = ""
    return visit


def places_for(user: Any, typed: str) -> list[Territory]:
    """Return the municipalities in a member of staff's care whose name holds what was typed (2 queries)."""
    found = list(find_places(typed, MOST_PLACES)) if typed.strip() else []
    held = responsibilities_for(user, DEED)
    return [place for place in found if any(row.territory is None or place.is_within(row.territory) for row in held)]


def cycle_on(organisation: Organisation, day: date) -> MonitoringCycle | None:
    """Return the monitoring cycle of an organisation that holds a day, or None."""
    rows = MonitoringCycle.objects.filter(organisation=organisation, starts_on__lte=day, ends_on__gte=day)
    return rows.select_related("visit_role").order_by("-ends_on").first()


# --- planning and changing -----------------------------------------------------------------------------------------


@transaction.atomic
def plan_visit(plan: Plan, by: User) -> Visit:
    """Write a visit down; return it. Told twice with the same `uuid` it is one visit. Refuses in words."""
    told = _told(plan, by)
    assert by.volunteer is not None  # noqa: S101  (`_told` has refused; tells mypy)
    visit, is_new = Visit.objects.get_or_create(
        uuid=plan.uuid,
        defaults={**told, "organisation": plan.organisation, "made_by": by.volunteer, "made_at": timezone.now()},
    )
    if visit.made_by_id != by.volunteer_id:
        raise VisitRefused(_("This visit is already kept. Look for it in the month."))
    if is_new:
        record("visit_planned", visit, actor=by)
    return visit


@transaction.atomic
def change_visit(visit: Visit, plan: Plan, by: User) -> Visit:
    """Write anew what is told of a planned visit. Another day, place or role: who was asked is asked again."""
    held = hold(visit, by)
    refuse_unless_planned(held)
    told = _told(plan, by, held)
    moved = (held.day, held.territory_id, held.role_id) != (told["day"], told["territory"].pk, told["role"].pk)
    for name, value in told.items():
        setattr(held, name, value)
    held.save()
    if moved:
        held.people.update(answer=VisitPerson.Answer.ASKED, needs_travel_help=False, answered_at=None)
    record("visit_changed", held, actor=by)
    return held


def _told(plan: Plan, by: User, before: Visit | None = None) -> dict[str, Any]:
    """Return the fields of a plan with what the cycle says filled in, or refuse it in words."""
    if by.volunteer is None or not may(by, DEED, Visit(organisation=plan.organisation, territory=plan.territory)):
        raise VisitRefused(_("This municipality is not in your care. Its own coordination plans the visit."))
    if plan.day < today() and (before is None or before.day != plan.day):
        raise VisitRefused(_("This day is over. Choose today or a day to come."))
    if plan.day > today() + FARTHEST:
        raise VisitRefused(_("This day is more than two years ahead. Is the year right?"))
    cycle = cycle_on(plan.organisation, plan.day)
    role = plan.role or (cycle.visit_role if cycle else None)
    if role is None:
        raise VisitRefused(
            _("No monitoring cycle says which role is needed on %(day)s. Choose the role.")
            % {"day": day_in_words(plan.day)}
        )
    if role.organisation_id != plan.organisation.pk:
        raise VisitRefused(_("This role is another organisation's."))
    return {
        "cycle": cycle,
        "day": plan.day,
        "territory": plan.territory,
        "facility_kind": plan.facility_kind,
        "facility": plan.facility,
        "place": plan.place,
        "role": role,
        "people_needed": plan.people_needed or (cycle.visit_people if cycle else 2),
        "purpose": plan.purpose,
        "contact": plan.contact,
    }


def hold(visit: Visit, by: User) -> Visit:
    """Return a visit with its row held until commit, if it is in the user's care and its names are still kept."""
    rows = Visit.objects.select_for_update(of=("self",))
    held = rows.select_related("territory__parent__parent", "organisation", "role", "cycle").get(pk=visit.pk)
    if by.volunteer is None or not may(by, DEED, held):
        raise VisitRefused(_("This visit is not in your care."))
    if is_forgotten(held):
        raise VisitRefused(_("Thirty days have passed. Only the counts of this visit are kept."))
    return held


def refuse_unless_planned(visit: Visit) -> None:
    """Raise `VisitRefused` where a visit took place or was called off."""
    if visit.state != State.PLANNED:
        raise VisitRefused(_("This visit is no longer only planned. Correct what came of it instead."))


def forgotten_on(visit: Visit) -> date:
    """Return the day on which names and places of a visit are deleted."""
    return visit.day + KEPT


def is_forgotten(visit: Visit) -> bool:
    """Return whether names and places of a visit are deleted, or have to be."""
    return visit.wiped_at is not None or today() >= forgotten_on(visit)


def roles_for(organisations: Iterable[Organisation]) -> Any:
    """Return the roles a visit of these organisations may ask for."""
    return Role.objects.filter(organisation__in=list(organisations), retired=False).select_related("organisation")

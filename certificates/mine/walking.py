"""The roles a person is on the way to, and the one step that comes next: what, where to get it, and a button."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.mine.holding import Held, State
from certificates.models import Requirement, Role
from certificates.proposing import RENEWAL_DAYS, path_for
from certificates.requiring import Known, Line, Step, steps_of
from people.models import Volunteer

Kind = Requirement.Kind
MOST_STEPS = 2
"""So many next steps are shown as buttons; the rest is folded away."""


@dataclass(frozen=True)
class Road:
    """A role she does not hold, or holds not much longer, and its steps as they stand."""

    role: Role
    steps: list[Step]
    needs_place: bool
    """Everything else can be done without saying where she lives: it is asked last."""
    is_closed: bool = False
    """She left the role, or it was ended: it stands among the others and is not pressed on her."""

    @property
    def missing(self) -> list[Step]:
        """The steps still to take, but for the place."""
        return [step for step in self.steps if not step.met]

    @property
    def missing_count(self) -> int:
        """How many steps are still to take."""
        return len(self.missing) + self.needs_place

    @property
    def has_begun(self) -> bool:
        """Whether she has taken a step of it."""
        return len(self.missing) < len(self.steps)


@dataclass(frozen=True)
class NextStep:
    """What to do next. Without `url` there is no page for it: `requirement` tells where it is to be had."""

    words: str
    requirement: Requirement | None
    url: str
    action: str
    """The words of its button."""
    pictogram: str
    roles: list[Role]
    """Where it leads."""

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same step of two roles."""
        return (self.requirement.kind, self.requirement.subject) if self.requirement else ("place", "")


def roads_of(
    person: Volunteer, known: Known, roles: Iterable[Role], held: Iterable[Held], waiting: set[int], day: date
) -> list[Road]:
    """Return the roads with something missing, the shortest first; what she has not begun, or has left, comes last.

    `roles` as `roles_with_requirements` gives them; `waiting` are the ids of roles that are proposed already.
    """
    stopped = {one.grant.role_id for one in held if one.state in {State.PAUSED, State.SUSPENDED}}
    closed = {one.grant.role_id for one in held if one.state == State.ENDED and one.decision}
    roads = [
        replace(road_to(role, person, known, day), is_closed=role.pk in closed)
        for role in roles
        if role.pk not in stopped | waiting and not known.may_do(role.pk, day)
    ]
    walked = [road for road in roads if road.steps and road.missing_count]
    return sorted(walked, key=lambda road: (road.is_closed, not road.has_begun, road.missing_count, road.role.pk))


def nearest(roads: list[Road]) -> list[Road]:
    """Return of roads (as `roads_of` orders them) those she walks; for who has begun none, the first."""
    open_ones = [road for road in roads if not road.is_closed]
    return [road for road in open_ones if road.has_begun] or open_ones[:1]


def road_to(role: Role, person: Volunteer, known: Known, day: date) -> Road:
    """Return the steps of a role as they stand for a person on a day."""
    steps = steps_of(role, path_for(role, known, day), known, day)
    return Road(role, steps, role.needs_place() and person.territory_id is None)


def renewals_of(
    person: Volunteer, known: Known, roles: Iterable[Role], held: Iterable[Held], day: date
) -> dict[int, Road]:
    """Return what is missing to renew the roles that end soon, by the grant's id."""
    by_id = {role.pk: role for role in roles}
    found = {
        one.grant.pk: road_to(by_id[one.grant.role_id], person, known, day)
        for one in held
        if one.state == State.HOLDS and ends_soon(one.until, day) and one.grant.role_id in by_id
    }
    return {key: road for key, road in found.items() if road.missing_count}


def ends_soon(until: date | None, day: date) -> bool:
    """Return whether a last day lies so near that the role is to be renewed."""
    return until is not None and until <= day + timedelta(days=RENEWAL_DAYS)


def next_steps(roads: Iterable[Road], courses: dict[UUID, str]) -> list[NextStep]:
    """Return the first missing step of each road; a step that leads to several roles stands there once.

    `courses` gives the short names of live courses (in her language) by their keys.
    """
    found: dict[tuple[str, str], NextStep] = {}
    for road in roads:
        step = next_step(road, courses)
        if step.requirement and step.requirement.kind == Kind.ROLE:  # that role has a road of its own
            continue
        found.setdefault(step.key, step)
        if road.role not in found[step.key].roles:
            found[step.key].roles.append(road.role)
    return list(found.values())


def next_step(road: Road, courses: dict[UUID, str]) -> NextStep:
    """Return the first missing step of a road: of alternatives the one she can do by herself, in the school."""
    if not road.missing:
        return NextStep(
            _("Say in which municipality you live"), None, reverse("my_place"), _("Choose it"), "place", [road.role]
        )
    lines = road.missing[0].lines
    offers = [(line, address_of(line.requirement, courses)) for line in lines]
    line, url = next(((line, url) for line, url in offers if url), offers[0])
    return _worded(line, url, road.role)


def address_of(requirement: Requirement, courses: dict[UUID, str]) -> str:
    """Return the page on which a person meets a requirement herself, empty where there is none."""
    if requirement.kind == Kind.COURSE and requirement.course:
        slug = courses.get(requirement.course.translation_key)
        return reverse("my_path", args=[slug]) if slug else ""
    if requirement.kind == Kind.PRACTICAL and requirement.practical:
        return reverse("my_practical", args=[requirement.practical.translation_key])
    if requirement.kind == Kind.CONDUCT and requirement.conduct_code:
        return reverse("my_conduct", args=[requirement.conduct_code.uuid])
    return ""


def _worded(line: Line, url: str, role: Role) -> NextStep:
    actions = {
        Kind.COURSE: (_("Go on with the course"), "path"),
        Kind.PRACTICAL: (_("See the practical"), "people"),
        Kind.CONDUCT: (_("Read it and sign"), "check"),
    }
    action, pictogram = actions.get(Kind(line.requirement.kind), ("", "people"))
    return NextStep(line.words, line.requirement, url, action, pictogram, [role])

"""Asking the register: how many people, and who, may do a role in a place on a day; only within one's responsibility.

A question is answered from the spans in a fixed number of queries, for ten people as for ten thousand. One person's
answer, with its reasons, comes from the facts (`judging`).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from certificates.models import Evidence, Grant, Requirement, Role, Span
from certificates.models.grants import SpanQuerySet, ancestry
from people.models import Cohort, CohortMembership, Organisation, Responsibility, Territory, Volunteer
from people.public import responsibilities_for

SOON = timedelta(days=60)
ROWS = 50
KINDS = (Span.Kind.ACTIVE, Span.Kind.PAUSED, Span.Kind.TRAINING, Span.Kind.OVER)
"""From the best to the least: who stands in several ways counts once, as the best of them."""
NOTHING = Q(pk__in=[])
STATUSES = {"certified": 0, "ends_soon": 0, "paused": 1, "training": 2, "not_valid": 3}


@dataclass(frozen=True)
class Question:
    """Who may do a role, in a place (None: anywhere), on a day; narrowed by status, interview language or cohort."""

    role: Role
    day: date
    place: Territory | None = None
    status: str = "certified"
    language: str = ""
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Row:
    """One person in the answer: how she stands, until when, for which place, and what she interviews in."""

    person: Volunteer
    kind: str
    place: Territory | None
    until: date | None
    grant: Grant | None
    languages: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name she wants to be called."""
        identity = getattr(self.person, "identity", None)
        return identity.safe_name if identity else "—"


@dataclass(frozen=True)
class Scope:
    """What a member of staff may see of the register: organisations, each whole or with places."""

    responsibilities: list[Responsibility]

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations, each once."""
        return list({held.organisation_id: held.organisation for held in self.responsibilities}.values())

    def spans(self) -> SpanQuerySet:
        """Return the spans within the responsibility: those that hold for a part, the whole or more of its place."""
        allowed = NOTHING
        for held in self.responsibilities:
            whole = Q(organisation=held.organisation_id)
            allowed |= whole if held.territory is None else whole & in_care(held.territory)
        found: SpanQuerySet = Span.objects.filter(allowed)
        return found

    def spans_of(self, role: Role) -> SpanQuerySet:
        """Return the spans of a role within the responsibility.

        Every kind is named, because the index `span_by_standing` has the kind before the days.
        """
        held = [row for row in self.responsibilities if row.organisation_id == role.organisation_id]
        found: SpanQuerySet = Span.objects.filter(role=role, organisation=role.organisation_id, kind__in=KINDS)
        if any(row.territory is None for row in held):
            return found
        return found.filter(reduce(or_, (in_care(row.territory) for row in held if row.territory), NOTHING))

    def sees(self, person: Volunteer) -> bool:
        """Return whether a person lives within the responsibility, or holds a role that reaches into it."""
        near = any(
            held.organisation_id == person.organisation_id
            and (held.territory is None or person.territory is None or person.territory.is_within(held.territory))
            for held in self.responsibilities
        )
        reaches = self.spans().filter(volunteer=person, kind=Span.Kind.ACTIVE, ends_on__gte=today())
        return near or reaches.exists()

    def covers(self, organisation: Organisation, place: Territory) -> bool:
        """Return whether a place lies within the responsibility, for an organisation."""
        return any(
            held.organisation_id == organisation.pk and (held.territory is None or place.is_within(held.territory))
            for held in self.responsibilities
        )


def scope_of(user: Any) -> Scope:
    """Return what a member of staff may see of the register; asked once for a user object: once a request."""
    if "_register_scope" not in user.__dict__:
        user.__dict__["_register_scope"] = Scope(responsibilities_for(user, "see_register"))
    found: Scope = user.__dict__["_register_scope"]
    return found


def parts_of(place: Territory) -> list[int]:
    """Return the ids of a place and of everything in it, three levels deep (1 query)."""
    within = Q(pk=place.pk) | Q(parent=place.pk) | Q(parent__parent=place.pk)
    return list(Territory.objects.filter(within).values_list("pk", flat=True))


def in_care(place: Territory) -> Q:
    """Return the condition that a span is for who answers for a place to see.

    It holds for a part of the place; or it is active for something larger that the place is part of, so that she can
    be sent there; or the person lives in the place, or has not said where. Whoever learns or holds a role elsewhere is
    not named here, though her role may hold everywhere.
    """
    parts = parts_of(place)
    around = [row.pk for row in ancestry(place)[1:]]
    lives_here = Q(volunteer__territory__in=parts) | Q(volunteer__territory=None)
    return Q(territory__in=parts) | Q(territory__in=around, kind=Span.Kind.ACTIVE) | lives_here


def overlapping(place: Territory) -> Q:
    """Return the condition that a span holds for a part of a place, for all of it or for more."""
    around = [row.pk for row in ancestry(place)]
    return Q(territory__in={*around, *parts_of(place)}) | Q(territory=None)


def matching(question: Question, scope: Scope) -> QuerySet[Span]:
    """Return the spans that a question is about."""
    spans = scope.spans_of(question.role).on(question.day)
    if question.place:
        spans = spans.filter(overlapping(question.place))
    if question.language:
        speaks = Evidence.objects.standing(question.day).filter(
            volunteer=OuterRef("volunteer"), kind=Requirement.Kind.LANGUAGE, subject=question.language
        )
        spans = spans.filter(Exists(speaks))
    if question.cohort:
        spans = spans.filter(
            Exists(CohortMembership.objects.filter(volunteer=OuterRef("volunteer"), cohort=question.cohort))
        )
    return spans


def standings(spans: QuerySet[Span]) -> QuerySet[Any]:
    """Return one row a person: `best` (place in `KINDS`) and `until` (the last day she is certified)."""
    rank = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(KINDS)), output_field=IntegerField())
    return spans.values("volunteer").annotate(best=Min(rank), until=Max("ends_on", filter=Q(kind=Span.Kind.ACTIVE)))


def counts(question: Question, scope: Scope) -> dict[str, int]:
    """Return how many people there are of each status (keys of `STATUSES`); 1 query besides those of the places."""
    people = standings(matching(question, scope))
    asked: dict[str, Any] = {
        status: Count("volunteer", filter=Q(best=best)) for status, best in STATUSES.items() if status != "ends_soon"
    }
    asked["ends_soon"] = Count("volunteer", filter=Q(best=0, until__lte=question.day + SOON))
    return people.aggregate(**asked)


def people_in(question: Question, scope: Scope, page: int = 1) -> list[Row]:
    """Return one page of the people of the question's status, whose time ends soonest first (5 queries)."""
    spans = matching(question, scope)
    best = _best(spans, STATUSES[question.status])
    if question.status == "ends_soon":
        best = best.filter(ends_on__lte=question.day + SOON)
    first = (page - 1) * ROWS
    keys = list(best.order_by("ends_on", "volunteer").values_list("volunteer", flat=True)[first : first + ROWS])
    return rows_for(keys, spans, question)


def _best(spans: QuerySet[Span], best: int) -> QuerySet[Span]:
    """Return one span for each person who stands so at best (place in `KINDS`): of several the one that ends last.

    No grouping: the first fifty are found without looking at everybody.
    """
    hers, kind = spans.filter(volunteer=OuterRef("volunteer")), KINDS[best]
    later = Q(ends_on__gt=OuterRef("ends_on")) | Q(ends_on=OuterRef("ends_on"), pk__gt=OuterRef("pk"))
    better = Q(kind__in=KINDS[:best]) | Q(later, kind=kind)
    return spans.filter(~Exists(hers.filter(better)), kind=kind)


def rows_for(keys: list[int], spans: QuerySet[Span], question: Question) -> list[Row]:
    """Return the rows of people by their ids, in the order given (3 queries)."""
    people = (
        Volunteer.objects.select_related("identity", "territory__parent")
        .defer("identity__legal_name", "identity__phone")  # not asked for here, so not opened either
        .in_bulk(keys)
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for span in spans.filter(volunteer__in=keys).select_related("territory__parent", "grant"):
        found[span.volunteer_id].append(span)
    spoken = _languages(keys, question.day)
    return [_row(people[key], found[key], spoken.get(key, ())) for key in keys if key in people]


def _row(person: Volunteer, spans: list[Span], spoken: tuple[str, ...]) -> Row:
    best = min(spans, key=lambda span: (KINDS.index(Span.Kind(span.kind)), -span.ends_on.toordinal()))
    until = best.ends_on if best.kind == Span.Kind.ACTIVE else None
    return Row(person, best.kind, best.territory, until, best.grant, spoken)


def _languages(keys: list[int], day: date) -> dict[int, tuple[str, ...]]:
    rows = Evidence.objects.standing(day).filter(volunteer__in=keys, kind=Requirement.Kind.LANGUAGE)
    found: dict[int, tuple[str, ...]] = {}
    for person, language in rows.values_list("volunteer", "subject").distinct():
        found[person] = (*found.get(person, ()), language)
    return found


def certified_by_place(role: Role, day: date, organisations: list[Organisation]) -> dict[str, int]:
    """Return how many people may do a role in each municipality (by its code) on a day (4 queries).

    Who holds it for a department or everywhere counts in each municipality of it, and once.
    """
    active = Span.objects.filter(role=role, organisation__in=organisations, kind=Span.Kind.ACTIVE).on(day)
    own = dict(
        active.filter(territory__kind="municipality")
        .values_list("territory__code")
        .annotate(n=Count("volunteer", distinct=True))
    )
    wide: dict[str | None, set[int]] = defaultdict(set)
    for code, person in active.exclude(territory__kind="municipality").values_list("territory__code", "volunteer"):
        wide[code].add(person)
    everybody_wide = set().union(*wide.values())
    twice: dict[str, set[int]] = defaultdict(set)
    both = active.filter(territory__kind="municipality", volunteer__in=everybody_wide)
    for code, person in both.values_list("territory__code", "volunteer"):
        twice[code].add(person)
    places = Territory.objects.filter(kind="municipality").values_list("code", "parent__code")
    return {code: own.get(code, 0) + len((wide[None] | wide[department]) - twice[code]) for code, department in places}


def home_counts(organisations: list[Organisation]) -> dict[str, int]:
    """Return how many members live in each municipality, by its code (1 query)."""
    rows = Volunteer.objects.filter(organisation__in=organisations, erased_at=None, territory__isnull=False)
    return dict(rows.values_list("territory__code").annotate(n=Count("pk")))


def today() -> date:
    """Return today's date where the organisation works."""
    return timezone.localdate()

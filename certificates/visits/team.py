"""Who was asked for visits and how each stands on the day: computed whenever it is shown, so that it is never stale.

It reads the spans, in a fixed number of queries for one visit as for a whole month. Who agreed and may not go on the
day (her role ended, was paused or stopped since) is shown with the reason and does not count.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from certificates.models import Span, Visit, VisitPerson
from certificates.models.grants import ancestry
from certificates.requiring import day_in_words
from certificates.spanning import today
from certificates.visits.planning import is_forgotten
from people.models import Volunteer

SOON = timedelta(days=30)
"""So shortly after the visit the end of a period is told with a person."""
Answer = VisitPerson.Answer


@dataclass(frozen=True)
class Standing:
    """How a person stands with a visit's role in its place on its day: until when she may go, or why she may not."""

    until: date | None = None
    problem: str = ""
    is_untaken: bool = False
    """That she never held the role, so that there are steps to be told."""

    @property
    def may_go(self) -> bool:
        """Whether the role holds for her there on that day."""
        return self.until is not None


@dataclass(frozen=True)
class Asked:
    """One person asked for a visit, and how she stands."""

    row: VisitPerson
    standing: Standing

    @property
    def person(self) -> Volunteer:
        """The person."""
        return self.row.volunteer

    @property
    def name(self) -> str:
        """The name she wants to be called, or a dash when she has been erased."""
        return name_of(self.row.volunteer)

    @property
    def counts(self) -> bool:
        """Whether she said yes and may go."""
        return self.row.answer == Answer.CAN and self.standing.may_go

    @property
    def ends_soon(self) -> date | None:
        """The end of her period where it comes within 30 days after the visit."""
        until, day = self.standing.until, self.row.visit.day
        return until if until and until <= day + SOON else None


def name_of(person: Volunteer) -> str:
    """Return the name of a person whose identity was fetched with her, or a dash."""
    identity = getattr(person, "identity", None)
    return identity.safe_name if identity else "—"


def teams_of(visits: Iterable[Visit]) -> dict[int, list[Asked]]:
    """Return who was asked for visits, by the ids of the visits (2 queries, however many)."""
    by_visit = {visit.pk: visit for visit in visits}
    kept = [key for key, visit in by_visit.items() if not is_forgotten(visit)]
    rows = VisitPerson.objects.filter(visit__in=kept).select_related("volunteer__identity").order_by("pk")
    asked = list(rows)
    spans = _spans_of({row.volunteer_id for row in asked}, {visit.role_id for visit in by_visit.values()})
    found: dict[int, list[Asked]] = {key: [] for key in by_visit}
    for row in asked:
        row.visit = by_visit[row.visit_id]
        found[row.visit_id].append(Asked(row, standing_for(row.visit, spans[row.volunteer_id, row.visit.role_id])))
    return found


def team_of(visit: Visit) -> list[Asked]:
    """Return who was asked for a visit (2 queries)."""
    return teams_of([visit])[visit.pk]


def standing_of(visit: Visit, person: Volunteer) -> Standing:
    """Return how a person stands for a visit (1 query)."""
    return standing_for(visit, _spans_of({person.pk}, {visit.role_id})[person.pk, visit.role_id])


def _spans_of(people: Iterable[int], roles: Iterable[int]) -> dict[tuple[int, int], list[Span]]:
    found = defaultdict(list)
    for span in Span.objects.filter(volunteer__in=people, role__in=roles).order_by("starts_on"):
        found[span.volunteer_id, span.role_id].append(span)
    return found


def standing_for(visit: Visit, spans: list[Span]) -> Standing:
    """Return how somebody with these spans of the visit's role stands on its day in its place."""
    around = {place.pk for place in ancestry(visit.territory)}
    here = [span for span in spans if span.territory_id is None or span.territory_id in around]
    on_day = [span for span in here if span.starts_on <= visit.day <= span.ends_on]
    until = max((span.ends_on for span in on_day if span.kind == Span.Kind.ACTIVE), default=None)
    if until:
        return Standing(until)
    if any(span.kind == Span.Kind.PAUSED for span in on_day):
        return Standing(problem=_("Her role is paused on that day."))
    held = [span for span in here if span.kind == Span.Kind.ACTIVE]
    ended = max((span.ends_on for span in held if span.ends_on < visit.day), default=None)
    if ended:
        return Standing(problem=words_for_end(ended))
    begins = min((span.starts_on for span in held if span.starts_on > visit.day), default=None)
    if begins:
        words = _("Her role begins on %(day)s, after the visit.") % {"day": day_in_words(begins)}
        return Standing(problem=words)
    if any(span.kind == Span.Kind.ACTIVE and span.starts_on <= visit.day <= span.ends_on for span in spans):
        return Standing(problem=_("She holds the role for another place, not for this municipality."))
    return Standing(problem=_("She does not hold the role."), is_untaken=True)


def words_for_end(ended: date) -> str:
    """Return in words that a role ends, or ended, before the visit."""
    if ended >= today():
        return _("Her role ends on %(day)s, before the visit.") % {"day": day_in_words(ended)}
    return _("Her role ended on %(day)s.") % {"day": day_in_words(ended)}

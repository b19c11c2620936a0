"""One person's answer: yes or no on that date, in that place, and why; and how she came there."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from certificates.days import joined
from certificates.eligibility import Facts, covers, holding, last_day, roles_that_give
from certificates.models import Grant, Period, Role
from certificates.proposing import path_for
from certificates.requiring import Known, Step, day_in_words, known_of, steps_of
from people.models import Territory, Volunteer


@dataclass(frozen=True)
class Verdict:
    """Yes or no, in a sentence; the grant it rests on; and each requirement with its evidence or as a missing step."""

    yes: bool
    state: str
    """`certified`, `paused`, `suspended`, `revoked`, `left`, `elsewhere`, `before`, `over` or `training`."""
    words: str
    grant: Grant | None = None
    until: date | None = None
    steps: list[Step] = field(default_factory=list)
    rests_on: list[dict[str, Any]] = field(default_factory=list)

    @property
    def missing(self) -> list[Step]:
        """The steps still to be taken for the role."""
        return [step for step in self.steps if not step.met]


def judge(person: Volunteer, role: Role, place: Territory | None, day: date) -> Verdict:
    """Return whether a person may do a role in a place on a day, and why (from the facts; 8 queries)."""
    known = known_of([person], role.organisation)[person.pk]
    givers = roles_that_give(role)
    steps = steps_of(role, path_for(role, known, day), known, day)
    grant = holding(known.facts, givers, place, day)
    if grant is not None:
        until = last_day(known.facts.standing(grant), day)
        words = _("Yes. The role holds until %(day)s.") % {"day": day_in_words(until)}
        if grant.role_id != role.pk:
            words += " " + _("It comes with the role «%(role)s».") % {"role": grant.role}
        return Verdict(True, "certified", words, grant, until, steps, _rests_on(grant, day))
    state, words, nearest = _why_not(person, known, givers, place, day)
    return Verdict(False, state, words, nearest, None, steps, [])


def _why_not(
    person: Volunteer, known: Known, givers: set[int], place: Territory | None, day: date
) -> tuple[str, str, Grant | None]:
    """Return the state, the sentence and the grant that comes nearest, for a person who may not."""
    grants = [grant for grant in known.facts.grants if grant.role_id in givers]
    here = [grant for grant in grants if covers(grant.territory, place)]
    for grant in here:
        if any(start <= day <= end for start, end in known.facts.standing(grant).paused):
            return (*_stopped(grant, day), grant)
    for grant in grants:
        if grant not in here and known.facts.standing(grant).is_active(day):
            words = _("No. The role holds for %(place)s, not for this place.") % {"place": grant.territory}
            return "elsewhere", words, grant
    for grant in here:
        begins = min((start for start, _end in known.facts.standing(grant).active if start > day), default=None)
        if begins:
            return "before", _("Not yet. The role begins on %(day)s.") % {"day": day_in_words(begins)}, grant
    ended = [grant for grant in here if known.facts.standing(grant).begins]
    if ended:
        return (*_ended(ended[-1], known.facts, day), ended[-1])
    if person.territory_id is None and any(role.needs_place() for role in [*[g.role for g in grants]]):
        return "training", _("No. She has not said where she lives."), None
    return "training", _("No. She has not been given this role."), None


def _stopped(grant: Grant, day: date) -> tuple[str, str]:
    stops = [row for row in grant.periods.all() if row.kind in Period.STOPPING and row.starts_on <= day]
    stop = next((row for row in reversed(stops) if row.kind == Period.Kind.SUSPENDED), stops[-1])
    if stop.kind == Period.Kind.SUSPENDED:
        return "suspended", _("No. The coordination suspended the role on %(day)s: %(reason)s") % {
            "day": day_in_words(stop.starts_on),
            "reason": stop.reason,
        }
    return "paused", _("No. She paused the role herself on %(day)s.") % {"day": day_in_words(stop.starts_on)}


def _ended(grant: Grant, facts: Facts, day: date) -> tuple[str, str]:
    ends = [row for row in grant.periods.all() if row.kind in Period.ENDING and row.starts_on <= day]
    standing = facts.standing(grant)
    last = max((end for _start, end in joined([*standing.active, *standing.paused]) if end < day), default=None)
    if ends and (last is None or ends[-1].starts_on > last):
        if ends[-1].kind == Period.Kind.LEFT:
            return "left", _("No. She left the role on %(day)s.") % {"day": day_in_words(ends[-1].starts_on)}
        return "revoked", _("No. The role was revoked on %(day)s: %(reason)s") % {
            "day": day_in_words(ends[-1].starts_on),
            "reason": ends[-1].reason,
        }
    gone = [key for period in grant.periods.all() for item in period.evidence if (key := item["evidence"])]
    if any(str(key) in gone for key, on in facts.revoked.items() if on <= day):
        return "revoked", _("No. Something the role rests on was revoked.")
    if last is None:
        return "before", _("No. She did not hold the role yet.")
    return "over", _("No. The role ended on %(day)s.") % {"day": day_in_words(last)}


def _rests_on(grant: Grant, day: date) -> list[dict[str, Any]]:
    opening = [row for row in grant.periods.all() if row.kind in Period.OPENING and row.starts_on <= day]
    return opening[-1].evidence if opening else []


def missing_for(people: list[Volunteer], role: Role, day: date) -> dict[int, list[Step]]:
    """Return for people in training, by their ids, the steps of a role still missing (6 queries, however many)."""
    known = known_of(people, role.organisation)
    return {
        person.pk: [
            step
            for step in steps_of(role, path_for(role, known[person.pk], day), known[person.pk], day)
            if not step.met
        ]
        for person in people
    }

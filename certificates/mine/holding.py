"""The roles a person holds or held, as she reads them: how each stands today, until when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.appealing import can_appeal
from certificates.days import ONE, joined
from certificates.eligibility import Facts, Standing
from certificates.models import Grant, Period
from certificates.requiring import day_in_words
from people.models import Volunteer

Kind = Period.Kind


class State(StrEnum):
    """How a role stands today."""

    HOLDS = "holds"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    ENDED = "ended"


SENTENCES: dict[str, str | Promise] = {
    Kind.PAUSED: gettext_lazy("You put it in pause on %(day)s. You can take it up again whenever you want."),
    Kind.SUSPENDED: gettext_lazy("The coordination put it in pause on %(day)s."),
    Kind.LEFT: gettext_lazy("You left it on %(day)s."),
    Kind.REVOKED: gettext_lazy("The coordination ended it on %(day)s."),
}


@dataclass(frozen=True)
class Held:
    """One role given to her, as it stands on a day."""

    grant: Grant
    state: State
    until: date | None
    """The last day it holds, or would hold once it is taken up again; where it has ended, the last day it held."""
    decision: Period | None
    """What stopped or ended it, by herself or by the coordination."""
    is_cut_short: bool = False
    """It ended before its day, because evidence it rests on was revoked."""

    @property
    def words(self) -> str:
        """How it stands, in one calm sentence."""
        if self.decision:
            return str(SENTENCES[self.decision.kind]) % {"day": day_in_words(self.decision.starts_on)}
        if self.state == State.HOLDS:
            return _("You hold this role.")
        if self.until is None:
            return _("It does not hold any more.")
        if self.is_cut_short:
            given = {"day": day_in_words(self.until + ONE)}
            return _("It does not hold since %(day)s: something it rests on does not count any more.") % given
        return _("It ended on %(day)s.") % {"day": day_in_words(self.until)}

    @property
    def reason(self) -> str:
        """What the coordination wrote for her; empty for what she did herself."""
        return self.decision.reason if self.decision and self.state in {State.SUSPENDED, State.ENDED} else ""

    @property
    def can_leave(self) -> bool:
        """Whether there is still something to leave."""
        return self.state != State.ENDED

    def appealable(self, volunteer: Volunteer) -> Period | None:
        """Return the decision against her that she may ask another office to look at, or None."""
        return self.decision if self.decision and can_appeal(self.decision, volunteer) else None


def held_by(facts: Facts, day: date) -> list[Held]:
    """Return the roles a person holds or held, from her facts: those that hold first, then as they were given."""
    order = list(State)
    found = [held(grant, facts.standing(grant), day) for grant in facts.grants if grant.periods.all()]
    return sorted(found, key=lambda one: (order.index(one.state), one.grant.pk))


def held(grant: Grant, standing: Standing, day: date) -> Held:
    """Return how a grant (its periods loaded) stands on a day."""
    if (end := _end_of_run(standing.active, day)) is not None:
        return Held(grant, State.HOLDS, end, None)
    periods = list(grant.periods.all())
    if (end := _end_of_run(standing.paused, day)) is not None:
        stop = _stop(periods)
        is_own = stop is not None and stop.kind == Kind.PAUSED
        return Held(grant, State.PAUSED if is_own else State.SUSPENDED, end, stop)
    last = max((end for _start, end in [*standing.active, *standing.paused]), default=None)
    ended = periods[-1] if periods[-1].kind in Period.ENDING else None
    return Held(grant, State.ENDED, last, ended, ended is None and _was_cut(periods, last))


def _end_of_run(spans: Iterable[tuple[date, date]], day: date) -> date | None:
    return next((end for start, end in joined(spans) if start <= day <= end), None)


def _stop(periods: list[Period]) -> Period | None:
    """Return what stops a grant now: a suspension before a pause (as `eligibility.standing_of` reads)."""
    stops: list[Period] = []
    for period in periods:
        if period.kind in Period.STOPPING:
            stops.append(period)
        else:
            stops = []
    return next((period for period in stops if period.kind == Kind.SUSPENDED), stops[0] if stops else None)


def _was_cut(periods: list[Period], last: date | None) -> bool:
    planned: Any = max((period.ends_on for period in periods if period.ends_on), default=None)
    return last is not None and planned is not None and last < planned


def frozen_of(grant: Grant) -> list[dict[str, Any]]:
    """Return the evidence that the newest period of a grant was given with, as it was frozen."""
    opening = [period for period in grant.periods.all() if period.kind in Period.OPENING]
    return opening[-1].evidence if opening else []

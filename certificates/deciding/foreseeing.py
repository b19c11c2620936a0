"""What a decision would do now, told before it is taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from certificates.eligibility import Standing, facts_of, last_day
from certificates.granting import Dates, GrantRefused, dates_for, next_start, open_stop
from certificates.models import Grant, Period, Proposal, Role
from certificates.requiring import day_in_words
from certificates.spanning import today

MOST_YEARS = 5
"""No role is given for longer at once (`granting.take_over`)."""


@dataclass(frozen=True)
class Outlook:
    """What confirming a proposal would do: in words, and for which days; or why it cannot be."""

    words: str = ""
    dates: Dates | None = None
    problem: str = ""


def outlook_of(proposal: Proposal) -> Outlook:
    """Return what confirming one proposal would do now."""
    return outlooks_of([proposal])[proposal.pk]


def outlooks_of(proposals: Iterable[Proposal]) -> dict[int, Outlook]:
    """Return by their ids what confirming proposals would do now.

    3 queries, and one more for each role with each day on which it would begin, however many proposals there are.
    """
    proposals = list(proposals)
    facts = facts_of([proposal.volunteer for proposal in proposals])
    known: dict[tuple[int, date], Dates | GrantRefused] = {}
    found = {}
    for proposal in proposals:
        own = facts[proposal.volunteer_id]
        grants = [row for row in own.grants if _is_for(row, proposal)]
        found[proposal.pk] = _outlook(proposal, own.standing(grants[0]) if grants else Standing(), known)
    return found


def _is_for(grant: Grant, proposal: Proposal) -> bool:
    return grant.role_id == proposal.role_id and grant.territory_id == proposal.territory_id


def _outlook(proposal: Proposal, standing: Standing, known: dict[tuple[int, date], Dates | GrantRefused]) -> Outlook:
    if proposal.state != Proposal.State.OPEN:
        return Outlook(problem=_("Somebody has decided this already. Nothing was changed."))
    if proposal.kind == Proposal.Kind.SUSPENSION:
        return Outlook(_("The role stops today, until the coordination lets it go on."))
    start = next_start(standing)
    if (proposal.role_id, start) not in known:
        known[proposal.role_id, start] = _dates(proposal.role, start)
    dates = known[proposal.role_id, start]
    if isinstance(dates, GrantRefused):
        return Outlook(problem=str(dates))
    days = {"start": day_in_words(dates.starts_on), "end": day_in_words(dates.ends_on)}
    if standing.begins is None:
        words = _("She holds the role from %(start)s to %(end)s.") % days
    else:
        words = _("Her role is renewed: from %(start)s to %(end)s.") % days
    return Outlook(words, dates)


def _dates(role: Role, start: date) -> Dates | GrantRefused:
    try:
        return dates_for(role, start)
    except GrantRefused as refused:
        return refused


def decline_in_words(proposal: Proposal) -> str:
    """Return what declining a proposal does."""
    if proposal.kind == Proposal.Kind.SUSPENSION:
        return _("The role goes on as it is. She reads your reason.")
    if proposal.kind == Proposal.Kind.RENEWAL:
        return _("The role is not renewed and ends on its day. She reads your reason and can ask another office.")
    return _("She does not get the role. She reads your reason and can ask another office.")


# --- one grant -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Position:
    """How a grant stands today: in words, until when, and which acts are possible."""

    kind: str
    words: str
    acts: tuple[str, ...]
    until: date | None = None
    first_free: date | None = None
    """The day on which an extension would begin."""


def position_of(grant: Grant) -> Position:
    """Return how a grant stands today (4 queries)."""
    standing = facts_of([grant.volunteer])[grant.volunteer_id].standing(grant)
    day = today()
    if standing.is_active(day):
        until = last_day(standing, day)
        words = _("The role holds today, until %(day)s.") % {"day": day_in_words(until)}
        return Position("active", words, ("extend", "suspend", "revoke"), until, next_start(standing))
    stop = open_stop(grant)
    if stop and any(start <= day <= end for start, end in standing.paused):
        words = (
            _("She has paused the role herself.")
            if stop.kind == Period.Kind.PAUSED
            else _("The coordination has put the role in pause.")
        )
        return Position("paused", words, ("resume", "revoke"), max(end for _start, end in standing.paused))
    to_come = min((start for start, _end in standing.active if start > day), default=None)
    if to_come:
        words = _("The role begins on %(day)s.") % {"day": day_in_words(to_come)}
        return Position("to_come", words, ("revoke",), None, next_start(standing))
    return Position("over", _("The role does not hold today."), ())


def consequence_of(act: str, position: Position) -> str:
    """Return in words what an act on a grant would do."""
    if act == "extend":
        if not (position.until and position.first_free):
            return _("Only a role that holds today can be extended.")
        days = {"end": day_in_words(position.until), "start": day_in_words(position.first_free)}
        return _("The role holds until %(end)s. It will go on from %(start)s until the day you write.") % days
    if act == "suspend":
        return _(
            "From today she does not count for this role, and her card reads «Not valid on this date». "
            "It goes on when the coordination says so."
        )
    if act == "resume":
        if position.until is None:
            return _("From today she counts for this role again.")
        return _("From today she counts for this role again, until %(day)s.") % {"day": day_in_words(position.until)}
    return _(
        "The role ends today, and her card reads «Not valid on this date». "
        "To hold it again she needs a new proposal and a new decision."
    )

"""Deciding: giving, renewing, extending, suspending, resuming and revoking roles; pausing and leaving them oneself.

Each decision is one row (`Period`) with author, reason and frozen evidence, written while the grant's row is held:
two clicks, two coordinators or two browsers leave one. What is not possible is refused in words.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.days import ONE, months_after
from certificates.eligibility import Standing, facts_of
from certificates.models import Grant, MonitoringCycle, Period, Proposal, Role
from certificates.proposing import ask_back, propose_for
from certificates.requiring import day_in_words
from certificates.spanning import rebuild, today
from cms.auditing import record
from people.models import Territory, User, Volunteer
from people.public import may

Kind = Period.Kind
State = Proposal.State


class GrantRefused(Exception):
    """It cannot be done. The message says why and what can be done instead."""


@dataclass(frozen=True)
class Dates:
    """From when to when a role is to hold, and the monitoring cycle it follows, where it follows one."""

    starts_on: date
    ends_on: date
    cycle: MonitoringCycle | None = None


def dates_for(role: Role, starts_on: date) -> Dates:
    """Return from when to when a role holds that begins on a day. Raises `GrantRefused` where no cycle holds it."""
    if role.validity == Role.Validity.MONTHS:
        return Dates(starts_on, months_after(starts_on, role.months) - ONE)
    cycles = MonitoringCycle.objects.filter(
        organisation=role.organisation, starts_on__lte=starts_on, ends_on__gte=starts_on
    )
    cycle = cycles.order_by("-ends_on").first()
    if cycle is None:
        raise GrantRefused(
            _("No monitoring cycle of the organisation holds %(day)s. Write the cycle first, then decide.")
            % {"day": day_in_words(starts_on)}
        )
    return Dates(starts_on, cycle.ends_on, cycle)


# --- who may -------------------------------------------------------------------------------------------------------


def may_decide(user: Any, proposal: Proposal) -> bool:
    """Return whether a member of staff may decide a proposal: in her care, and not about herself.

    Once it has risen, the organisation's administrators may too, so that it never waits for one person for ever.
    """
    if not isinstance(user, User) or user.volunteer_id == proposal.volunteer_id:
        return False
    if may(user, "grant_role", proposal.volunteer):
        return True
    return proposal.level > 0 and may(user, "grant_risen", proposal.volunteer)


def _author(user: User, volunteer: Volunteer) -> Volunteer:
    """Return the person a member of staff is, if she may grant roles to a volunteer."""
    if user.volunteer is None or not may(user, "grant_role", volunteer):
        raise GrantRefused(_("This person is not in your care. Her own coordination decides."))
    if user.volunteer_id == volunteer.pk:
        raise GrantRefused(_("Nobody decides about herself. Ask another coordinator."))
    return user.volunteer


# --- proposals -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(proposal: Proposal, by: User, reason: str = "") -> Period:
    """Do what was proposed; return the period. Raises `GrantRefused` in words, e.g. when it was decided meanwhile."""
    held = _hold_open(proposal, by)
    _decide(held, by, State.CONFIRMED, reason)
    return _carry_out(held, _person(by), reason)


@transaction.atomic
def decline(proposal: Proposal, by: User, reason: str) -> None:
    """Decline what was proposed, with a reason that the volunteer reads (for a suspension: the role goes on)."""
    if not reason.strip():
        raise GrantRefused(_("Write the reason: the volunteer reads it."))
    _decide(_hold_open(proposal, by), by, State.DECLINED, reason)


def _hold_open(proposal: Proposal, by: User) -> Proposal:
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_decide(by, held):
        raise GrantRefused(_("This proposal is not for you to decide."))
    if held.state != State.OPEN:
        raise GrantRefused(_("Somebody has decided this already. Nothing was changed."))
    return held


def _person(user: User) -> Volunteer:
    assert user.volunteer is not None  # noqa: S101  (`may` has asked; tells mypy)
    return user.volunteer


def _decide(proposal: Proposal, by: User, state: State, reason: str) -> None:
    proposal.state, proposal.reason = state, reason.strip()
    proposal.decided_by, proposal.decided_at = by.volunteer, timezone.now()
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(f"proposal_{state}", proposal, actor=by)


def _carry_out(proposal: Proposal, author: Volunteer, reason: str) -> Period:
    """Write the period that a proposal asks for."""
    grant = grant_of(proposal.volunteer, proposal.role, proposal.territory)
    if proposal.kind == Proposal.Kind.SUSPENSION:
        words = reason or _("What the role rests on has lapsed.")
        return write(grant, Kind.SUSPENDED, Dates(today(), today()), author, words, proposal=proposal)
    standing = standing_now(grant)
    has_held = standing.begins is not None
    dates = dates_for(proposal.role, next_start(standing))
    kind = Kind.RENEWED if has_held else Kind.GRANTED
    return write(grant, kind, dates, author, reason, evidence=proposal.evidence, proposal=proposal)


def next_start(standing: Standing) -> date:
    """Return the day a new period begins: today, or the day after the last one that still runs."""
    last = max((end for _start, end in standing.active), default=None)
    return last + ONE if last and last >= today() else today()


# --- grants --------------------------------------------------------------------------------------------------------


def grant_of(volunteer: Volunteer, role: Role, territory: Territory | None) -> Grant:
    """Return the person's grant of a role for a place, made now if there is none; its row is held until commit."""
    try:
        with transaction.atomic():
            grant, _made = Grant.objects.get_or_create(volunteer=volunteer, role=role, territory=territory)
    except IntegrityError:  # somebody made it in the same moment
        grant = Grant.objects.get(volunteer=volunteer, role=role, territory=territory)
    return Grant.objects.select_for_update(of=("self",)).select_related("role", "volunteer").get(pk=grant.pk)


def standing_now(grant: Grant) -> Standing:
    """Return the days of a grant as the database has them now."""
    facts = facts_of([grant.volunteer])[grant.volunteer_id]
    return next((facts.standing(own) for own in facts.grants if own.pk == grant.pk), Standing())


def write(
    grant: Grant,
    kind: str,
    dates: Dates,
    author: Volunteer,
    reason: str = "",
    *,
    evidence: list[dict[str, Any]] | None = None,
    proposal: Proposal | None = None,
) -> Period:
    """Write the next period of a grant whose row is held, and the person's spans anew. Refuses what overlaps."""
    last = grant.periods.order_by("number").last()
    opening = kind in Period.OPENING
    if opening:
        refuse_overlap(grant, dates)
    period = Period.objects.create(
        grant=grant,
        number=last.number + 1 if last else 1,
        kind=kind,
        starts_on=dates.starts_on,
        ends_on=dates.ends_on if opening else None,
        cycle=dates.cycle if opening else None,
        by=author,
        reason=reason.strip(),
        evidence=evidence or [],
        proposal=proposal,
        recorded_at=timezone.now(),
    )
    record(f"role_{kind}", grant, actor=author, period=period.pk)
    rebuild([grant.volunteer])
    propose_for([grant.volunteer])  # other roles may ask for this one, or be given with it
    return period


def refuse_overlap(grant: Grant, dates: Dates) -> None:
    """Raise `GrantRefused` where a new period lies in the past or overlaps one that holds."""
    if dates.starts_on < today():
        raise GrantRefused(_("A role cannot be given for days that are over. It begins today at the earliest."))
    if dates.ends_on < dates.starts_on:
        raise GrantRefused(_("The end lies before the beginning."))
    standing = standing_now(grant)
    if any(start <= dates.ends_on and end >= dates.starts_on for start, end in [*standing.active, *standing.paused]):
        raise GrantRefused(_("The role already holds on days of this period. Extend it or wait until it ends."))


def hold(grant: Grant) -> Grant:
    """Return the grant with its row held until commit."""
    return Grant.objects.select_for_update(of=("self",)).select_related("role", "volunteer").get(pk=grant.pk)


@transaction.atomic
def extend(grant: Grant, until: date, by: User, reason: str) -> Period:
    """Let a role that holds go on until a later day."""
    author = _author(by, grant.volunteer)
    held = hold(grant)
    standing = standing_now(held)
    if not standing.is_active(today()):
        raise GrantRefused(_("The role does not hold today, so it cannot be extended. Renew it."))
    start = next_start(standing)
    if until < start:
        raise GrantRefused(_("The role already holds until then. Choose a later day."))
    return write(held, Kind.EXTENDED, Dates(start, until), author, reason)


@transaction.atomic
def suspend(grant: Grant, by: User, reason: str) -> Period:
    """Stop a role from today, with a reason the volunteer reads, until it is resumed."""
    author = _author(by, grant.volunteer)
    held = hold(grant)
    if not reason.strip():
        raise GrantRefused(_("Write the reason: the volunteer reads it."))
    if not standing_now(held).is_active(today()):
        raise GrantRefused(_("The role does not hold today, so there is nothing to suspend."))
    return write(held, Kind.SUSPENDED, Dates(today(), today()), author, reason)


@transaction.atomic
def resume(grant: Grant, by: User, reason: str = "") -> Period:
    """Let a suspended or paused role go on from today."""
    author = _author(by, grant.volunteer)
    held = hold(grant)
    if open_stop(held) is None:
        raise GrantRefused(_("The role is not suspended."))
    return write(held, Kind.RESUMED, Dates(today(), today()), author, reason)


@transaction.atomic
def revoke_role(grant: Grant, by: User, reason: str) -> Period:
    """End a role from today, with a reason the volunteer reads."""
    author = _author(by, grant.volunteer)
    held = hold(grant)
    if not reason.strip():
        raise GrantRefused(_("Write the reason: the volunteer reads it."))
    standing = standing_now(held)
    if not any(end >= today() for _start, end in [*standing.active, *standing.paused]):
        raise GrantRefused(_("The role does not hold any more, so there is nothing to revoke."))
    return write(held, Kind.REVOKED, Dates(today(), today()), author, reason)


def open_stop(grant: Grant) -> Period | None:
    """Return the suspension (before a pause) that stops a grant now, or None."""
    stops: list[Period] = []
    for period in grant.periods.order_by("number"):
        stops = [*stops, period] if period.kind in Period.STOPPING else []
    suspended = [period for period in stops if period.kind == Kind.SUSPENDED]
    return next(iter(suspended or stops), None)


# --- herself -------------------------------------------------------------------------------------------------------


@transaction.atomic
def pause(grant: Grant, volunteer: Volunteer) -> Period:
    """Let a volunteer pause her own role from today. Nobody asks her why."""
    held = _own(grant, volunteer)
    if not standing_now(held).is_active(today()):
        raise GrantRefused(_("The role does not hold today, so there is nothing to pause."))
    return write(held, Kind.PAUSED, Dates(today(), today()), volunteer)


@transaction.atomic
def go_on(grant: Grant, volunteer: Volunteer) -> Period:
    """Let a volunteer take her own paused role up again from today."""
    held = _own(grant, volunteer)
    stop = open_stop(held)
    if stop is None:
        raise GrantRefused(_("The role is not paused."))
    if stop.kind == Kind.SUSPENDED:
        raise GrantRefused(_("The coordination suspended this role. Only the coordination can resume it."))
    return write(held, Kind.RESUMED, Dates(today(), today()), volunteer)


@transaction.atomic
def leave(grant: Grant, volunteer: Volunteer) -> Period:
    """Let a volunteer leave her own role from today. Nobody asks her why."""
    held = _own(grant, volunteer)
    standing = standing_now(held)
    if not any(end >= today() for _start, end in [*standing.active, *standing.paused]):
        raise GrantRefused(_("You do not hold this role any more."))
    Proposal.objects.open().filter(volunteer=volunteer, role=held.role).update(
        state=State.WITHDRAWN, decided_at=timezone.now()
    )
    return write(held, Kind.LEFT, Dates(today(), today()), volunteer)


@transaction.atomic
def come_back(grant: Grant, volunteer: Volunteer) -> Proposal:
    """Let a volunteer ask for a role that she left; a coordinator decides."""
    held = _own(grant, volunteer)
    last = held.periods.order_by("number").last()
    if last is None or last.kind != Kind.LEFT:
        raise GrantRefused(_("You have not left this role. Talk with your coordination."))
    proposal = ask_back(held)
    if proposal is None:
        raise GrantRefused(_("It waits for a decision already, or a step is missing now. «My roles» says which."))
    return proposal


def _own(grant: Grant, volunteer: Volunteer) -> Grant:
    if grant.volunteer_id != volunteer.pk:
        raise GrantRefused(_("This is not your role."))
    return hold(grant)


# --- taken over from before the school -----------------------------------------------------------------------------


@transaction.atomic
def take_over(
    volunteer: Volunteer, role: Role, territory: Territory | None, until: date, by: User, evidence: list[dict[str, Any]]
) -> Period:
    """Give a role from today until a day to a person of the existing network, recognised by experience."""
    author = _author(by, volunteer)
    if until > today() + timedelta(days=365 * 5):
        raise GrantRefused(_("Recognise for five years at most."))
    grant = grant_of(volunteer, role, territory)
    return write(grant, Kind.GRANTED, Dates(today(), until), author, evidence=evidence)

"""Asking another office to look again: a volunteer appeals against a refusal, a suspension or a revocation."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.eligibility import Standing
from certificates.granting import (
    Dates,
    GrantRefused,
    Kind,
    State,
    dates_for,
    grant_of,
    hold,
    next_start,
    open_stop,
    standing_now,
    write,
)
from certificates.models import Appeal, Period, Proposal
from certificates.spanning import today
from cms.auditing import record
from people.models import User, Volunteer
from people.public import may

APPEALABLE = (Kind.SUSPENDED, Kind.REVOKED)


@transaction.atomic
def appeal(decision: Proposal | Period, volunteer: Volunteer, words: str) -> Appeal:
    """Keep a volunteer's appeal against a decision about herself. Once for each decision; raises `GrantRefused`."""
    if not can_appeal(decision, volunteer):
        raise GrantRefused(_("There is nothing here that can be looked at again."))
    about = {"proposal": decision} if isinstance(decision, Proposal) else {"period": decision}
    try:
        with transaction.atomic():
            made = Appeal.objects.create(volunteer=volunteer, words=words.strip(), made_at=timezone.now(), **about)
    except IntegrityError as problem:
        raise GrantRefused(_("You have asked for this already. Another office looks at it.")) from problem
    record("decision_appealed", made)
    return made


def can_appeal(decision: Proposal | Period, volunteer: Volunteer) -> bool:
    """Return whether a decision is about the volunteer, went against her and was not her own."""
    if isinstance(decision, Proposal):
        about_her = decision.volunteer_id == volunteer.pk
        return about_her and decision.state == State.DECLINED and decision.kind != Proposal.Kind.SUSPENSION
    return decision.grant.volunteer_id == volunteer.pk and decision.kind in APPEALABLE


def author_of(found: Appeal) -> Volunteer | None:
    """Return who took the decision that is appealed."""
    if found.proposal:
        return found.proposal.decided_by
    assert found.period is not None  # noqa: S101  (a constraint of the table; tells mypy)
    return found.period.by


def may_decide_appeal(user: User, found: Appeal) -> bool:
    """Return whether a member of staff may decide an appeal: another person than who decided first, and not hers."""
    first = author_of(found)
    if user.volunteer is None or user.volunteer == first or user.volunteer_id == found.volunteer_id:
        return False
    return may(user, "decide_appeal", found.volunteer)


@transaction.atomic
def decide_appeal(found: Appeal, by: User, upheld: bool, answer: str) -> Appeal:
    """Decide an appeal with an answer the volunteer reads; where the first decision does not stay, undo it."""
    held = Appeal.objects.select_for_update().get(pk=found.pk)
    if not may_decide_appeal(by, held):
        raise GrantRefused(_("Another office must decide this: not who decided first."))
    if held.decided_at is not None:
        raise GrantRefused(_("Somebody has decided this already. Nothing was changed."))
    if not answer.strip():
        raise GrantRefused(_("Write the answer: the volunteer reads it."))
    assert by.volunteer is not None  # noqa: S101  (asked above; tells mypy)
    if not upheld:
        _undo(held, by.volunteer, answer)
    held.decided_by, held.decided_at = by.volunteer, timezone.now()
    held.upheld, held.answer = upheld, answer.strip()
    held.save(update_fields=["decided_by", "decided_at", "upheld", "answer"])
    record("appeal_decided", held, actor=by, upheld=upheld)
    return held


def _undo(found: Appeal, author: Volunteer, answer: str) -> None:
    if found.proposal:
        proposal = found.proposal
        grant = grant_of(proposal.volunteer, proposal.role, proposal.territory)
        standing = standing_now(grant)
        kind = Kind.GRANTED if standing.begins is None else Kind.RENEWED
        dates = dates_for(proposal.role, next_start(standing))
        write(grant, kind, dates, author, answer, evidence=proposal.evidence, proposal=proposal)
        return
    assert found.period is not None  # noqa: S101  (a constraint of the table; tells mypy)
    held = hold(found.period.grant)
    if found.period.kind == Kind.SUSPENDED:
        if open_stop(held):
            write(held, Kind.RESUMED, Dates(today(), today()), author, answer)
        return
    before = held.periods.filter(number__lt=found.period.number, kind__in=Period.OPENING).last()
    if before and before.ends_on and before.ends_on >= today() and not _holds(standing_now(held)):
        write(
            held,
            Kind.GRANTED,
            Dates(today(), before.ends_on, before.cycle),
            author,
            answer,
            evidence=before.evidence,
        )


def _holds(standing: Standing, day: date | None = None) -> bool:
    return standing.is_active(day or today())

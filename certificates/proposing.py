"""What the school proposes: to give a role when its requirements are met, to renew it, to suspend what lapsed.

A proposal is never a decision. It waits for a coordinator (`granting`), and rises when nobody decides.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.days import months_after
from certificates.eligibility import Standing, last_day
from certificates.models import Grant, Proposal, Role
from certificates.requiring import Known, Path, Step, frozen, known_of, roles_with_requirements, steps_of
from certificates.spanning import batches, today
from cms.auditing import record
from people.models import Volunteer

RENEWAL_DAYS = 60
"""So many days before its end the renewal of a role is proposed."""
MOST_LEVELS = 2
Kind = Proposal.Kind
State = Proposal.State


def propose_for(people: Iterable[Volunteer], day: date | None = None) -> list[Proposal]:
    """Write what there is to propose for people on a day (today when none is given); return the new proposals.

    Twice proposes once. What was declined is proposed again only when there is newer evidence.
    """
    day = day or today()
    made = []
    by_organisation: dict[Any, list[Volunteer]] = {}
    for person in people:
        if person.erased_at is None:
            by_organisation.setdefault(person.organisation, []).append(person)
    for organisation, members in by_organisation.items():
        known = known_of(members, organisation)
        roles = list(roles_with_requirements(organisation))
        before = _proposals_of(members)
        for person in members:
            for role in roles:
                earlier = before.get((person.pk, role.pk), [])
                asked = any(row.state == State.OPEN for row in earlier)
                wanted = wanted_for(person, role, known[person.pk], day, asked=asked)
                earlier = _without_unfounded(earlier, wanted)
                if wanted and not _is_answered(earlier, wanted, known[person.pk]):
                    made += _write(person, role, *wanted)
    return made


def _without_unfounded(before: list[Proposal], wanted: tuple[Proposal.Kind, Any] | None) -> list[Proposal]:
    """Withdraw an open proposal that nothing speaks for any more; return the others."""
    unfounded = [row for row in before if row.state == State.OPEN and (wanted is None or row.kind != wanted[0])]
    for proposal in unfounded:
        Proposal.objects.open().filter(pk=proposal.pk).update(state=State.WITHDRAWN, decided_at=timezone.now())
    return [row for row in before if row not in unfounded]


def wanted_for(
    person: Volunteer, role: Role, known: Known, day: date, *, asked: bool = False
) -> tuple[Proposal.Kind, list[dict[str, Any]]] | None:
    """Return what to propose for a person and role on a day, with the evidence behind it, or None.

    `asked` says that it is proposed already: she may have asked for a role that she left.
    """
    if role.needs_place() and person.territory_id is None:
        return None
    grants = [grant for grant in known.facts.grants if grant.role_id == role.pk]
    active = [grant for grant in grants if known.facts.standing(grant).is_active(day)]
    if active:
        return _for_active(role, active[0], known, day)
    if any(_is_stopped(known.facts.standing(grant), day) for grant in grants):
        return None
    if known.may_do(role.pk, day):  # another role gives it already
        return None
    if not asked and any(_was_ended(grant, known) for grant in grants):
        return None
    steps = steps_of(role, path_for(role, known, day), known, day)
    if steps and all(step.met for step in steps):
        return (Kind.GRANT, frozen(steps))
    return None


def _for_active(role: Role, grant: Grant, known: Known, day: date) -> tuple[Proposal.Kind, list[dict[str, Any]]] | None:
    lapsed = lapsed_evidence(grant, known, day)
    if lapsed:
        return (Kind.SUSPENSION, lapsed)
    end = last_day(known.facts.standing(grant), day)
    if end > day + timedelta(days=RENEWAL_DAYS):
        return None
    steps = steps_of(role, path_for(role, known, day), known, day)
    return (Kind.RENEWAL, frozen(steps)) if steps and all(step.met for step in steps) else None


def path_for(role: Role, known: Known, day: date) -> str:
    """Return which path a person goes to a role on a day: the shorter one while she holds it and for a while after."""
    ends = [
        end
        for grant in known.facts.grants
        if grant.role_id == role.pk
        for start, end in known.facts.standing(grant).active
        if start <= day
    ]
    has_shorter = any(requirement.path == Path.RENEWAL for requirement in role.requirements.all())
    if has_shorter and ends and months_after(min(max(ends), day), role.reactivation_months) >= day:
        return Path.RENEWAL
    return Path.FIRST


def lapsed_evidence(grant: Grant, known: Known, day: date) -> list[dict[str, Any]]:
    """Return the evidence a grant rests on that has grown too old by a day and that nothing younger replaces."""
    opening = [period for period in grant.periods.all() if period.kind in period.OPENING and period.starts_on <= day]
    items = opening[-1].evidence if opening else []
    return [
        item
        for item in items
        if item["lapses_on"] and item["lapses_on"] < day.isoformat() and not _renewed(item, known, day)
    ]


def _renewed(item: dict[str, Any], known: Known, day: date) -> bool:
    return any(
        row.kind == item["kind"] and row.subject == item["subject"] and row.day.isoformat() > item["day"]
        for row in known.evidence
        if row.stands(day)
    )


def _was_ended(grant: Grant, known: Known) -> bool:
    """Return whether she left a role or it was revoked, and nothing that speaks for it was recorded since.

    Whoever left is not called back; she asks herself (`ask_back`).
    """
    last = max(grant.periods.all(), key=lambda period: period.number, default=None)
    if last is None or last.kind not in last.ENDING:
        return False
    return not any(row.recorded_at > last.recorded_at for row in known.evidence)


def ask_back(grant: Grant, day: date | None = None) -> Proposal | None:
    """Propose, because she asks for it, a role that she left; None where its requirements are not met any more."""
    day, person = day or today(), grant.volunteer
    role = roles_with_requirements(grant.role.organisation).filter(pk=grant.role_id).first()
    if role is None or Proposal.objects.open().filter(volunteer=person, role=role).exists():
        return None
    known = known_of([person], person.organisation)[person.pk]
    steps = steps_of(role, path_for(role, known, day), known, day)
    if not steps or not all(step.met for step in steps):
        return None
    return next(iter(_write(person, role, Kind.GRANT, frozen(steps))), None)


def _is_stopped(standing: Standing, day: date) -> bool:
    return any(start <= day <= end for start, end in standing.paused)


def _proposals_of(people: list[Volunteer]) -> dict[tuple[int, int], list[Proposal]]:
    found: dict[tuple[int, int], list[Proposal]] = {}
    for proposal in Proposal.objects.filter(volunteer__in=people).order_by("pk"):
        found.setdefault((proposal.volunteer_id, proposal.role_id), []).append(proposal)
    return found


def _is_answered(before: list[Proposal], wanted: tuple[str, list[dict[str, Any]]], known: Known) -> bool:
    """Return whether the same was proposed and is open, or was declined and nothing newer speaks for it."""
    if any(proposal.state == State.OPEN for proposal in before):
        return True
    same = [proposal for proposal in before if proposal.kind == wanted[0] and proposal.state == State.DECLINED]
    if not same:
        return False
    if wanted[0] == Kind.SUSPENSION:
        return same[-1].evidence == wanted[1]
    newest = max((row.recorded_at for row in known.evidence), default=None)
    assert same[-1].decided_at is not None  # noqa: S101  (a constraint of the table; tells mypy)
    return newest is None or newest <= same[-1].decided_at


def _write(person: Volunteer, role: Role, kind: Proposal.Kind, evidence: list[dict[str, Any]]) -> list[Proposal]:
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                volunteer=person,
                role=role,
                territory=role.place_for(person.territory),
                kind=kind,
                evidence=evidence,
                proposed_at=timezone.now(),
            )
    except IntegrityError:  # another fact of hers proposed it at the same time
        return []
    record("role_proposed", proposal, kind=kind, role=role.pk, volunteer=person.pk)
    return [proposal]


def propose_daily(day: date | None = None, progress: Callable[[int, int], None] | None = None) -> int:
    """Propose what the calendar brings (renewals, lapses) for everybody who was ever given a role; return how many.

    `progress(done, total)` is called on the way.
    """
    day, made, done = day or today(), 0, 0
    keys = list(
        Volunteer.objects.filter(erased_at=None, grants__isnull=False)
        .order_by("pk")
        .distinct()
        .values_list("pk", flat=True)
    )
    rows = Volunteer.objects.select_related("organisation", "territory__parent")
    for some in batches(keys):
        made += len(propose_for(rows.filter(pk__in=some), day))
        done += len(some)
        if progress:
            progress(done, len(keys))
    return made


def raise_waiting(now: datetime) -> int:
    """Let proposals that waited too long rise to the next level; return how many rose. Late or twice rises once."""
    rose = 0
    for proposal in Proposal.objects.open().filter(level__lt=MOST_LEVELS).select_related("role"):
        level = min(days_waiting(proposal, now) // proposal.role.waiting_days, MOST_LEVELS)
        if level > proposal.level:
            changed = Proposal.objects.open().filter(pk=proposal.pk, level=proposal.level).update(level=level)
            rose += changed
            if changed:
                record("proposal_risen", proposal, level=level)
    return rose


def days_waiting(proposal: Proposal, now: datetime) -> int:
    """Return for how many days a proposal has waited."""
    return (timezone.localtime(now).date() - timezone.localtime(proposal.proposed_at).date()).days


def missing_steps(role: Role, known: Known, day: date) -> list[Step]:
    """Return the steps of a role that a person has still to take on a day."""
    return [step for step in steps_of(role, path_for(role, known, day), known, day) if not step.met]

"""The history of a role given, proposed or declined: what, when, by which office, why, and resting on what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.deciding.offices import Offices
from certificates.models import Appeal, Grant, Period, Proposal
from certificates.requiring import day_in_words

WORDS: dict[str, str | Promise] = {
    Period.Kind.GRANTED: gettext_lazy("The role was given"),
    Period.Kind.RENEWED: gettext_lazy("The role was renewed"),
    Period.Kind.EXTENDED: gettext_lazy("The role was extended"),
    Period.Kind.SUSPENDED: gettext_lazy("The coordination put the role in pause"),
    Period.Kind.PAUSED: gettext_lazy("She paused the role"),
    Period.Kind.RESUMED: gettext_lazy("The role goes on"),
    Period.Kind.REVOKED: gettext_lazy("The coordination ended the role"),
    Period.Kind.LEFT: gettext_lazy("She left the role"),
}
DECLINED: dict[str, str | Promise] = {
    Proposal.Kind.GRANT: gettext_lazy("The role was not given"),
    Proposal.Kind.RENEWAL: gettext_lazy("The role was not renewed"),
    Proposal.Kind.SUSPENSION: gettext_lazy("The pause that was proposed was declined"),
}


@dataclass(frozen=True)
class Fact:
    """One piece of evidence as it was frozen: what it meets, its day, and until when it is young enough."""

    words: str
    day: date | None
    until: date | None


@dataclass(frozen=True)
class Act:
    """One thing that happened with a role."""

    at: datetime
    words: str
    days: str
    office: str
    reason: str
    facts: list[Fact]


def facts_in(frozen: Iterable[dict[str, Any]]) -> list[Fact]:
    """Return frozen evidence (`requiring.frozen`) as facts to show."""
    return [
        Fact(
            item.get("words") or _("Evidence"),
            date.fromisoformat(item["day"]) if item.get("day") else None,
            date.fromisoformat(item["lapses_on"]) if item.get("lapses_on") else None,
        )
        for item in frozen
    ]


def history_of(grants: Iterable[Grant], declined: Iterable[Proposal] = ()) -> list[Act]:
    """Return what happened with grants and declined proposals of one person, the newest first (2 queries)."""
    periods = list(Period.objects.filter(grant__in=list(grants)).select_related("grant").order_by("number"))
    declined = list(declined)
    offices = Offices([*(row.by_id for row in periods), *(row.decided_by_id for row in declined)])
    acts = [
        Act(
            row.recorded_at,
            str(WORDS[row.kind]),
            _days(row),
            offices.of(row.by_id, timezone.localdate(row.recorded_at), herself=row.grant.volunteer_id),
            row.reason,
            facts_in(row.evidence),
        )
        for row in periods
    ]
    acts += [
        Act(
            row.decided_at,
            str(DECLINED[row.kind]),
            "",
            offices.of(row.decided_by_id, timezone.localdate(row.decided_at)),
            row.reason,
            facts_in(row.evidence),
        )
        for row in declined
        if row.decided_at
    ]
    return sorted(acts, key=lambda act: act.at, reverse=True)


def _days(period: Period) -> str:
    if period.ends_on is None:
        return _("from %(start)s") % {"start": day_in_words(period.starts_on)}
    return _("from %(start)s to %(end)s") % {
        "start": day_in_words(period.starts_on),
        "end": day_in_words(period.ends_on),
    }


def verdict_of(proposal: Proposal) -> str:
    """Return in words who decided a proposal and when, by office; empty while it is open (1 query)."""
    if proposal.state == Proposal.State.OPEN:
        return ""
    day = timezone.localdate(proposal.decided_at) if proposal.decided_at else None
    if proposal.state == Proposal.State.WITHDRAWN:
        return _("The school withdrew this proposal: what it rested on does not speak for it any more.")
    said = {
        "office": Offices([proposal.decided_by_id]).of(proposal.decided_by_id, day),
        "day": day_in_words(day) if day else "",
    }
    if proposal.state == Proposal.State.CONFIRMED:
        return _("Confirmed by %(office)s on %(day)s.") % said
    return _("Declined by %(office)s on %(day)s.") % said


def first_decision(appeal: Appeal, offices: Offices) -> Act:
    """Return the decision an appeal is about; `offices` know its author."""
    if appeal.proposal:
        row, at = appeal.proposal, appeal.proposal.decided_at or appeal.made_at
        office = offices.of(row.decided_by_id, timezone.localdate(at))
        return Act(at, str(DECLINED[row.kind]), "", office, row.reason, facts_in(row.evidence))
    assert appeal.period is not None  # noqa: S101  (a constraint of the table; tells mypy)
    period = appeal.period
    office = offices.of(period.by_id, timezone.localdate(period.recorded_at))
    return Act(period.recorded_at, str(WORDS[period.kind]), _days(period), office, period.reason, [])

"""Roles that end soon and that nothing follows, for the coordinators who answer for the people."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from certificates.deciding.caring import in_care
from certificates.deciding.reminding import NeutralReminder, neutral_reminder
from certificates.models import Proposal, Span
from certificates.spanning import today

SOON = timedelta(days=60)
"""As long before its end as the renewal of a role is proposed (`proposing.RENEWAL_DAYS`)."""


@dataclass(frozen=True)
class Ending:
    """A role that ends soon: its last days, the renewal that is proposed, and a reminder to send."""

    span: Span
    renewal: Proposal | None
    reminder: NeutralReminder
    days_left: int


def ending_for(user: Any, day: date | None = None) -> QuerySet[Span]:
    """Return the last days of roles that hold on a day (today) and end soon, in the user's care, the soonest first."""
    day = day or today()
    after = Span.objects.filter(
        volunteer=OuterRef("volunteer"), role=OuterRef("role"), kind=Span.Kind.ACTIVE, starts_on__gt=OuterRef("ends_on")
    )
    same_place = Q(territory=OuterRef("territory")) | Q(territory=None)
    found = Span.objects.on(day).filter(
        in_care(user, "grant_role"), kind=Span.Kind.ACTIVE, ends_on__lte=day + SOON, role=F("grant__role")
    )
    return found.exclude(Exists(after.filter(same_place))).order_by("ends_on", "pk")


def endings_of(spans: list[Span], day: date | None = None) -> list[Ending]:
    """Return spans with what is needed to act on them (1 query; the spans' people and roles are loaded)."""
    day = day or today()
    open_ones = Proposal.objects.open().filter(
        kind=Proposal.Kind.RENEWAL, volunteer__in={span.volunteer_id for span in spans}
    )
    renewals = {(row.volunteer_id, row.role_id): row for row in open_ones}
    return [
        Ending(
            span,
            renewals.get((span.volunteer_id, span.role_id)),
            neutral_reminder(span.volunteer.language),
            (span.ends_on - day).days,
        )
        for span in spans
    ]

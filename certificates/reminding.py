"""Reminding a person 60, 30 and 7 days before a role of hers ends: once each, however late or often the job runs."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils import timezone

from certificates.models import Grant, Reminder, Span

DAYS_BEFORE = (7, 30, 60)
"""The days of issue 4, the nearest first."""
AT_ONCE = 1000


def remind(today: date) -> int:
    """Write the reminders that are due on a day; return how many.

    A run that comes late writes only the nearest one that is due, not those it has missed. A period that is extended
    or renewed has another end, and so new reminders.
    """
    now = timezone.now()
    after = -1
    for days in DAYS_BEFORE:
        found = due(today, days, today + timedelta(days=after + 1)).values_list("own", "ends_on")
        rows = [Reminder(grant_id=own, ends_on=end, days_before=days, made_at=now) for own, end in found]
        with transaction.atomic():
            Reminder.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)  # two runs at once write one
        after = days
    return Reminder.objects.filter(made_at=now).count()


def due(today: date, days: int, first_end: date) -> QuerySet[Any]:
    """Return what is active today, ends from `first_end` to so many days ahead, and has no reminder as near as that.

    Each row tells `own`, the grant of that very role and place: a span may rest on a role that includes it.
    """
    same_place = Q(territory=OuterRef("territory")) | Q(IsNull(OuterRef("territory"), True), territory=None)
    own = Grant.objects.filter(same_place, volunteer=OuterRef("volunteer"), role=OuterRef("role"))
    made = Reminder.objects.filter(grant=OuterRef("own"), ends_on=OuterRef("ends_on"), days_before__lte=days)
    ending = Span.objects.on(today).filter(
        kind=Span.Kind.ACTIVE, ends_on__range=(first_end, today + timedelta(days=days)), volunteer__erased_at=None
    )
    return ending.annotate(own=Subquery(own.values("pk")[:1])).filter(~Exists(made), own__isnull=False).order_by("pk")


def newest_reminders(grants: Iterable[Grant]) -> dict[int, Reminder]:
    """Return the newest reminder of each grant that has one, by the grant's id (1 query)."""
    rows = Reminder.objects.filter(grant__in=[grant.pk for grant in grants]).order_by("made_at", "-days_before", "pk")
    return {row.grant_id: row for row in rows}

"""Days and rows of days: both ends included, in the organisation's time zone (the school's `TIME_ZONE`)."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

Days = tuple[date, date]
"""A first and a last day, both included."""
ONE = timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier when negative), or the month's last day where it has none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def joined(spans: Iterable[Days]) -> list[Days]:
    """Return spans in order, with those that touch or overlap joined."""
    found: list[Days] = []
    for start, end in sorted(span for span in spans if span[0] <= span[1]):
        if found and (found[-1][1] == date.max or start <= found[-1][1] + ONE):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Days], taken: Iterable[Days]) -> list[Days]:
    """Return what is left of spans, in order, when others are taken out."""
    left = joined(spans)
    for first, last in joined(taken):
        parts: list[Days] = []
        for start, end in left:
            if end < first or start > last:
                parts.append((start, end))
                continue
            if start < first:
                parts.append((start, first - ONE))
            if end > last:
                parts.append((last + ONE, end))
        left = parts
    return left

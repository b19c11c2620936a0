"""What happened with a role, told to her who holds it: what, when, why, and by which office."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from certificates.deciding.offices import Offices
from certificates.models import Grant, Period

WORDS: dict[str, str | Promise] = {
    Period.Kind.GRANTED: gettext_lazy("You were given the role"),
    Period.Kind.RENEWED: gettext_lazy("The role was renewed"),
    Period.Kind.EXTENDED: gettext_lazy("The role was extended"),
    Period.Kind.SUSPENDED: gettext_lazy("The coordination put the role in pause"),
    Period.Kind.PAUSED: gettext_lazy("You put the role in pause"),
    Period.Kind.RESUMED: gettext_lazy("The role goes on"),
    Period.Kind.REVOKED: gettext_lazy("The coordination ended the role"),
    Period.Kind.LEFT: gettext_lazy("You left the role"),
}


@dataclass(frozen=True)
class Chapter:
    """One thing that happened with a role."""

    day: date
    until: date | None
    words: str
    office: str
    """Which office did it; empty for what she did herself."""
    reason: str


def story_of(grant: Grant) -> list[Chapter]:
    """Return what happened with a grant (its periods loaded), the newest first (1 query)."""
    periods = list(grant.periods.all())
    offices = Offices(row.by_id for row in periods)
    return [
        Chapter(
            row.starts_on,
            row.ends_on,
            str(WORDS[row.kind]),
            "" if row.by_id == grant.volunteer_id else offices.of(row.by_id, timezone.localdate(row.recorded_at)),
            row.reason,
        )
        for row in reversed(periods)
    ]

"""Who decided, told as an office: a name is nobody's business, the office answers for the decision."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from people.models import Responsibility

Kind = Responsibility.Kind
FIRST = (Kind.COORDINATOR, Kind.ADMINISTRATOR)


class Offices:
    """The offices that people hold or held, by day."""

    def __init__(self, people: Iterable[int | None]) -> None:
        """Learn the offices of people, by their ids (1 query)."""
        self._held: dict[int, list[Responsibility]] = defaultdict(list)
        keys = {key for key in people if key}
        for row in Responsibility.objects.filter(volunteer__in=keys).select_related("territory", "organisation"):
            self._held[row.volunteer_id].append(row)

    def of(self, person: int | None, day: date | None, *, herself: int | None = None) -> str:
        """Return in words the office a person (id) held on a day; `herself` is who it was decided about."""
        if person is not None and person == herself:
            return _("she herself")
        rows = [row for row in self._held.get(person or 0, []) if day is None or _holds(row, day)]
        return _words(min(rows, key=_rank)) if rows else _("the coordination")


def _holds(row: Responsibility, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def _rank(row: Responsibility) -> Any:
    return (FIRST.index(Kind(row.kind)) if row.kind in FIRST else len(FIRST), row.pk)


def _words(row: Responsibility) -> str:
    place = row.territory.name if row.territory else row.organisation.name
    if row.kind == Kind.COORDINATOR:
        return _("the coordination of %(place)s") % {"place": place}
    if row.kind == Kind.ADMINISTRATOR:
        return _("the administration of %(place)s") % {"place": place}
    return _("%(office)s of %(place)s") % {"office": row.get_kind_display(), "place": place}

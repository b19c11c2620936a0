"""Forgetting: 30 days after a visit its names and places go; counts and evidence stay."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from certificates.models import Visit, VisitPerson
from certificates.visits.planning import KEPT
from cms.auditing import record

AT_ONCE = 200


def wipe_old(today: date) -> int:
    """Delete names and places of visits whose day is 30 days ago or more; return of how many.

    Late or twice is once: what is forgotten is not counted again. Municipality, kind of service and counts stay.
    """
    wiped = 0
    while some := _wipe_some(today):
        wiped += some
    return wiped


@transaction.atomic
def _wipe_some(today: date) -> int:
    due = Visit.objects.select_for_update().filter(wiped_at=None, day__lte=today - KEPT).order_by("pk")
    visits = list(due[:AT_ONCE])
    keys = [visit.pk for visit in visits]
    VisitPerson.objects.filter(visit__in=keys).delete()
    Visit.objects.filter(pk__in=keys).update(place="", facility="", purpose="", contact="", wiped_at=timezone.now())
    for visit in visits:
        record("visit_wiped", visit)
    return len(visits)

"""What the calendar brings, done once a day by the worker."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from certificates.models import Reminder
from cms.housekeeping import keep_house
from cms.models import Job
from cms.working import run_next


def test_the_day_is_kept_once_however_often_the_house_is(make_member, give_role):
    grant = give_role(make_member(), days=30)
    for _time in range(3):
        keep_house()
    while run_next():
        pass

    assert Job.objects.filter(kind="keep_roles").count() == 1
    assert Reminder.objects.get().grant == grant
    with time_machine.travel(timezone.now() + timedelta(days=23)):
        keep_house()
        while run_next():
            pass
        assert list(Reminder.objects.values_list("days_before", flat=True)) == [30, 7]

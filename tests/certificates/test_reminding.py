"""Reminders: 60, 30 and 7 days before an end, once each, however late or often the job runs."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.granting import extend, leave, pause
from certificates.models import Reminder
from certificates.reminding import newest_reminders, remind


@pytest.fixture
def rosa(make_member):
    return make_member()


@pytest.fixture
def grant(rosa, give_role):
    """A role of Rosa's that holds 100 more days."""
    return give_role(rosa, days=100)


def on_day(number):
    """Move to the day that lies so many days ahead, in the middle of it."""
    return time_machine.travel(timezone.now() + timedelta(days=number))


def run_after(days):
    with on_day(days):
        return remind(timezone.localdate())


def written(grant):
    return list(Reminder.objects.filter(grant=grant).order_by("pk").values_list("days_before", flat=True))


def test_each_reminder_is_written_on_its_day_and_none_before(grant):
    assert [run_after(day) for day in (0, 39, 40, 41, 69, 70, 92, 93, 99, 100)] == [0, 0, 1, 0, 0, 1, 0, 1, 0, 0]

    assert written(grant) == [60, 30, 7]


def test_a_job_that_runs_twice_writes_once(grant):
    assert run_after(45) == 1
    assert run_after(45) == 0

    assert written(grant) == [60]


def test_a_job_that_comes_late_writes_only_the_nearest_that_is_due(grant):
    assert run_after(95) == 1
    assert run_after(96) == 0

    assert written(grant) == [7]


def test_the_last_day_is_still_reminded_of_and_the_day_after_is_not(rosa, give_role):
    grant = give_role(rosa, days=5)

    assert run_after(6) == 0
    assert run_after(5) == 1
    assert written(grant) == [7]


def test_a_role_that_was_extended_meanwhile_is_reminded_of_its_new_end(grant, make_staff):
    run_after(95)
    with on_day(96):
        extend(grant, timezone.localdate() + timedelta(days=64), make_staff("coordinator"), "El ciclo se alarga.")
        assert remind(timezone.localdate()) == 0

    assert run_after(101) == 1
    assert run_after(155) == 1
    assert written(grant) == [7, 60, 7]
    assert Reminder.objects.filter(grant=grant).values("ends_on").distinct().count() == 2


def test_who_paused_or_left_is_not_reminded(rosa, make_member, give_role, grant):
    pause(grant, rosa)
    marta = make_member("Marta")
    leave(give_role(marta, days=100), marta)

    assert run_after(50) == 0


def test_a_role_held_everywhere_is_reminded_of(rosa, give_role):
    grant = give_role(rosa, "informada", days=20)

    assert remind(timezone.localdate()) == 1
    assert written(grant) == [30]


def test_a_role_that_another_one_includes_is_reminded_of_by_its_own_grant_once_that_was_left(rosa, give_role):
    defender, monitor = give_role(rosa, "defensora", days=100), give_role(rosa, "monitora", days=100)
    leave(monitor, rosa)

    assert run_after(50) == 1
    assert written(defender) == [60]


def test_who_was_erased_is_not_reminded(rosa, grant):
    rosa.erased_at = timezone.now()
    rosa.save()

    assert run_after(50) == 0


def test_a_run_asks_the_same_for_1_and_30_roles(make_member, give_role, django_assert_num_queries):
    give_role(make_member(), days=50)
    with django_assert_num_queries(11):
        remind(timezone.localdate())
    for number in range(30):
        give_role(make_member(f"Rosa {number}"), days=50)

    with django_assert_num_queries(11):
        assert remind(timezone.localdate()) == 30


def test_the_newest_reminder_of_each_grant_is_told(grant, make_member, give_role):
    other = give_role(make_member("Marta"))
    run_after(50)
    run_after(95)

    found = newest_reminders([grant, other])

    assert {key: row.days_before for key, row in found.items()} == {grant.pk: 7}

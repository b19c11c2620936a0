"""The month: a sentence first; people by initials; the same queries for 1 and 30 visits."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from certificates.models import MonitoringCycle
from certificates.visits.asking import ask, note_answer
from certificates.visits.month import initials_of, last_day_of, month_in, month_of
from certificates.visits.planning import plan_visit
from people.models import Volunteer


@pytest.fixture
def march(organisation):
    """The first of March of a later year, within a cycle."""
    MonitoringCycle.objects.filter(organisation=organisation).update(ends_on=date(2029, 12, 31))
    with time_machine.travel(datetime(2028, 3, 1, 18, tzinfo=UTC)), translation.override("es"):
        yield date(2028, 3, 1)


def test_the_sentence_counts_visits_those_without_enough_people_and_ends(march, plan, coordinator, make_monitor):
    ready = plan_visit(plan(people_needed=1, day=date(2028, 3, 5)), coordinator)
    plan_visit(plan(day=date(2028, 3, 9)), coordinator)
    note_answer(ask(ready, make_monitor("Marta", until=13), coordinator), coordinator, True)

    month = month_of(coordinator, march)

    assert [row.missing for row in month.rows] == [0, 2]
    assert [(row.initials, row.day) for row in month.ending] == [("M.", date(2028, 3, 14))]
    assert month.rows[0].who == "M."
    assert "M." in month.sentence
    assert "14" in month.sentence


def test_a_month_without_visits_says_so(march, coordinator):
    month = month_of(coordinator, march)

    assert month.rows == []
    assert month.sentence.startswith("Marzo: ")


def test_a_coordinator_elsewhere_sees_neither_visits_nor_ends(march, plan, coordinator, make_staff, make_monitor):
    from people.models import Territory

    plan_visit(plan(), coordinator)
    make_monitor("Marta", until=13)
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))

    month = month_of(elsewhere, march)

    assert (month.rows, month.ending) == ([], [])


def test_initials_that_are_the_same_are_told_apart(join_volunteer):
    keys = [join_volunteer(name).pk for name in ("Marta", "Marta", "Rosa Caal")]
    people = list(Volunteer.objects.filter(pk__in=keys).select_related("identity").order_by("pk"))

    found = initials_of(people)

    assert found[keys[2]] == "R.C."
    assert found[keys[0]] != found[keys[1]]
    assert found[keys[0]] == f"M. {str(people[0].uuid)[:4]}"


def test_an_address_names_a_month_or_this_month(march):
    assert month_in("2027-11") == date(2027, 11, 1)
    for typed in ("", "2027", "2027-13", "0001-01", "x-y", "²⁰²⁷-1", "9999-99"):
        assert month_in(typed) == march
    assert last_day_of(date(2028, 2, 1)) == date(2028, 2, 29)


def test_it_takes_the_same_queries_for_1_and_30(march, plan, coordinator, make_monitor, django_assert_num_queries):
    first = plan_visit(plan(day=march), coordinator)
    ask(first, make_monitor("Marta", until=20), coordinator)
    month_of(coordinator, march)  # what she answers for is asked once
    with django_assert_num_queries(8):
        assert len(month_of(coordinator, march).rows) == 1
    for number in range(29):
        visit = plan_visit(plan(day=march + timedelta(days=number)), coordinator)
        ask(visit, make_monitor(f"Rosa {number}", until=29), coordinator)

    with django_assert_num_queries(8):
        assert len([row.who for row in month_of(coordinator, march).rows]) == 30

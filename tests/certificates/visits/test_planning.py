"""Planning a visit: who may, what the cycle says, what is refused."""

import uuid

import pytest

from certificates.models import MonitoringCycle, Role, Visit, VisitPerson
from certificates.visits.asking import ask, note_answer
from certificates.visits.planning import (
    VisitRefused,
    change_visit,
    find_visit,
    places_for,
    plan_visit,
    visits_between,
)
from people.models import Territory


def test_role_and_number_follow_the_cycle_that_holds_the_day(visit, organisation, role):
    cycle = MonitoringCycle.objects.get(organisation=organisation)

    assert (visit.cycle, visit.role, visit.people_needed) == (cycle, role, cycle.visit_people)


def test_without_a_cycle_the_role_is_asked_for(plan, coordinator, organisation, role):
    MonitoringCycle.objects.all().delete()

    with pytest.raises(VisitRefused, match=r"papel|role"):
        plan_visit(plan(), coordinator)
    visit = plan_visit(plan(role=role), coordinator)

    assert (visit.cycle, visit.role, visit.people_needed) == (None, role, 2)


def test_the_same_visit_sent_twice_is_one(plan, coordinator, make_staff):
    told = plan()
    assert plan_visit(told, coordinator) == plan_visit(told, coordinator)

    with pytest.raises(VisitRefused):
        plan_visit(told, make_staff("coordinator"))

    assert Visit.objects.count() == 1


@pytest.mark.parametrize("days", [-1, 800])
def test_a_day_that_is_over_or_far_away_is_refused(plan, coordinator, day, days):
    with pytest.raises(VisitRefused):
        plan_visit(plan(day=day(days)), coordinator)


def test_today_can_be_planned(plan, coordinator, day):
    assert plan_visit(plan(day=day(0)), coordinator).day == day(0)


def test_only_coordinators_whose_responsibility_reaches_there_plan(plan, make_staff, other_organisation):
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))
    foreign = make_staff("coordinator", organisation=other_organisation)
    for user in (elsewhere, foreign, make_staff("facilitator"), make_staff("administrator")):
        with pytest.raises(VisitRefused):
            plan_visit(plan(), user)

    assert not Visit.objects.exists()


def test_another_organisations_role_is_refused(plan, coordinator, other_organisation):
    foreign = Role.objects.create(organisation=other_organisation, slug="x", name="x")

    with pytest.raises(VisitRefused):
        plan_visit(plan(role=foreign), coordinator)


def test_a_coordinator_of_the_department_sees_it_and_one_elsewhere_does_not(visit, make_staff, day, other_organisation):
    near = make_staff("coordinator", territory=Territory.objects.get(code="16"))
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))
    foreign = make_staff("coordinator", organisation=other_organisation)

    assert find_visit(near, visit.uuid) == visit
    assert visits_between(near, day(0), day(20)) == [visit]
    for user in (elsewhere, foreign):
        assert find_visit(user, visit.uuid) is None
        assert visits_between(user, day(0), day(20)) == []


def test_a_coordinator_finds_municipalities_in_her_care_only(make_staff, coordinator):
    near = make_staff("coordinator", territory=Territory.objects.get(code="16"))

    assert [found.name for found in places_for(near, "san pedro")] == ["San Pedro Carchá"]
    assert len(places_for(coordinator, "san pedro")) > 3
    assert places_for(coordinator, "  ") == []


def test_another_day_asks_everybody_anew_and_another_purpose_does_not(visit, plan, coordinator, monitor, day):
    row = ask(visit, monitor, coordinator)
    note_answer(row, coordinator, True, needs_travel_help=True)

    change_visit(visit, plan(purpose="Otra cosa."), coordinator)
    row.refresh_from_db()
    assert row.answer == "can"

    moved = change_visit(visit, plan(day=day(12)), coordinator)
    row.refresh_from_db()
    assert (moved.day, row.answer, row.needs_travel_help, row.answered_at) == (day(12), "asked", False, None)


def test_a_visit_that_was_put_off_after_its_day_gets_a_new_day(visit, plan, coordinator, day):
    Visit.objects.filter(pk=visit.pk).update(day=day(-2))

    kept = change_visit(visit, plan(day=day(-2), purpose="Se aclara."), coordinator)
    assert kept.day == day(-2)

    assert change_visit(visit, plan(day=day(5)), coordinator).day == day(5)


def test_a_visit_that_took_place_is_not_changed(visit, plan, coordinator):
    Visit.objects.filter(pk=visit.pk).update(state="took_place")

    with pytest.raises(VisitRefused):
        change_visit(visit, plan(), coordinator)


def test_nobody_without_responsibility_holds_a_visit(visit, plan, make_staff):
    with pytest.raises(VisitRefused):
        change_visit(visit, plan(), make_staff("facilitator"))

    assert VisitPerson.objects.count() == 0
    assert find_visit(make_staff("facilitator"), uuid.uuid4()) is None

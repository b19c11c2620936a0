"""What came of a visit: practice for who went, corrected for thirty days, then forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.granting import suspend
from certificates.models import Evidence, Grant, Visit, VisitPerson
from certificates.visits.asking import ask, note_answer
from certificates.visits.closing import Reason, call_off, reason_for, take_up_again, took_place
from certificates.visits.planning import VisitRefused, change_visit, find_visit
from certificates.visits.team import team_of
from certificates.visits.wiping import wipe_old
from cms.models import AuditEntry


@pytest.fixture
def agreed(visit, make_monitor, coordinator):
    """Two people who said that they can go."""
    people = [make_monitor(name) for name in ("Candelaria", "Rosa")]
    for person in people:
        note_answer(ask(visit, person, coordinator), coordinator, True)
    return people


@pytest.fixture
def on_the_day(visit):
    """The visit's day has come."""
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        yield


def standing():
    return {row.volunteer for row in Evidence.objects.filter(kind="visit", revoked_on=None)}


def test_not_before_its_day(visit, agreed, coordinator):
    with pytest.raises(VisitRefused):
        took_place(visit, agreed, coordinator)


def test_who_went_has_it_in_the_ledger_once(visit, agreed, coordinator, on_the_day, role):
    for _twice in range(2):
        took_place(visit, agreed[:1], coordinator)

    visit.refresh_from_db()
    evidence = Evidence.objects.get(kind="visit")
    assert (visit.state, visit.went_count) == ("took_place", 1)
    assert (evidence.volunteer, evidence.day, evidence.subject) == (agreed[0], visit.day, str(role.uuid))
    assert list(visit.people.order_by("pk").values_list("went", flat=True)) == [True, False]


def test_nobody_went_is_no_visit_and_strangers_do_not_count(visit, agreed, volunteer, coordinator, on_the_day):
    for people in ([], [volunteer]):
        with pytest.raises(VisitRefused):
            took_place(visit, people, coordinator)

    assert standing() == set()


def test_who_said_no_and_may_not_any_more_cannot_be_marked(visit, agreed, coordinator, on_the_day):
    row = VisitPerson.objects.get(volunteer=agreed[0])
    note_answer(row, coordinator, False)
    suspend(Grant.objects.get(volunteer=agreed[0]), coordinator, "Falta aclarar algo.")

    with pytest.raises(VisitRefused):
        took_place(visit, agreed, coordinator)


def test_a_correction_takes_back_what_was_written(visit, agreed, coordinator, on_the_day):
    took_place(visit, agreed, coordinator)
    took_place(visit, agreed[1:], coordinator)
    assert standing() == {agreed[1]}

    call_off(visit, "closed", coordinator)

    visit.refresh_from_db()
    assert standing() == set()
    assert (visit.state, visit.went_count) == ("cancelled", 0)


def test_why_it_was_called_off_is_told(visit, coordinator):
    assert reason_for(visit) == ""
    with pytest.raises(VisitRefused):
        call_off(visit, "porque sí", coordinator)
    called_off = call_off(visit, "road", coordinator)

    assert reason_for(called_off) == str(Reason.ROAD.label)


def test_a_visit_called_off_before_its_day_can_be_planned_again_with_its_answers(visit, agreed, coordinator):
    call_off(visit, "people", coordinator)
    take_up_again(visit, coordinator)

    visit.refresh_from_db()
    assert (visit.state, visit.closed_at) == ("planned", None)
    assert [asked.counts for asked in team_of(visit)] == [True, True]
    with pytest.raises(VisitRefused):
        take_up_again(visit, coordinator)


def test_thirty_days_after_names_and_places_go_and_counts_and_evidence_stay(visit, agreed, coordinator, day):
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        took_place(visit, agreed, coordinator)
    last = visit.day + timedelta(days=29)

    assert wipe_old(last) == 0
    assert [wipe_old(last + timedelta(days=1)), wipe_old(last + timedelta(days=90))] == [1, 0]

    visit.refresh_from_db()
    assert (visit.place, visit.facility, visit.purpose, visit.contact) == ("", "", "", "")
    assert visit.wiped_at is not None
    assert (visit.state, visit.went_count, visit.territory.code, visit.facility_kind) == (
        "took_place",
        2,
        "1609",
        "cap",
    )
    assert not VisitPerson.objects.exists()
    assert standing() == set(agreed)


def test_a_late_job_shows_nothing_that_should_be_gone_and_nothing_is_corrected(visit, agreed, coordinator, plan):
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        shown = find_visit(coordinator, visit.uuid)

        assert (shown.place, shown.facility, shown.contact, team_of(shown)) == ("", "", "", [])
        for deed in (
            lambda: took_place(visit, agreed, coordinator),
            lambda: call_off(visit, "road", coordinator),
            lambda: change_visit(visit, plan(), coordinator),
            lambda: ask(visit, agreed[0], coordinator),
        ):
            with pytest.raises(VisitRefused):
                deed()


def test_the_audit_of_visits_names_no_volunteer(visit, agreed, coordinator, on_the_day):
    took_place(visit, agreed, coordinator)

    entries = AuditEntry.objects.filter(target=f"certificates.visit:{visit.pk}")
    assert {entry.action for entry in entries} == {"visit_planned", "visit_asked", "visit_took_place"}
    assert {key for entry in entries for key in entry.details} == {"went"}


def test_a_visit_nobody_closed_is_wiped_as_well(visit, coordinator):
    assert wipe_old(visit.day + timedelta(days=30)) == 1

    assert Visit.objects.get().state == "planned"

"""One proposal: what it rests on, what a decision does, and decisions that cross."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.granting import confirm, decline
from certificates.models import Grant, MonitoringCycle, Period

from .conftest import CARCHA, GUATEMALA

LIST = "/es/register/proposals/"


def address(proposal):
    return f"{LIST}{proposal.uuid}/"


def test_the_page_tells_the_dates_before_anything_is_decided(propose, office, organisation):
    cycle = MonitoringCycle.objects.get(organisation=organisation)

    answer = office.get(address(propose("Rosa")))

    outlook = answer.context["outlook"]
    assert (outlook.dates.starts_on, outlook.dates.ends_on) == (timezone.localdate(), cycle.ends_on)
    assert outlook.words in answer.content.decode()
    assert not Grant.objects.exists()


def test_confirming_gives_the_role_and_leads_back_to_the_list(propose, office):
    proposal = propose("Rosa")

    answer = office.post(address(proposal), {"decision": "confirm", "confirm-reason": ""}, follow=True)

    proposal.refresh_from_db()
    assert answer.redirect_chain == [(LIST, 302)]
    assert "Rosa" in answer.content.decode()
    assert (proposal.state, Period.objects.get().kind) == ("confirmed", "granted")


def test_declining_without_a_reason_is_asked_again_and_with_one_is_kept(propose, office):
    proposal = propose("Rosa")

    empty = office.post(address(proposal), {"decision": "decline", "decline-reason": " "})
    answer = office.post(address(proposal), {"decision": "decline", "decline-reason": "Hablemos antes."})

    proposal.refresh_from_db()
    assert (empty.status_code, answer.status_code) == (422, 302)
    assert (proposal.state, proposal.reason) == ("declined", "Hablemos antes.")


def test_a_post_that_decides_nothing_changes_nothing(propose, office):
    proposal = propose("Rosa")

    assert office.post(address(proposal), {"decision": "x"}).status_code == 422
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_two_clicks_leave_one_grant_and_no_fright(propose, office):
    proposal = propose("Rosa")

    answers = [office.post(address(proposal), {"decision": "confirm"}) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Grant.objects.count(), Period.objects.count()) == (1, 1)


def test_what_another_decided_meanwhile_is_told_by_office_and_day(propose, office, coordinator_of):
    proposal = propose("Rosa")
    confirm(proposal, coordinator_of(CARCHA))

    answer = office.post(address(proposal), {"decision": "decline", "decline-reason": "No."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "San Pedro Carchá" in answer.context["verdict"]
    assert answer.context["verdict"] in page
    assert "coordinator de prueba" not in page
    proposal.refresh_from_db()
    assert proposal.state == "confirmed"


def test_without_a_cycle_it_is_said_what_to_do_first(propose, office, organisation):
    proposal = propose("Rosa")
    MonitoringCycle.objects.all().delete()

    page = office.get(address(proposal))
    answer = office.post(address(proposal), {"decision": "confirm"})

    assert page.context["outlook"].problem in page.content.decode()
    assert 'value="confirm"' not in page.content.decode()
    assert answer.status_code == 422
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_her_history_with_the_role_is_told(propose, office, coordinator):
    first = propose("Rosa")
    decline(first, coordinator, "Falta hablar.")
    again = propose(person=first.volunteer)

    page = office.get(address(again)).content.decode()

    assert "Falta hablar." in page


def test_a_suspension_stops_the_role(propose, office, give_role, make_member):
    person = make_member("Rosa")
    give_role(person)
    proposal = propose(person=person, slug="monitora", kind="suspension")

    assert office.get(address(proposal)).context["outlook"].words
    office.post(address(proposal), {"decision": "confirm", "confirm-reason": "Falta la práctica."})

    assert list(Period.objects.values_list("kind", "reason")) == [("granted", ""), ("suspended", "Falta la práctica.")]


def test_only_who_may_decide_opens_it(
    propose, coordinator_of, make_staff, other_organisation, staff_client, learner_client, client
):
    proposal = propose("Rosa")
    refused = [
        coordinator_of(GUATEMALA),
        make_staff("coordinator", organisation=other_organisation),
        make_staff("facilitator"),
        make_staff("administrator"),
    ]

    for user in refused:
        browser = staff_client(user)
        assert browser.get(address(proposal)).status_code == 403
        assert browser.post(address(proposal), {"decision": "confirm"}).status_code == 403
    for browser in (learner_client, client):
        assert browser.get(address(proposal))["Location"].startswith("/staff/sign-in/")
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_an_administrator_decides_what_has_risen(propose, make_staff, staff_client):
    proposal = propose("Rosa", days=15, level=1)

    answer = staff_client(make_staff("administrator")).post(address(proposal), {"decision": "confirm"})

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state) == (302, "confirmed")


def test_nobody_decides_about_herself(propose, coordinator, office):
    proposal = propose(person=coordinator.volunteer, slug="informada")

    assert office.get(address(proposal)).status_code == 403


@pytest.mark.parametrize("kind", ["grant", "renewal", "suspension"])
def test_each_kind_has_its_own_words(kind, propose, office):
    page = office.get(address(propose("Rosa", kind=kind, slug="informada")))

    assert page.context["declining_words"] in page.content.decode()


def test_waiting_days_are_counted_in_whole_days(propose, coordinator, staff_client):
    proposal = propose("Rosa")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        office = staff_client(coordinator)

        assert office.get(address(proposal)).context["days"] == 3

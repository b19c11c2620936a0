"""Roles that end soon, and the neutral reminder."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from certificates.deciding.ending import ending_for
from certificates.deciding.reminding import neutral_reminder
from certificates.granting import extend
from certificates.spanning import today

from .conftest import CARCHA, COBAN, GUATEMALA

PAGE = "/es/register/ends/"


def test_the_soonest_end_comes_first_and_what_ends_later_is_not_there(make_member, give_role, office):
    later, soon = give_role(make_member("A"), days=60), give_role(make_member("B"), days=5)
    give_role(make_member("C"), days=61)

    rows = office.get(PAGE).context["endings"]

    assert [(row.span.grant, row.days_left) for row in rows] == [(soon, 5), (later, 60)]


def test_a_role_that_goes_on_does_not_end(make_member, give_role, coordinator):
    grant = give_role(make_member("A"), days=5)

    extend(grant, today() + timedelta(days=100), coordinator, "x")

    assert list(ending_for(coordinator)) == []


def test_included_roles_are_not_listed_again(make_member, give_role, coordinator, role_called):
    give_role(make_member("A"), slug="monitora", days=5)

    assert [span.role for span in ending_for(coordinator)] == [role_called("monitora")]


def test_the_renewal_that_waits_stands_beside_it(make_member, give_role, propose, office):
    person = make_member("A")
    give_role(person, days=5)
    renewal = propose(person=person, slug="monitora", kind="renewal")

    answer = office.get(PAGE)

    assert answer.context["endings"][0].renewal == renewal
    assert str(renewal.uuid) in answer.content.decode()


def test_only_what_is_in_her_care_is_listed(make_member, give_role, coordinator_of, make_staff, other_organisation):
    give_role(make_member("A", home=CARCHA), days=5)

    assert ending_for(coordinator_of(CARCHA)).count() == 1
    for user in (
        coordinator_of(COBAN),
        coordinator_of(GUATEMALA),
        make_staff("coordinator", organisation=other_organisation),
        make_staff("administrator"),
    ):
        assert ending_for(user).count() == 0


def test_others_are_refused(make_staff, staff_client, learner_client, client):
    for kind in ("facilitator", "administrator"):
        assert staff_client(make_staff(kind)).get(PAGE).status_code == 403
    for browser in (learner_client, client):
        assert browser.get(PAGE)["Location"].startswith("/staff/sign-in/")


def test_one_and_thirty_ends_take_the_same_queries(make_member, give_role, office, queries_of):
    give_role(make_member("A"), days=5)
    one, _answer = queries_of(office, PAGE)
    for number in range(29):
        give_role(make_member(f"P{number}"), days=5)
    thirty, answer = queries_of(office, PAGE)

    assert len(answer.context["endings"]) == 30
    assert thirty == one


@pytest.mark.parametrize("language", ["es", "kek", "xx"])
def test_the_reminder_says_nothing_of_rights_health_or_whom_it_is_for(language):
    reminder = neutral_reminder(language)

    assert reminder.text
    assert not re.search(r"derecho|salud|monitor|vigil|right|health|http|\d", reminder.text, re.IGNORECASE)


def test_the_reminder_opens_without_a_number(make_member):
    page = render_to_string("certificates/neutral_reminder.html", {"reminder": neutral_reminder("es")})

    assert 'href="https://wa.me/?text=' in page
    assert 'href="sms:?&amp;body=' in page

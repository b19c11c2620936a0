"""Who looked her up: by day and office, never by name."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.models import LookUp


@pytest.fixture
def look(volunteer, organisation):
    """Return a function that writes a look of a member of staff at the volunteer."""

    def write(user, days_ago=0, what="person", organisation=organisation):
        at = timezone.now() - timedelta(days=days_ago)
        LookUp.objects.create(by=user.volunteer, volunteer=volunteer, organisation=organisation, what=what, at=at)

    return write


def test_she_reads_the_office_and_the_day_and_no_name(look, coordinator, learner_client, organisation):
    look(coordinator)

    page = learner_client.get("/es/me/look-ups/").content.decode()

    assert organisation.name in page
    assert "coordinator de prueba" not in page


def test_an_office_stands_once_a_day_for_what_it_did(look, coordinator, learner_client, make_staff):
    for user in (coordinator, coordinator, make_staff("coordinator")):
        look(user)
    look(coordinator, what="export")
    look(coordinator, days_ago=3)

    [(today, looks), (before, one)] = learner_client.get("/es/me/look-ups/").context["looks"]

    assert (today - before).days == 3
    assert (len(looks), len(one)) == (2, 1)


def test_a_page_holds_thirty_days_and_asks_the_same_for_1_and_30(
    look, coordinator, learner_client, django_assert_num_queries, django_assert_max_num_queries
):
    look(coordinator)
    learner_client.get("/es/me/look-ups/")
    with django_assert_max_num_queries(15) as first:
        learner_client.get("/es/me/look-ups/")
    for days in range(1, 40):
        look(coordinator, days_ago=days)

    with django_assert_num_queries(len(first)):
        page = learner_client.get("/es/me/look-ups/")

    assert len(page.context["looks"]) == 30
    assert len(learner_client.get("/es/me/look-ups/?page=2").context["looks"]) == 10


def test_a_neighbour_reads_nothing_of_it_and_a_stranger_signs_in(look, coordinator, browser_of, join_volunteer, client):
    look(coordinator)

    assert browser_of(join_volunteer("Marta")).get("/es/me/look-ups/").context["looks"] == []
    assert client.get("/es/me/look-ups/")["Location"] == "/es/sign-in/"


def test_a_look_late_in_the_evening_belongs_to_the_day_where_the_organisation_works(coordinator, learner_client, look):
    with time_machine.travel(timezone.localtime().replace(hour=23, minute=30)):
        look(coordinator)
        day = timezone.localdate()

    assert learner_client.get("/es/me/look-ups/").context["looks"][0][0] == day


def test_her_data_leads_there(learner_client):
    page = learner_client.get("/es/me/data/").content.decode()

    assert "/es/me/look-ups/" in page
    assert "/es/me/roles/" in page

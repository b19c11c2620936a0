"""Asking: who may be asked, why not, her answer, and what is shown when things change afterwards."""

from urllib.parse import unquote

import pytest
from django.test import Client

from certificates.granting import pause, suspend
from certificates.models import Grant, Visit, VisitPerson
from certificates.visits.asking import answer, ask, asked_by, asked_of, message_for, note_answer, take_off
from certificates.visits.closing import call_off
from certificates.visits.planning import VisitRefused, find_visit
from certificates.visits.team import team_of
from people.joining import erase
from people.models import Territory


@pytest.fixture
def row(visit, monitor, coordinator):
    return ask(visit, monitor, coordinator)


def link(row):
    return f"/es/v/{row.token}/"


def test_asked_twice_or_by_two_coordinators_she_is_asked_once(visit, monitor, coordinator, make_staff):
    first = ask(visit, monitor, coordinator)
    second = ask(visit, monitor, make_staff("coordinator"))

    assert first == second
    assert first.token == second.token
    assert VisitPerson.objects.count() == 1


def test_who_never_held_the_role_is_refused_with_what_is_missing(visit, volunteer, coordinator):
    with pytest.raises(VisitRefused) as refused:
        ask(visit, volunteer, coordinator)

    assert "Candelaria" in str(refused.value)
    assert visit.role.requirements.exists()
    assert "«" in str(refused.value)


def test_who_holds_it_for_another_municipality_is_refused(visit, make_monitor, coordinator):
    elsewhere = make_monitor("Rosa", home=Territory.objects.get(code="1601"))

    with pytest.raises(VisitRefused):
        ask(visit, elsewhere, coordinator)


def test_whose_period_ends_before_the_visit_is_refused_with_the_day(visit, make_monitor, coordinator, day):
    short = make_monitor("Rosa", until=5)

    with pytest.raises(VisitRefused) as refused:
        ask(visit, short, coordinator)

    assert str(day(5).year) in str(refused.value)


def test_a_person_of_another_organisation_is_refused(visit, monitor, coordinator, other_organisation):
    monitor.organisation = other_organisation
    monitor.save()

    with pytest.raises(VisitRefused):
        ask(visit, monitor, coordinator)


def test_nobody_is_asked_for_a_visit_that_was_called_off(visit, monitor, coordinator):
    call_off(visit, "road", coordinator)

    with pytest.raises(VisitRefused):
        ask(visit, monitor, coordinator)


def test_the_message_is_neutral_and_needs_no_number(row, monitor):
    monitor.identity.phone = "5555 1234"
    monitor.identity.save()

    message = message_for(row)

    assert message.text.endswith(f"/es/v/{row.token}/")
    assert message.whatsapp.startswith("https://wa.me/?text=")
    assert message.sms.startswith("sms:?&body=")
    assert unquote(message.whatsapp.partition("text=")[2]) == message.text
    for word in ("monitor", "salud", "derecho", "visita", "Candelaria", "5555"):
        assert word not in message.text


def test_her_link_needs_no_sign_in_and_names_nobody_and_no_role(row, visit):
    page = Client().get(link(row)).content.decode()

    assert "San Pedro Carchá (Alta Verapaz)" in page
    for word in ("Candelaria", "onitora", "CAP Carchá", "Chibuj", "medicinas", "Doña Marta"):
        assert word not in page


def test_she_answers_by_her_link_and_changes_her_mind(row):
    client = Client()
    client.post(link(row), {"answer": "can", "travel": "on"})
    row.refresh_from_db()
    assert (row.answer, row.needs_travel_help) == ("can", True)

    for _twice in range(2):
        assert client.post(link(row), {"answer": "cannot", "travel": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.needs_travel_help) == ("cannot", False)


def test_looking_at_the_link_answers_nothing(row):
    Client().get(link(row))

    row.refresh_from_db()
    assert (row.answer, row.answered_at) == ("asked", None)


def test_an_answer_without_yes_or_no_asks_again(row):
    assert Client().post(link(row), {"travel": "on"}).status_code == 422


def test_unknown_past_and_wiped_links_say_the_same(row, visit, day):
    client = Client()
    unknown = client.get("/es/v/nobody-has-this/")
    Visit.objects.filter(pk=visit.pk).update(day=day(-1))
    past = client.get(link(row))
    visit.people.all().delete()
    wiped = client.post(link(row), {"answer": "can"})

    assert [unknown.status_code, past.status_code, wiped.status_code] == [404, 404, 404]
    assert main_of(unknown) == main_of(past) == main_of(wiped)


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def test_the_link_works_on_the_day_itself(row, visit, day):
    Visit.objects.filter(pk=visit.pk).update(day=day(0))

    assert Client().post(link(row), {"answer": "can"}).status_code == 302


def test_the_link_of_a_visit_called_off_says_so_and_takes_no_answer(row, visit, coordinator):
    call_off(visit, "safety", coordinator)

    client = Client()
    assert 'name="answer"' not in client.get(link(row)).content.decode()
    assert client.post(link(row), {"answer": "can"}).status_code == 422
    row.refresh_from_db()
    assert row.answer == "asked"


def test_her_own_page_asks_with_day_and_municipality_only(row, monitor, browser_of):
    client = browser_of(monitor)

    page = client.get("/es/me/").content.decode()
    client.post(f"/es/me/visit/{row.visit.uuid}/", {"answer": "can"})

    assert "San Pedro Carchá" in page
    assert "CAP Carchá" not in page
    row.refresh_from_db()
    assert row.answer == "can"


def test_nobody_answers_for_another_on_her_page(row, join_volunteer, browser_of):
    neighbour = browser_of(join_volunteer("Marta"))

    assert neighbour.post(f"/es/me/visit/{row.visit.uuid}/", {"answer": "can"}).status_code == 404
    assert Client().post(f"/es/me/visit/{row.visit.uuid}/", {"answer": "can"}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "asked"


def test_who_is_paused_or_stopped_after_she_agreed_is_shown_and_does_not_count(
    row, visit, monitor, make_monitor, coordinator
):
    other = ask(visit, make_monitor("Rosa"), coordinator)
    for one in (row, other):
        note_answer(one, coordinator, True)
    assert [asked.counts for asked in team_of(visit)] == [True, True]

    suspend(Grant.objects.get(volunteer=monitor), coordinator, "Falta aclarar algo.")
    pause(Grant.objects.get(volunteer=other.volunteer), other.volunteer)

    team = team_of(visit)
    assert [asked.counts for asked in team] == [False, False]
    assert all(asked.standing.problem for asked in team)


def test_a_visit_moved_behind_the_end_of_her_period_warns(visit, make_monitor, coordinator, day):
    note_answer(ask(visit, make_monitor("Rosa", until=12), coordinator), coordinator, True)
    assert team_of(visit)[0].ends_soon == day(12)

    visit.day = day(20)
    visit.save()

    asked = team_of(visit)[0]
    assert not asked.counts
    assert str(day(12).year) in asked.standing.problem


def test_who_was_taken_off_has_no_link_any_more(row, coordinator):
    take_off(row, coordinator)

    assert asked_by(row.token) is None
    assert Client().get(link(row)).status_code == 404


def test_an_answer_on_a_row_that_is_gone_is_not_kept(row):
    VisitPerson.objects.all().delete()

    assert answer(row, True) is False


def test_erasing_her_takes_her_off_what_is_planned_and_leaves_the_list_standing(
    row, visit, monitor, make_monitor, coordinator
):
    stays = ask(visit, make_monitor("Rosa"), coordinator)
    erase(monitor)

    assert [asked.name for asked in team_of(visit)] == ["Rosa"]
    assert asked_of(monitor) == []
    assert stays.volunteer_id == VisitPerson.objects.get().volunteer_id


def test_the_team_takes_the_same_queries_for_1_and_30(visit, make_monitor, coordinator, django_assert_num_queries):
    ask(visit, make_monitor("A"), coordinator)
    visit = find_visit(coordinator, visit.uuid)
    with django_assert_num_queries(2):
        team_of(visit)
    for number in range(29):
        ask(visit, make_monitor(f"B{number}"), coordinator)

    with django_assert_num_queries(2):
        assert len([asked.name for asked in team_of(visit)]) == 30

"""The coordinator's screens: owner, neighbour, coordinator elsewhere, other organisation, stranger."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from certificates.models import Evidence, Visit
from certificates.printing import PrintingUnavailable
from certificates.visits.asking import ask, note_answer
from certificates.visits.closing import took_place
from cms.models import AuditEntry
from people.joining import erase
from people.models import Organisation, Territory


@pytest.fixture
def client(coordinator, staff_client):
    return staff_client(coordinator)


@pytest.fixture
def row(visit, monitor, coordinator):
    return ask(visit, monitor, coordinator)


@pytest.fixture
def addresses(visit, monitor):
    base = f"/es/register/visits/{visit.uuid}/"
    return [
        base,
        f"{base}change/",
        f"{base}people/",
        f"{base}people/{monitor.uuid}/",
        f"{base}close/",
        f"{base}letter/",
    ]


def told(**changes):
    day = timezone.localdate() + timedelta(days=9)
    base = {"uuid": uuid.uuid4(), "day": day.isoformat(), "municipality": "carchá", "facility_kind": "post"}
    return {**base, **changes}


def test_a_coordinator_elsewhere_and_another_organisation_find_nothing(
    addresses, row, make_staff, staff_client, other_organisation
):
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))
    foreign = make_staff("coordinator", organisation=other_organisation)
    for user in (elsewhere, foreign):
        client = staff_client(user)
        for address in addresses:
            assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}, address
        assert "Carchá" not in client.get("/es/register/visits/").content.decode()


def test_other_staff_are_kept_out_and_learners_sent_to_sign_in(
    addresses, row, make_staff, staff_client, learner_client
):
    for kind in ("facilitator", "administrator"):
        client = staff_client(make_staff(kind))
        assert {client.get(address).status_code for address in addresses} <= {403, 405}
        assert client.get("/es/register/visits/").status_code == 403
    for client in (learner_client, Client()):
        assert all("/staff/sign-in/" in client.get(address)["Location"] for address in addresses)


def test_a_visit_is_planned_in_one_form(client, place):
    response = client.post("/es/register/visits/new/", told())

    visit = Visit.objects.get()
    assert response["Location"] == f"/es/register/visits/{visit.uuid}/"
    assert (visit.territory, visit.people_needed) == (place, 2)


def test_a_name_that_fits_several_asks_which_one_with_its_department(client):
    several = client.post("/es/register/visits/new/", told(municipality="san pedro"))
    page = several.content.decode()

    assert several.status_code == 422
    assert "San Pedro Carchá, Alta Verapaz" in page
    chosen = client.post("/es/register/visits/new/", told(municipality="san pedro", territory="1609"))
    assert chosen.status_code == 302
    assert Visit.objects.get().territory.code == "1609"


@pytest.mark.parametrize(
    "wrong", [{"day": ""}, {"day": "2001-01-01"}, {"municipality": "Nowhere"}, {"people_needed": "0"}, {"uuid": "x"}]
)
def test_what_is_wrong_is_asked_again(client, wrong):
    assert client.post("/es/register/visits/new/", told(**wrong)).status_code == 422
    assert not Visit.objects.exists()


def test_of_two_organisations_she_says_for_which(coordinator, client, other_organisation, role):
    from people.models import Responsibility

    Responsibility.objects.create(
        volunteer=coordinator.volunteer,
        kind="coordinator",
        organisation=other_organisation,
        starts_on=timezone.localdate(),
    )
    own = Organisation.objects.get(is_default=True)

    assert client.post("/es/register/visits/new/", told()).status_code == 422
    assert (
        client.post("/es/register/visits/new/", told(organisation=other_organisation.pk, role=role.pk)).status_code
        == 422
    )
    assert client.post("/es/register/visits/new/", told(organisation=own.pk)).status_code == 302


def test_changing_keeps_the_municipality_whose_name_was_left(client, visit, day):
    changed = told(uuid=visit.uuid, municipality=visit.territory.name, day=day(11).isoformat())

    assert client.get(f"/es/register/visits/{visit.uuid}/change/").status_code == 200
    assert client.post(f"/es/register/visits/{visit.uuid}/change/", changed).status_code == 302
    visit.refresh_from_db()
    assert (visit.day, visit.territory.code) == (day(11), "1609")


def test_asking_from_the_list_and_by_code(client, visit, monitor, make_monitor):
    other = make_monitor("Rosa")
    address = f"/es/register/visits/{visit.uuid}/people/"

    assert "Candelaria" in client.get(address).content.decode()
    assert client.post(address, {"person": monitor.uuid}).status_code == 302
    assert client.post(address, {"code": other.sign_in.code}).status_code == 302

    assert set(visit.people.values_list("volunteer", flat=True)) == {monitor.pk, other.pk}


def test_who_may_not_go_is_refused_in_words_and_nobody_unknown_is_told(client, visit, volunteer, make_staff):
    address = f"/es/register/visits/{visit.uuid}/people/"
    foreign = make_staff("coordinator", organisation=Organisation.objects.create(name="x", slug="x")).volunteer

    refused = client.post(address, {"code": volunteer.sign_in.code})
    assert refused.status_code == 422
    assert "Candelaria: " in refused.content.decode()
    for sent in ({"code": "12345678"}, {"code": ""}, {"person": "x"}, {"person": foreign.uuid}, {}):
        assert client.post(address, sent).status_code == 422
    assert not visit.people.exists()


def test_every_list_of_names_is_written_down(client, visit, monitor):
    client.get(f"/es/register/visits/{visit.uuid}/people/")

    assert AuditEntry.objects.get(action="register_asked").details["shown"] == 1


def test_sixty_candidates_come_in_pages(client, visit, make_monitor):
    for number in range(14):
        make_monitor(f"Vecina {number}")
    address = f"/es/register/visits/{visit.uuid}/people/"

    first, second = client.get(address), client.get(f"{address}?page=2")

    assert [page.content.decode().count('name="person"') for page in (first, second)] == [12, 2]


def test_the_coordinator_taps_what_she_heard(client, row, visit, monitor):
    address = f"/es/register/visits/{visit.uuid}/people/{monitor.uuid}/"

    client.post(address, {"answer": "can", "travel": "on"})
    row.refresh_from_db()
    assert (row.answer, row.needs_travel_help) == ("can", True)

    client.post(address, {"answer": "off"})
    assert not visit.people.exists()


def test_the_page_offers_a_message_and_shows_no_telephone(client, row, monitor):
    monitor.identity.phone = "5555 1234"
    monitor.identity.save()

    page = client.get(f"/es/register/visits/{row.visit.uuid}/").content.decode()

    assert "https://wa.me/?text=" in page
    assert "sms:?&amp;body=" in page
    assert "5555 1234" not in page


def test_what_came_of_it_is_said_on_its_day_and_corrected(client, row, visit, monitor, coordinator, staff_client):
    address = f"/es/register/visits/{visit.uuid}/close/"
    note_answer(row, coordinator, True)
    assert client.post(address, {"outcome": "took_place", "went": [monitor.uuid]}).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        client = staff_client(coordinator)
        assert "checked" in client.get(address).content.decode()
        assert client.post(address, {"outcome": "took_place"}).status_code == 422
        assert client.post(address, {"outcome": "took_place", "went": [monitor.uuid]}).status_code == 302
        assert Evidence.objects.filter(kind="visit", volunteer=monitor, revoked_on=None).exists()

        assert client.post(address, {"outcome": "cancelled"}).status_code == 422
        assert client.post(address, {"outcome": "cancelled", "reason": "road"}).status_code == 302
        assert not Evidence.objects.filter(kind="visit", revoked_on=None).exists()
        assert client.get(f"/es/register/visits/{visit.uuid}/").status_code == 200


def test_a_visit_is_called_off_before_its_day_and_planned_again(client, visit):
    address = f"/es/register/visits/{visit.uuid}/close/"

    assert client.post(address, {"outcome": "cancelled", "reason": "people"}).status_code == 302
    assert "take_up" in client.get(address).content.decode()
    assert client.post(address, {"take_up": "1"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_the_letter_is_a_file_only_for_who_may(client, row, visit, coordinator):
    address = f"/es/register/visits/{visit.uuid}/letter/"
    assert client.get(address).status_code == 409
    note_answer(row, coordinator, True)

    response = client.get(address)

    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert visit.day.isoformat() in response["Content-Disposition"]
    assert "CAP" not in response["Content-Disposition"]


def test_without_the_printing_library_the_page_says_so(client, row, visit, monkeypatch):
    def unavailable(*_args):
        raise PrintingUnavailable

    monkeypatch.setattr("certificates.visits.views.letter_pdf", unavailable)

    assert client.get(f"/es/register/visits/{visit.uuid}/letter/").status_code == 503


def test_whoever_is_found_by_her_code_reads_that_she_was_looked_up(client, visit, monitor):
    client.post(f"/es/register/visits/{visit.uuid}/people/", {"code": monitor.sign_in.code})

    assert monitor.looked_up.count() == 1


def test_the_list_of_a_visit_stands_when_somebody_on_it_was_erased(row, visit, monitor, coordinator, staff_client):
    note_answer(row, coordinator, True)
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        took_place(visit, [monitor], coordinator)
        erase(monitor)
        client = staff_client(coordinator)

        for address in ("", "close/", "people/"):
            assert client.get(f"/es/register/visits/{visit.uuid}/{address}").status_code == 200
        assert client.get(f"/es/register/visits/sheet/?month={visit.day:%Y-%m}").status_code == 200
    visit.refresh_from_db()
    assert visit.went_count == 1
    assert Evidence.objects.filter(kind="visit", revoked_on=None).count() == 1


def test_after_thirty_days_the_pages_show_counts_only(row, visit, coordinator, staff_client):
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        client = staff_client(coordinator)
        page = client.get(f"/es/register/visits/{visit.uuid}/").content.decode()
        month = client.get(f"/es/register/visits/?month={visit.day:%Y-%m}").content.decode()

        assert client.get(f"/es/register/visits/{visit.uuid}/close/").status_code == 302
    for text in (page, month):
        assert "San Pedro Carchá (Alta Verapaz)" in text
        assert "CAP Carchá" not in text
        assert "Candelaria" not in text


def test_month_and_sheet_stand_without_visits_and_with(client, visit, row):
    for address in ("/es/register/visits/", "/es/register/visits/sheet/"):
        assert "San Pedro Carchá" in client.get(f"{address}?month={visit.day:%Y-%m}").content.decode()
        assert client.get(f"{address}?month=2001-01").status_code == 200
    assert "Candelaria" not in client.get(f"/es/register/visits/sheet/?month={visit.day:%Y-%m}").content.decode()


def test_coordinators_find_the_visits_on_their_desk(client):
    assert "/es/register/visits/" in client.get("/es/facilitate/").content.decode()

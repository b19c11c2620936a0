"""The whole way: a table is seen, confirmed, taken over once, and its file is gone."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from certificates import kept_files
from certificates.eligibility import is_eligible
from certificates.kept_files import forget_old
from certificates.models import Evidence, Grant, Period
from certificates.taking_over import carrying_out, views
from cms.models import AuditEntry, Job
from cms.working import cancel, run_job
from people.models import Identity, Invitation, Volunteer

SEND = "/es/register/network/"


def work():
    return run_job(Job.objects.get(kind="take_over_network").pk)


def files():
    return list(kept_files.folder().glob("*"))


def test_nothing_is_written_before_it_is_confirmed(office, send, table_of, row_of):
    people = Volunteer.objects.count()

    answer = office.get(send(office, table_of(row_of())))

    assert answer.status_code == 200
    assert "Rosa" in answer.content.decode()
    assert (Volunteer.objects.count(), Job.objects.count(), Evidence.objects.count()) == (people, 0, 0)


def test_the_file_waits_unreadable(office, send, table_of, row_of):
    content = table_of(row_of())
    send(office, content)

    (file,) = files()
    assert content not in file.read_bytes()
    assert not file.read_bytes().startswith(b"PK")


def test_a_confirmed_table_makes_people_who_may_do_their_role_until_that_day(
    office, send, table_of, row_of, coordinator, role_called, place_called, until
):
    address = send(office, table_of(row_of()))
    office.post(address)
    waiting = office.get(address)

    work()

    told = office.get(address)
    person = Identity.objects.get(volunteer__grants__isnull=False).volunteer
    assert (waiting.headers["Refresh"], "Refresh" in told.headers) == ("3", False)
    assert (told.context["done"], told.context["refused"]) == (1, [])
    assert (person.safe_name, person.territory) == ("Rosa", place_called("1609"))
    assert is_eligible(person, role_called("monitora"), place_called("1609"), until)
    assert not is_eligible(person, role_called("monitora"), place_called("1609"), until + timedelta(days=1))
    recognised = Evidence.objects.get(volunteer=person, kind="recognised")
    assert (recognised.medium, recognised.until, recognised.attester) == ("import", until, "Asamblea de la red")
    assert set(Evidence.objects.filter(kind="language").values_list("subject", flat=True)) == {"kek", "es"}
    assert Period.objects.get().by == coordinator.volunteer
    assert files() == []


def test_who_was_taken_over_joins_with_her_card_and_sees_her_role(office, send, table_of, row_of, organisation):
    address = send(office, table_of(row_of()))
    office.post(address)
    work()
    assert office.get(address).context["sheets"] == [1]
    office.post(address, {"cards": "1"})
    card, people, phone = Invitation.objects.get(), Volunteer.objects.count(), Client()

    phone.post(f"/es/join/{card.code}/", {"name": "Chabela", "adult": "self", "consent": "on", "pin": "836152"})

    page = phone.get("/es/me/roles/").content.decode()
    assert str(Grant.objects.get().role) in page
    assert (card.volunteer.safe_name, Volunteer.objects.count()) == ("Chabela", people)
    assert office.get(address).context["sheets"] == []
    assert office.post(address, {"cards": "1"})["Location"] == address


def test_her_page_in_the_register_offers_a_card_until_she_has_come_in(office, make_member, volunteer):
    known = make_member("Rosa")

    offered = [
        [address for address, _pictogram, _words in office.get(f"/es/register/people/{person.uuid}/").context["links"]]
        for person in (known, volunteer)
    ]

    assert f"/es/facilitate/people/{known.uuid}/card/" in offered[0]
    assert f"/es/facilitate/people/{volunteer.uuid}/card/" not in offered[1]


def test_cards_are_printed_for_new_people_only_and_a_sheet_holds_eighty(
    office, send, table_of, row_of, volunteer, monkeypatch
):
    monkeypatch.setattr(views, "CARDS_A_SHEET", 2)
    rows = [row_of(name) for name in ("Ana", "Luz", "Rosa")]
    address = send(office, table_of(*rows, row_of("Otra", código_de_la_escuela=volunteer.sign_in.code)))
    office.post(address)
    work()
    assert office.get(address).context["sheets"] == [1, 2]

    sheets = [office.get(office.post(address, {"cards": number})["Location"]) for number in ("1", "2")]

    names = [[card.volunteer.safe_name for card in sheet.context["named"]] for sheet in sheets]
    assert names == [["Ana", "Luz"], ["Rosa"]]
    assert office.post(address, {"cards": "x"})["Location"] == address


def test_a_coordinator_elsewhere_is_not_offered_their_cards(
    office, send, table_of, row_of, make_staff, staff_client, place_called
):
    address = send(office, table_of(row_of()))
    office.post(address)
    work()
    elsewhere = staff_client(make_staff("coordinator", territory=place_called("0101")))

    assert elsewhere.get(address).context["sheets"] == []
    assert elsewhere.post(address, {"cards": "1"})["Location"] == address
    assert not Invitation.objects.exists()


def test_it_is_audited_with_numbers_only(office, send, table_of, row_of):
    office.post(send(office, table_of(row_of())))

    entry = AuditEntry.objects.get(action="network_taken_over")
    assert entry.details["rows"] == 1
    assert "Rosa" not in str(Job.objects.get().arguments)


def test_the_same_table_twice_is_once(office, send, table_of, row_of):
    content = table_of(row_of())
    address = send(office, content)
    office.post(address)
    office.post(address)
    work()
    again = send(office, content)
    office.post(again)

    assert again == address
    assert (Job.objects.count(), Grant.objects.count(), files()) == (1, 1, [])


def test_a_corrected_table_takes_only_what_is_new(office, send, table_of, row_of):
    office.post(send(office, table_of(row_of())))
    work()
    address = send(office, table_of(row_of(), row_of("Ana")))
    office.post(address)
    run_job(Job.objects.last().pk)

    assert Grant.objects.count() == 2


def test_a_killed_worker_goes_on_where_it_was(office, send, table_of, row_of, monkeypatch):
    office.post(send(office, table_of(*(row_of(name) for name in ("Ana", "Luz", "Rosa")))))
    give, calls = carrying_out._give, []

    def killed_at_second(*told):
        calls.append(told)
        give(*told)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(carrying_out, "_give", killed_at_second)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert Grant.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        row = work()

    assert (row.state, row.result["done"], row.result["refused"]) == ("done", 3, [])
    assert len(row.result["new"]) == 3
    assert sorted(grant.volunteer.safe_name for grant in Grant.objects.all()) == ["Ana", "Luz", "Rosa"]
    assert Volunteer.objects.filter(grants__isnull=False).count() == 3
    assert len(calls) == 4


def test_a_cancelled_job_leaves_what_was_done(office, send, table_of, row_of, monkeypatch):
    address = send(office, table_of(row_of("Ana"), row_of("Luz")))
    office.post(address)
    one = carrying_out._Work._one

    def cancelled_after(*told):
        problem = one(*told)
        cancel(Job.objects.get())
        return problem

    monkeypatch.setattr(carrying_out._Work, "_one", cancelled_after)
    work()

    assert office.get(address).context["is_over"]
    assert (Grant.objects.count(), files()) == (1, [])


def test_a_doubt_must_be_decided(office, send, table_of, row_of, make_member):
    make_member("Rosa")
    address = send(office, table_of(row_of()))

    answer = office.post(address)

    assert answer.status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize(("choice", "people", "grants"), [("same", 0, 1), ("other", 1, 1), ("leave-out", 0, 0)])
def test_a_doubt_is_carried_out_as_it_was_decided(office, send, table_of, row_of, make_member, choice, people, grants):
    known, before = make_member("Rosa"), Volunteer.objects.count()
    address = send(office, table_of(row_of(), row_of("Ana", role="informada")))

    office.post(address, {"row-2": str(known.uuid) if choice == "same" else choice})
    work()

    assert Volunteer.objects.count() == before + people + 1
    assert Grant.objects.count() == grants + 1
    assert Grant.objects.filter(volunteer=known).exists() == (choice == "same")


def test_two_roles_of_one_person_stand_at_one_person(office, send, table_of, row_of):
    address = send(office, table_of(row_of(), row_of(role="coordinadora-municipal")))

    office.post(address, {"row-3": "row-2"})
    work()

    assert Grant.objects.count() == 2
    assert Grant.objects.values("volunteer").distinct().count() == 1


def test_a_code_attaches_to_the_person_and_gives_her_a_place(office, send, table_of, row_of, volunteer):
    office.post(send(office, table_of(row_of("Otra", código_de_la_escuela=volunteer.sign_in.code))))
    work()

    volunteer.refresh_from_db()
    assert Grant.objects.get().volunteer == volunteer
    assert (volunteer.territory.code, volunteer.safe_name) == ("1609", "Candelaria")


def test_who_got_the_role_meanwhile_is_told_and_the_others_are_taken(
    office, send, table_of, row_of, make_member, give_role
):
    known = make_member("Rosa")
    address = send(office, table_of(row_of(), row_of("Ana")))
    office.post(address, {"row-2": str(known.uuid)})
    give_role(known, days=900)

    row = work()

    assert row.result["done"] == 1
    assert [number for number, _reason in row.result["refused"]] == [2]


def test_nothing_to_do_is_said(office, send, table_of, row_of):
    assert office.post(send(office, table_of(row_of(role="reina")))).status_code == 422
    assert not Job.objects.exists()


def test_the_file_can_be_deleted_unread(office, send, table_of, row_of):
    address = send(office, table_of(row_of()))

    office.post(address, {"forget": "yes"})

    assert files() == []
    assert office.get(address).status_code == 404


def test_after_a_day_the_file_is_gone(office, send, table_of, row_of):
    address = send(office, table_of(row_of()))
    office.post(address)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        row = work()
        assert (row.state, bool(row.result["stopped"])) == ("done", True)
        assert not Grant.objects.exists()


def test_the_house_forgets_files_of_yesterday(office, send, table_of, row_of):
    send(office, table_of(row_of()))

    assert forget_old(timezone.now()) == 0
    assert forget_old(timezone.now() + timedelta(hours=25)) == 1
    assert files() == []


def test_a_bad_file_is_answered_in_words(office, organisation):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = office.post(SEND, {"organisation": organisation.uuid, "file": SimpleUploadedFile("a.xlsx", b"x")})

    assert answer.status_code == 422
    assert files() == []


def test_the_template_is_given(office, organisation):
    answer = office.get(f"{SEND}template/{organisation.uuid}/")

    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_a_coordinator_elsewhere_sees_the_table_without_being_able_to_take_it(
    office, send, table_of, row_of, make_staff, staff_client, place_called
):
    address = send(office, table_of(row_of()))
    elsewhere = staff_client(make_staff("coordinator", territory=place_called("0101")))

    assert elsewhere.get(address).context["to_do"] == 0
    assert elsewhere.post(address).status_code == 422


def test_strangers_learners_and_other_organisations_see_nothing(
    office, send, table_of, row_of, client, learner_client, make_staff, staff_client, other_organisation, organisation
):
    address = send(office, table_of(row_of()))
    partner = staff_client(make_staff("coordinator", other_organisation))

    assert [browser.get(page).status_code for browser in (client, learner_client) for page in (SEND, address)] == [
        302
    ] * 4
    assert partner.get(address).status_code == 404
    assert partner.post(address).status_code == 404
    assert partner.get(f"{SEND}template/{organisation.uuid}/").status_code == 404
    for kind in ("facilitator", "trainer", "administrator"):
        assert staff_client(make_staff(kind)).get(SEND).status_code == 403
    assert office.get(f"{SEND}{uuid.uuid4()}/").status_code == 404

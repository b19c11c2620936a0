"""Files of the register's answer: what they hold, what they never hold, and that they are written down."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from certificates.models import Alert, LookUp
from certificates.register import exporting
from certificates.register.asking import Question, people_in, scope_of
from certificates.register.exporting import all_people_in, asked_of, question_of
from certificates.vouching import attest_language
from cms.models import AuditEntry
from people.models import Cohort, Identity

PAGE = "/es/register/export/"


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def office(staff_client, coordinator):
    return staff_client(coordinator)


@pytest.fixture
def rosa(make_member, give_role, make_staff):
    person = make_member("Rosa")
    Identity.objects.filter(volunteer=person).update(legal_name="Rosa Caal Xol", phone="5555 1234")
    give_role(person)
    attest_language(person, "kek", timezone.localdate(), recorded_by=make_staff("coordinator").volunteer, attester="x")
    return person


@pytest.fixture
def question(role_called, place_called):
    return Question(role_called("monitora"), timezone.localdate(), place_called("1609"))


@pytest.fixture
def address(role_called):
    return f"{PAGE}?role={role_called('monitora').uuid}"


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_csv_holds_short_code_safe_name_role_place_until_status_and_languages(office, rosa, address):
    _head, row = rows_of(office.post(address, {"form": "csv"}))

    until = rosa.spans.get(kind="active", role__slug="monitora").ends_on
    place = "San Pedro Carchá (Alta Verapaz)"
    assert row[:5] == [str(rosa.uuid)[:8], "Rosa", "Monitora o monitor", place, until.isoformat()]
    assert row[6] == "Qʼeqchiʼ"


def test_xlsx_holds_the_same(office, rosa, address):
    told = rows_of(office.post(address, {"form": "csv"}))
    response = office.post(address, {"form": "xlsx"})

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cells = [[cell.date().isoformat() if hasattr(cell, "date") else cell for cell in row] for row in sheet.values]
    assert cells == told


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_file_holds_a_legal_name_or_a_telephone(office, rosa, address, form):
    content = b"".join(office.post(address, {"form": form}).streaming_content)
    if form == "xlsx":
        content = repr(list(load_workbook(io.BytesIO(content)).active.values)).encode()

    assert b"Rosa" in content
    assert b"Caal" not in content
    assert b"5555" not in content


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_name_becomes_a_formula(office, make_member, give_role, address, name):
    give_role(make_member(name))

    assert rows_of(office.post(address, {"form": "csv"}))[1][1] == f"'{name}"


def test_a_sign_that_no_workbook_holds_is_left_out(office, make_member, give_role, address):
    give_role(make_member("Ro\x0bsa"))

    response = office.post(address, {"form": "xlsx"})

    assert load_workbook(io.BytesIO(b"".join(response.streaming_content))).active["B2"].value == "Rosa"


def test_it_is_audited_and_noted_for_each_person(office, coordinator, rosa, address):
    office.post(address, {"form": "csv"})

    entry = AuditEntry.objects.get(action="register_exported")
    assert (entry.actor, entry.details["count"], entry.details["form"]) == (f"people.user:{coordinator.pk}", 1, "csv")
    looked = LookUp.objects.get(volunteer=rosa)
    assert (looked.what, looked.by) == ("export", coordinator.volunteer)


def test_looking_at_the_page_takes_nothing_out(office, rosa, address):
    assert office.get(address).context["count"] == 1
    assert not LookUp.objects.exists()
    assert not AuditEntry.objects.filter(action="register_exported").exists()


def test_many_people_in_a_file_alert_another(office, make_member, give_role, address):
    for number in range(41):
        give_role(make_member(f"Rosa {number}"))

    office.post(address, {"form": "csv"})

    assert Alert.objects.get().count == 41


def test_a_file_holds_all_pages_in_the_order_of_the_answer(make_member, give_role, question, coordinator, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    for number in range(5):
        give_role(make_member(f"Rosa {number}"), days=100 - number)
    scope = scope_of(coordinator)

    found = [row.person for row in all_people_in(question, scope)]

    assert found == [row.person for row in people_in(question, scope)]
    assert len(found) == 5


def test_one_and_thirty_people_take_as_many_queries(make_member, give_role, question, coordinator):
    scope = scope_of(coordinator)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert list(all_people_in(question, scope))
        return len(asked)

    give_role(make_member("Rosa"))
    queries()  # learns where the place of the question lies
    one = queries()
    for number in range(29):
        give_role(make_member(f"Ana {number}"))

    assert queries() == one


def test_only_what_she_is_responsible_for_is_taken_out(rosa, address, make_staff, staff_client, place_called):
    elsewhere = staff_client(make_staff("coordinator", territory=place_called("0101")))

    assert len(rows_of(elsewhere.post(address, {"form": "csv"}))) == 1


def test_others_take_nothing_out(rosa, address, client, learner_client, make_staff, staff_client, other_organisation):
    partner = staff_client(make_staff("coordinator", other_organisation))

    assert client.post(address, {"form": "csv"}).status_code == 302
    assert learner_client.post(address, {"form": "csv"}).status_code == 302
    assert staff_client(make_staff("facilitator")).post(address, {"form": "csv"}).status_code == 403
    assert partner.post(address, {"form": "csv"}).status_code == 302
    assert not LookUp.objects.exists()


def test_an_unknown_form_is_refused(office, rosa, address):
    assert office.post(address, {"form": "pdf"}).status_code == 422


def test_a_question_is_the_same_after_it_was_kept(question, organisation):
    cohort = Cohort.objects.create(organisation=organisation, name="x")
    full = Question(question.role, question.day, question.place, "paused", "kek", cohort)

    assert question_of(asked_of(full)) == full
    cohort.delete()
    assert question_of({**asked_of(full), "cohort": "7f1e2d6e-0f3c-4d6e-9a55-111111111111"}) is None


def test_the_words_are_in_the_language_of_who_asks_when_they_are_sent(staff_client, coordinator, rosa, address):
    from django.utils import translation

    response = staff_client(coordinator).post(address.replace("/es/", "/en/"), {"form": "csv"})
    with translation.override("es"):
        assert rows_of(response)[0][0] == "Code"

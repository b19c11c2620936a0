"""Legal names leave the school only with a second person's word, encrypted, once."""

import io
from datetime import timedelta

import msoffcrypto
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from certificates import kept_files
from certificates.models import LookUp, SensitiveExport
from certificates.register.sensitive import ExportRefused, fetch, new_password
from cms.models import AuditEntry
from people.models import Identity, Responsibility

LIST = "/es/register/exports/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_files, "folder", lambda: tmp_path / "kept")


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def office(staff_client, coordinator):
    return staff_client(coordinator)


@pytest.fixture
def second(make_staff, staff_client):
    return staff_client(make_staff("administrator"))


@pytest.fixture
def rosa(make_member, give_role):
    person = make_member("Rosa")
    row = Identity.objects.get(volunteer=person)
    row.legal_name, row.phone = "Rosa Caal Xol", "=5555 1234"
    row.save()
    give_role(person)
    return person


@pytest.fixture
def query(role_called):
    return f"?role={role_called('monitora').uuid}"


@pytest.fixture
def asked(office, rosa, query):
    told = {"columns": ["legal_name", "phone"], "reason": "Lista para la alcaldía."}
    office.post(f"/es/register/export/names/{query}", told)
    return SensitiveExport.objects.get()


@pytest.fixture
def approved(asked, second):
    second.post(f"{LIST}{asked.uuid}/", {"decision": "approve"})
    asked.refresh_from_db()
    return asked


def test_it_is_asked_for_with_a_reason_and_holds_no_name(asked, coordinator):
    assert (asked.state, asked.people_count, asked.asked_by) == ("waiting", 1, coordinator.volunteer)
    assert asked.columns == ["legal_name", "phone"]
    assert AuditEntry.objects.filter(action="sensitive_export_asked").count() == 1
    assert not LookUp.objects.exists()


@pytest.mark.parametrize("told", [{"columns": ["phone"]}, {"reason": "x"}, {"columns": ["dpi"], "reason": "x"}])
def test_without_reason_or_columns_it_is_asked_again(office, rosa, query, told):
    assert office.post(f"/es/register/export/names/{query}", told).status_code == 422
    assert not SensitiveExport.objects.exists()


def test_who_decides_sees_question_columns_reason_and_number_and_no_name(asked, second):
    text = second.get(f"{LIST}{asked.uuid}/").content.decode()

    assert "Lista para la alcaldía." in text
    assert "Caal" not in text
    assert [one.uuid for one in second.get(LIST).context["waiting"]] == [asked.uuid]


def test_nobody_approves_her_own(asked, office, coordinator):
    answer = office.post(f"{LIST}{asked.uuid}/", {"decision": "approve"})

    asked.refresh_from_db()
    assert (answer.status_code, asked.state) == (422, "waiting")
    assert not office.get(LIST).context["waiting"]
    with pytest.raises(IntegrityError), transaction.atomic():
        SensitiveExport.objects.update(decided_by=coordinator.volunteer)


def test_the_file_opens_with_the_password_shown_once_and_with_no_other(approved, office, coordinator, rosa):
    shown = office.post(f"{LIST}{approved.uuid}/fetch/")
    password = shown.context["password"]
    content = office.get(f"{LIST}{approved.uuid}/file/").content

    assert password in shown.content.decode()
    sealed, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    assert sealed.is_encrypted()
    sealed.load_key(password=password)
    sealed.decrypt(plain)
    head, row = load_workbook(plain).active.values
    assert row[:2] == (str(rosa.uuid)[:8], "Rosa")
    assert row[-2:] == ("Rosa Caal Xol", "'=5555 1234")
    assert len(head) == len(row)
    wrong = msoffcrypto.OfficeFile(io.BytesIO(content))
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        wrong.load_key(password=new_password(), verify_password=True)
    assert password not in repr(list(AuditEntry.objects.values())) + repr(SensitiveExport.objects.values())


def test_neither_name_nor_plain_workbook_lies_on_the_disk(approved, office):
    office.post(f"{LIST}{approved.uuid}/fetch/")

    (file,) = kept_files.folder().glob("*")
    assert b"Caal" not in file.read_bytes()
    assert not file.read_bytes().startswith((b"PK", b"\xd0\xcf"))


def test_only_the_columns_that_were_approved_leave(office, second, rosa, query):
    told = {"columns": ["phone"], "reason": "Llamar."}
    office.post(f"/es/register/export/names/{query}", told)
    asked = SensitiveExport.objects.get()
    second.post(f"{LIST}{asked.uuid}/", {"decision": "approve"})
    password = office.post(f"{LIST}{asked.uuid}/fetch/").context["password"]

    sealed = msoffcrypto.OfficeFile(io.BytesIO(office.get(f"{LIST}{asked.uuid}/file/").content))
    plain = io.BytesIO()
    sealed.load_key(password=password)
    sealed.decrypt(plain)
    assert "Caal" not in repr(list(load_workbook(plain).active.values))


def test_it_is_fetched_once_audited_and_noted(approved, office, coordinator, rosa):
    first = office.post(f"{LIST}{approved.uuid}/fetch/")
    again = office.post(f"{LIST}{approved.uuid}/fetch/")

    approved.refresh_from_db()
    assert (first.status_code, again.status_code, approved.state) == (200, 422, "fetched")
    assert AuditEntry.objects.filter(action="sensitive_export_fetched").count() == 1
    assert LookUp.objects.get(volunteer=rosa).by == coordinator.volunteer


def test_a_download_that_broke_can_be_repeated_for_a_quarter_of_an_hour(approved, office):
    office.post(f"{LIST}{approved.uuid}/fetch/")
    file = f"{LIST}{approved.uuid}/file/"

    assert [office.get(file).status_code for _time in range(2)] == [200, 200]
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert office.get(file).status_code == 404


def test_after_a_day_it_must_be_asked_for_again(approved, office):
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        answer = office.post(f"{LIST}{approved.uuid}/fetch/")

    assert answer.status_code in {302, 422}
    approved.refresh_from_db()
    assert approved.state == "approved"


def test_what_waits_or_was_refused_cannot_be_fetched(asked, office, second):
    waiting = office.post(f"{LIST}{asked.uuid}/fetch/").status_code
    second.post(f"{LIST}{asked.uuid}/", {"decision": "refuse"})

    assert (waiting, office.post(f"{LIST}{asked.uuid}/fetch/").status_code) == (422, 422)


def test_it_is_decided_once(asked, second, make_staff, staff_client):
    second.post(f"{LIST}{asked.uuid}/", {"decision": "refuse"})
    other = staff_client(make_staff("coordinator"))

    assert other.post(f"{LIST}{asked.uuid}/", {"decision": "approve"}).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "refused"


def test_only_who_asked_fetches(approved, second):
    assert second.post(f"{LIST}{approved.uuid}/fetch/").status_code == 422
    assert second.get(f"{LIST}{approved.uuid}/file/").status_code == 404


def test_more_people_than_were_approved_never_leave(approved, coordinator, make_member, give_role):
    give_role(make_member("Ana"))

    with pytest.raises(ExportRefused):
        fetch(approved, coordinator)


def test_who_lost_her_responsibility_fetches_nothing(approved, office, coordinator):
    Responsibility.objects.filter(volunteer=coordinator.volunteer).delete()

    assert office.post(f"{LIST}{approved.uuid}/fetch/").status_code == 403


def test_others_do_not_learn_of_it(asked, client, learner_client, make_staff, staff_client, other_organisation):
    page = f"{LIST}{asked.uuid}/"

    assert [browser.get(page).status_code for browser in (client, learner_client)] == [302, 302]
    assert staff_client(make_staff("facilitator")).get(page).status_code == 403
    for kind in ("coordinator", "administrator"):
        partner = staff_client(make_staff(kind, other_organisation))
        assert partner.get(page).status_code == 404
        assert partner.post(page, {"decision": "approve"}).status_code == 404
        assert not partner.get(LIST).context["waiting"]


def test_one_and_ten_requests_take_as_many_queries(second, coordinator, organisation, make_staff):
    def ask():
        SensitiveExport.objects.create(
            organisation=organisation,
            columns=["phone"],
            reason="x",
            asked_by=make_staff("coordinator").volunteer,
            asked_at=timezone.now(),
        )

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert second.get(LIST).status_code == 200
        return len(asked)

    ask()
    queries()
    one = queries()
    for _number in range(9):
        ask()

    assert queries() == one

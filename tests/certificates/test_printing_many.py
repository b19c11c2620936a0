"""The certificates of a group as one PDF: whose, in which language, once, and gone after a day."""

import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from certificates import kept_files, printing_many
from certificates.issuing import revoke
from certificates.models import CertificateCopy
from certificates.printing import PrintingUnavailable
from certificates.printing_many import copies_of, printable
from cms.models import AuditEntry, Job
from cms.working import run_job
from people.joining import erase
from people.models import Cohort, Territory

PAGE = "/es/facilitate/certificates/print/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_files, "folder", lambda: tmp_path / "kept")
    monkeypatch.setattr(printing_many, "IN_A_PART", 2)


@pytest.fixture
def cohort(organisation):
    return Cohort.objects.create(organisation=organisation, name="Las Flores")


@pytest.fixture
def finish(join_volunteer, complete_course, cohort):
    """Return a function that makes a member of the cohort who has her certificate."""

    def make(name, language="es"):
        person = join_volunteer(name, language)
        cohort.members.add(person)
        return complete_course(person)

    return make


@pytest.fixture
def facilitator(make_staff):
    return make_staff("facilitator")


@pytest.fixture
def desk(staff_client, facilitator):
    return staff_client(facilitator)


@pytest.fixture
def ask(desk, cohort, course):
    """Return a function that asks for the file and returns its page's address."""

    def make(token=None):
        told = {"cohort": cohort.uuid, "course": course.translation_key, "token": token or uuid.uuid4()}
        response = desk.post(PAGE, told)
        assert response.status_code == 302, response.content.decode()
        return response["Location"]

    return make


def work():
    return run_job(Job.objects.get(kind="print_certificates").pk)


def pages_of(response):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.content)).pages]


def files():
    return list(kept_files.folder().glob("*"))


def test_each_stands_on_a_page_of_one_file_by_name(desk, ask, finish):
    for name in ("Luz", "Ana", "Rosa"):
        finish(name)
    address = ask()
    waiting = desk.get(address)

    work()

    told = desk.get(address)
    pages = pages_of(desk.get(f"{address}file/"))
    assert (waiting.headers["Refresh"], "Refresh" in told.headers, told.context["pages"]) == ("3", False, 3)
    assert [next(name for name in ("Ana", "Luz", "Rosa") if name in page) for page in pages] == ["Ana", "Luz", "Rosa"]
    assert len(files()) == 1


def test_each_is_in_its_holders_language_with_the_name_she_chose(finish):
    own = finish("Ana", "kek")
    CertificateCopy.objects.create(certificate=own, number=2, name="Ana Xol", language="es")

    (copy,) = copies_of([own.pk])

    assert (copy.name, copy.language, copy.number) == ("Ana Xol", "kek", 3)
    assert [again.pk for again in copies_of([own.pk])] == [copy.pk]


def test_the_same_form_twice_is_one_file(ask, finish):
    finish("Ana")
    token = uuid.uuid4()

    assert ask(token) == ask(token)
    assert Job.objects.filter(kind="print_certificates").count() == 1
    assert AuditEntry.objects.get(action="certificates_printed").details["count"] == 1


def test_a_killed_worker_goes_on_with_the_next_part(desk, ask, finish, monkeypatch):
    for name in ("Luz", "Ana", "Rosa"):
        finish(name)
    address, part, calls = ask(), printing_many._part, []

    def killed_at_second(keys):
        calls.append(keys)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return part(keys)

    monkeypatch.setattr(printing_many, "_part", killed_at_second)
    with pytest.raises(KeyboardInterrupt):
        work()
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert work().state == "done"

        assert [len(keys) for keys in calls] == [2, 1, 1]
        assert len(pages_of(desk.get(f"{address}file/"))) == 3


def test_after_a_day_the_file_is_gone(desk, ask, finish):
    finish("Ana")
    ask()
    work()

    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert kept_files.forget_old(timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert kept_files.kept(printing_many.file_of(Job.objects.get(kind="print_certificates"))) is None
        assert kept_files.forget_old(timezone.now()) == 1


def test_the_file_lies_unreadable_on_the_disk(ask, finish):
    finish("Ana")
    ask()
    work()

    assert not files()[0].read_bytes().startswith(b"%PDF")


def test_revoked_and_erased_ones_are_left_out(finish, facilitator, cohort, course):
    keeps, revoked, gone = finish("Ana"), finish("Luz"), finish("Rosa")
    revoke(revoked, facilitator, "x")
    erase(gone.volunteer)

    assert printable(facilitator, cohort, course.translation_key) == [keeps]
    assert [copy.certificate for copy in copies_of([keeps.pk, revoked.pk, gone.pk])] == [keeps]


def test_only_people_in_her_care_are_printed(finish, make_staff, cohort, course):
    own = finish("Ana")
    own.volunteer.territory = Territory.objects.get(code="1609")
    own.volunteer.save()
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))

    assert printable(elsewhere, cohort, course.translation_key) == []


def test_one_and_ten_certificates_take_as_many_queries(finish, facilitator, cohort, course):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            found = printable(facilitator, cohort, course.translation_key)
            assert list(copies_of([row.pk for row in found]))
        return len(asked)

    finish("Ana")
    one = queries()
    for number in range(4):
        finish(f"Luz {number}")

    assert queries() == one


def test_a_group_without_certificates_is_told(desk, cohort, course, finish):
    finish("Ana").volunteer.cohorts.clear()

    told = {"cohort": cohort.uuid, "course": course.translation_key, "token": uuid.uuid4()}
    assert desk.post(PAGE, told).status_code == 422
    assert desk.post(PAGE, {}).status_code == 422


def test_a_machine_that_cannot_print_says_so(desk, ask, finish, monkeypatch):
    def unavailable(_pages):
        raise PrintingUnavailable

    finish("Ana")
    address = ask()
    monkeypatch.setattr(printing_many, "pdf_of_many", unavailable)
    work()

    assert desk.get(address).context["unavailable"]
    assert desk.get(f"{address}file/").status_code == 404


def test_only_who_asked_downloads(ask, finish, client, learner_client, make_staff, staff_client, other_organisation):
    finish("Ana")
    address = ask()
    work()

    for page in (address, f"{address}file/"):
        assert [browser.get(page).status_code for browser in (client, learner_client)] == [302, 302]
        assert staff_client(make_staff("coordinator")).get(page).status_code == 404
        assert staff_client(make_staff("coordinator", other_organisation)).get(page).status_code == 404
    assert staff_client(make_staff("trainer")).get(PAGE).status_code == 403

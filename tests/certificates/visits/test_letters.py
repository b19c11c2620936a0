"""The letter: who agreed, what it is not, and what its code tells without naming anybody."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from pypdf import PdfReader

from certificates.granting import suspend
from certificates.models import Grant, IssuerProfile
from certificates.visits.asking import ask, note_answer
from certificates.visits.closing import call_off
from certificates.visits.letters import check_letter, letter_pdf, token_for
from certificates.visits.planning import VisitRefused, change_visit
from cms.models import AuditEntry


@pytest.fixture(autouse=True)
def spanish():
    with translation.override("es"):
        yield


@pytest.fixture
def agreed(visit, make_monitor, coordinator):
    people = [make_monitor(name) for name in ("Candelaria Xol", "Rosa Qʼaqʼ")]
    for person in people:
        note_answer(ask(visit, person, coordinator), coordinator, True)
    return people


@pytest.fixture
def confirmed(organisation):
    return IssuerProfile.objects.create(
        organisation=organisation, display_name="Red de Prueba por la Salud", confirmed=True
    )


def read(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    return len(reader.pages), " ".join(reader.pages[0].extract_text().split())


def test_it_is_one_page_with_those_who_agreed_the_place_and_whom_to_call(
    visit, agreed, coordinator, confirmed, make_monitor
):
    ask(visit, make_monitor("Sin respuesta"), coordinator)

    pages, words = read(letter_pdf(visit, coordinator))

    assert pages == 1
    for expected in (
        "Candelaria Xol",
        "Rosa Qʼaqʼ",
        "San Pedro Carchá (Alta Verapaz)",
        "CAP Carchá",
        "Ver si hay medicinas.",
        "Doña Marta, 5555 0000",
        "Red de Prueba por la Salud",
    ):
        assert expected in words
    assert "Sin respuesta" not in words
    assert "MUESTRA" not in words.replace(" ", "")


def test_without_a_confirmed_issuer_it_is_a_sample(visit, agreed, coordinator, organisation):
    organisation.name = "Organización de Verdad"
    organisation.save()

    words = read(letter_pdf(visit, coordinator))[1]

    assert "MUESTRA" in words.replace(" ", "")
    assert "Organización de Verdad" not in words


def test_it_is_pdf_a_3a_the_same_each_time_and_audited(visit, agreed, coordinator):
    first, second = letter_pdf(visit, coordinator), letter_pdf(visit, coordinator)
    about = PdfReader(io.BytesIO(first)).trailer["/Root"]["/Metadata"].get_data().decode()

    assert 'part="3"' in about or "<pdfaid:part>3</pdfaid:part>" in about
    assert read(first) == read(second)
    entries = AuditEntry.objects.filter(action="visit_letter_made")
    assert [entry.details for entry in entries] == [{"people": 2}] * 2


def test_who_may_not_go_any_more_is_not_on_it(visit, agreed, coordinator):
    suspend(Grant.objects.get(volunteer=agreed[0]), coordinator, "Falta aclarar algo.")

    words = read(letter_pdf(visit, coordinator))[1]

    assert "Rosa Qʼaqʼ" in words
    assert "Candelaria" not in words


def test_without_anybody_who_agreed_or_after_its_day_there_is_none(visit, monitor, coordinator):
    row = ask(visit, monitor, coordinator)
    with pytest.raises(VisitRefused):
        letter_pdf(visit, coordinator)
    note_answer(row, coordinator, True)

    with time_machine.travel(timezone.now() + timedelta(days=11)), pytest.raises(VisitRefused):
        letter_pdf(visit, coordinator)


def test_its_code_is_valid_on_the_day_and_tells_day_and_place_but_nobody(visit, agreed):
    path = f"/es/visit-letter/{token_for(visit)}/"

    ahead = Client().get(path)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        today = Client().get(path)
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        late = Client().get(path)

    assert "verify-answer--valid" not in ahead.content.decode()
    assert "San Pedro Carchá (Alta Verapaz)" in ahead.content.decode()
    assert "verify-answer--valid" in today.content.decode()
    for word in ("Candelaria", "Rosa", "CAP", "Doña Marta", "onitora"):
        assert word not in today.content.decode()
    assert (ahead.status_code, today.status_code, late.status_code) == (200, 200, 404)


def test_moved_called_off_tampered_and_unknown_letters_say_the_same(visit, plan, coordinator, day):
    token = token_for(visit)
    unknown = [
        "",
        "x",
        "ñ" * 36,
        "!" * 36,
        "=" * 36,
        "A" * 36,
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token + "A",
    ]

    assert all(check_letter(text).visit is None for text in unknown)
    change_visit(visit, plan(day=day(12)), coordinator)
    assert check_letter(token).visit is None
    change_visit(visit, plan(), coordinator)
    assert check_letter(token).visit == visit
    call_off(visit, "road", coordinator)
    assert check_letter(token).visit is None


def test_codes_are_not_tried_without_end(visit):
    client = Client()
    answers = [client.get("/es/visit-letter/nobody-has-this/").status_code for _try in range(31)]

    assert (set(answers[:30]), answers[30]) == ({404}, 429)

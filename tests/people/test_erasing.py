"""What is kept of a person, in what form, and what is left when she leaves."""

import json
import uuid

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from certificates.issuing import make_out
from cms.models import AuditEntry
from courses.models import Completion, Event, QuarantinedEvent
from courses.syncing import take
from people.joining import erase
from people.models import Consent, DeviceCredential, Identity, SignIn, Volunteer

NAME, LEGAL_NAME, PHONE = "Xmucané Tzunún", "María Xmucané Tzunún Caal", "55501234"


def everything_kept():
    """Yield every value of every column of every table, as the database itself holds it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, (str, bytes, memoryview, dict, list)):
                        yield f"{table}.{column}", value if isinstance(value, str) else str(value)


def readable(text):
    """Return a text, decrypted where the school's own key opens it."""
    try:
        return Fernet(settings.FIELD_KEYS).decrypt(text.encode()).decode()
    except InvalidToken:
        return text


def where_written(*words, decrypt=False):
    words = {*words, *(json.dumps(word)[1:-1] for word in words)}  # JSON may be kept with its letters escaped
    return sorted(
        {
            place
            for place, text in everything_kept()
            if any(word in (readable(text) if decrypt and text.startswith("gAAAA") else text) for word in words)
        }
    )


@pytest.fixture
def known_person(join_volunteer, complete_course, lessons):
    """A person whose name the school has written wherever it writes names."""
    person = join_volunteer(NAME)
    Identity.objects.filter(volunteer=person).update(legal_name=LEGAL_NAME, phone=PHONE)
    certificate = complete_course(person)
    make_out(certificate, f"{NAME} Caal", "es")
    DeviceCredential.objects.create(volunteer=person, device=uuid.uuid4(), token_hash="0" * 64)
    event = {"uuid": str(uuid.uuid4()), "kind": "lesson_completed", "activity": str(lessons[0].translation_key)}
    take(person, [{**event, "at": timezone.now().isoformat()}])
    take(person, [{"uuid": str(uuid.uuid4()), "kind": "greeting", "data": {"name": NAME}}])
    take(person, [{**event, "uuid": str(uuid.uuid4()), "at": timezone.now().isoformat(), "data": {"note": NAME}}])
    return person


def test_names_and_telephone_are_not_plain_in_the_database(join_volunteer, complete_course):
    person = join_volunteer(NAME)
    Identity.objects.filter(volunteer=person).update(legal_name=LEGAL_NAME, phone=PHONE)
    complete_course(person)

    assert where_written(NAME, LEGAL_NAME, PHONE) == []
    assert where_written(NAME, PHONE, decrypt=True) == [
        "certificates_certificatecopy.name",
        "people_identity.legal_name",
        "people_identity.phone",
        "people_identity.safe_name",
    ]


def test_the_same_name_is_encrypted_differently_each_time(join_volunteer):
    people = [join_volunteer(NAME), join_volunteer(NAME)]

    with connection.cursor() as cursor:
        cursor.execute("SELECT safe_name FROM people_identity")
        kept = {row[0] for row in cursor.fetchall()}

    assert len(kept) == len(people)
    assert {person.safe_name for person in people} == {NAME}


def test_erasing_leaves_her_name_nowhere_readable_or_encrypted(known_person):
    code = known_person.sign_in.code

    erase(known_person)

    assert where_written("Xmucané", "Tzunún", PHONE, code, decrypt=True) == []


def test_erasing_leaves_her_facts_under_the_random_key(known_person):
    before = Event.objects.count(), Completion.objects.count(), QuarantinedEvent.objects.count()

    erase(known_person)

    after = Volunteer.objects.get(pk=known_person.pk)
    assert (Event.objects.count(), Completion.objects.count(), QuarantinedEvent.objects.count()) == before
    assert after.uuid == known_person.uuid
    assert after.safe_name == "—"
    assert after.territory is None
    assert after.erased_at is not None


def test_erasing_takes_every_way_in_away(known_person, browser_of):
    browser = browser_of(known_person)

    erase(known_person)

    assert browser.get("/es/me/")["Location"] == "/es/sign-in/"
    assert browser.get("/api/me/").status_code == 401
    assert (SignIn.objects.count(), DeviceCredential.objects.count()) == (0, 0)


def test_erasing_withdraws_consent_and_is_audited_with_ids_only(known_person):
    erase(known_person)

    assert Consent.objects.filter(volunteer=known_person, withdrawn_at=None).count() == 0
    about_her = AuditEntry.objects.filter(target__startswith="people.volunteer:")
    assert list(about_her.values_list("action", "target", "details")) == [
        ("person_erased", f"people.volunteer:{known_person.pk}", {})
    ]


def test_she_erases_herself_after_being_told_what_it_does(learner_client, volunteer):
    asked = learner_client.get("/es/me/delete/")
    assert asked.status_code == 200
    assert Identity.objects.filter(volunteer=volunteer).count() == 1

    done = learner_client.post("/es/me/delete/")

    assert done.status_code == 200
    assert Identity.objects.filter(volunteer=volunteer).count() == 0
    assert "learner" not in learner_client.session


def test_who_has_a_responsibility_is_not_erased_by_one_tap(make_staff, staff_client):
    facilitator = make_staff("facilitator")

    response = staff_client(facilitator).post("/es/me/delete/")

    assert response.status_code == 403
    assert Identity.objects.filter(volunteer=facilitator.volunteer).count() == 1


def test_checking_certificates_keeps_no_address(volunteer, complete_course):
    certificate = complete_course(volunteer)

    Client(REMOTE_ADDR="203.0.113.77").get(f"/es/c/{certificate.code}/")

    assert where_written("203.0.113.77", decrypt=True) == []


def test_a_name_she_changes_leaves_the_old_one_nowhere(learner_client, volunteer):
    learner_client.post("/es/me/data/", {"name": "Otra"})

    assert where_written("Candelaria Nueva", decrypt=True) == []
    assert Identity.objects.get(volunteer=volunteer).safe_name == "Otra"


@pytest.mark.parametrize("name", ["", "   ", "x" * 300, "12345"])
def test_a_wrong_new_name_is_asked_again(learner_client, volunteer, name):
    response = learner_client.post("/es/me/data/", {"name": name})

    assert response.status_code == 422
    assert Identity.objects.get(volunteer=volunteer).safe_name == "Candelaria"

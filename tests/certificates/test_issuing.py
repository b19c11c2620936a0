"""A certificate is the fact of a finished course: made once, corrected without loss, checked by strangers."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from certificates.issuing import CODE_LENGTH, CODE_LETTERS, belongs_to, issue, make_out, new_code, revoke, verify
from certificates.models import CourseCertificate, IssuerProfile, Signatory
from certificates.views import MOST_TRIES
from cms.models import AuditEntry
from courses.completing import complete_lessons
from people.joining import erase


@pytest.fixture
def certificate(complete_course, volunteer):
    return complete_course(volunteer)


@pytest.fixture
def issuer(organisation):
    profile = IssuerProfile(organisation=organisation, display_name="Red de Prueba", confirmed=True)
    profile.signatories = [Signatory(name="Juana Caal", position="Coordinadora")]
    profile.save()
    return profile


def page_of(certificate, client=None, **answers):
    client = client or Client()
    address = f"/es/c/{certificate.code}/"
    return client.post(address, answers) if answers else client.get(address)


def text_of(response):
    return re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2].partition("</main>")[0])


# --- issuing -------------------------------------------------------------------------------------------------------


def test_asked_too_early_it_says_what_is_missing(learner_client, volunteer, lessons):
    complete_lessons(volunteer, [(lesson.translation_key, timezone.now(), 1) for lesson in lessons[:33]])

    response = learner_client.get("/es/me/certificates/curso-basico/")

    assert response.status_code == 409
    kinds = [step.kind for step in response.context["missing"]]
    assert [kinds.count(kind) for kind in ("lesson", "check", "final")] == [1, 8, 1]
    assert response.context["missing"][0].title in response.content.decode()
    assert CourseCertificate.objects.count() == 0


def test_asked_for_when_the_course_is_done_it_is_there(learner_client, certificate):
    response = learner_client.get("/es/me/certificates/curso-basico/", follow=True)

    assert response.status_code == 200
    assert certificate.spaced_code in response.content.decode()


def test_it_keeps_course_edition_hash_hours_and_day_as_plain_values(certificate, course):
    from courses.models import Edition

    edition = Edition.objects.latest(course.translation_key)
    assert (certificate.course_title, certificate.edition, certificate.manifest_hash, certificate.hours) == (
        course.title,
        1,
        edition.manifest_hash,
        course.hours,
    )
    assert certificate.completed_on == timezone.localdate()


def test_issuing_twice_makes_one(certificate, course, volunteer):
    again = issue(volunteer, course, None, timezone.now())

    assert again == certificate
    assert (CourseCertificate.objects.count(), certificate.copies.count()) == (1, 1)


def test_it_is_made_out_to_the_name_she_is_called_by_and_hides_it_from_others(certificate, volunteer):
    assert certificate.latest_copy.name == volunteer.safe_name
    assert certificate.name_is_public is False


def test_a_code_has_ten_signs_that_are_not_mistaken_for_one_another():
    codes = {new_code() for _number in range(200)}

    assert len(codes) == 200
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert set("".join(codes)) <= set(CODE_LETTERS)
    assert set("01ILOU") & set(CODE_LETTERS) == set()


# --- correcting ----------------------------------------------------------------------------------------------------


def test_a_corrected_name_makes_copy_2_and_keeps_copy_1(learner_client, certificate, volunteer):
    learner_client.post(f"/es/me/certificate/{certificate.code}/", {"name": "Candelaria Caal Xo\u2019"})

    assert list(certificate.copies.values_list("number", flat=True)) == [1, 2]
    assert [copy.name for copy in certificate.copies.all()] == ["Candelaria", "Candelaria Caal Xo\u02bc"]
    assert CourseCertificate.objects.get().code == certificate.code


def test_the_same_name_again_makes_no_copy(certificate):
    make_out(certificate, "Otra", "es")
    make_out(certificate, "Otra", "es")

    assert certificate.copies.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 300, "123"])
def test_a_wrong_name_is_asked_again_and_makes_no_copy(learner_client, certificate, name):
    response = learner_client.post(f"/es/me/certificate/{certificate.code}/", {"name": name})

    assert response.status_code == 422
    assert certificate.copies.count() == 1


def test_another_learner_neither_sees_nor_changes_nor_downloads_it(certificate, browser_of, join_volunteer):
    neighbour = browser_of(join_volunteer("Marta"))
    address = f"/es/me/certificate/{certificate.code}/"

    answers = [
        neighbour.get(address),
        neighbour.post(address, {"name": "Marta"}),
        neighbour.post(address, {"visibility": "public"}),
        neighbour.get(f"{address}pdf/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert certificate.copies.count() == 1
    assert CourseCertificate.objects.get().name_is_public is False


def test_a_stranger_is_asked_to_sign_in(certificate):
    for address in (f"/es/me/certificate/{certificate.code}/", f"/es/me/certificate/{certificate.code}/pdf/"):
        assert Client().get(address)["Location"] == "/es/sign-in/"


# --- the sample ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [None, False], ids=["no issuer", "not confirmed"])
def test_until_confirmed_it_says_muestra_and_names_no_organisation(learner_client, certificate, organisation, profile):
    organisation.name = "Organización de Verdad"
    organisation.save()
    if profile is not None:
        IssuerProfile.objects.create(organisation=organisation, display_name="Red de Prueba", confirmed=False)

    own = learner_client.get(f"/es/me/certificate/{certificate.code}/").content.decode()
    others = page_of(certificate).content.decode()

    for page in (own, others):
        assert "MUESTRA" in page
        assert "Organización de Verdad" not in page
        assert "Red de Prueba" not in page


def test_once_confirmed_it_names_the_issuer_and_says_muestra_no_more(learner_client, certificate, issuer):
    own = learner_client.get(f"/es/me/certificate/{certificate.code}/").content.decode()
    others = page_of(certificate).content.decode()

    for page in (own, others):
        assert "MUESTRA" not in page
        assert "Red de Prueba" in page


# --- checking ------------------------------------------------------------------------------------------------------


def test_a_valid_one_tells_course_edition_date_and_issuer_and_no_name(certificate, issuer, course):
    response = page_of(certificate)

    assert (response.status_code, response.context["verdict"].state) == (200, "valid")
    told = text_of(response)
    assert course.title in told
    assert "Red de Prueba" in told
    assert str(timezone.localdate().year) in told
    assert "Candelaria" not in told


def test_the_name_is_told_only_when_she_agreed_and_no_longer_when_she_changed_her_mind(learner_client, certificate):
    told = []
    for choice in ("public", "hidden"):
        learner_client.post(f"/es/me/certificate/{certificate.code}/", {"visibility": choice})
        told.append("Candelaria" in text_of(page_of(certificate)))

    assert told == [True, False]


def test_a_revoked_one_is_not_valid_tells_no_reason_and_no_name(certificate, make_staff):
    CourseCertificate.objects.update(name_is_public=True)
    revoke(certificate, make_staff("coordinator"), "Copió las respuestas")

    response = page_of(certificate)

    assert (response.status_code, response.context["verdict"].state) == (200, "invalid")
    assert "Copió" not in response.content.decode()
    assert "Candelaria" not in text_of(response)


def test_revoking_is_audited_with_ids_only_and_keeps_its_reason(certificate, make_staff):
    coordinator = make_staff("coordinator")

    revoke(certificate, coordinator, "Copió las respuestas")
    revoke(certificate, coordinator, "Otra razón")

    kept = CourseCertificate.objects.get()
    assert (kept.revoked_reason, kept.revoked_by) == ("Copió las respuestas", coordinator.volunteer)
    revoked = AuditEntry.objects.filter(target__startswith="certificates.coursecertificate")
    assert set(revoked.values_list("action", "target")) == {
        ("certificate_revoked", f"certificates.coursecertificate:{certificate.pk}")
    }
    assert "Copió" not in str(list(AuditEntry.objects.values_list("details")))


def test_a_certificate_cannot_be_revoked_without_a_reason(certificate, make_staff):
    with pytest.raises(IntegrityError), transaction.atomic():
        revoke(certificate, make_staff("coordinator"), "")

    assert CourseCertificate.objects.get().is_valid()


def test_revoked_and_asked_about_an_earlier_day_it_was_valid(certificate, make_staff):
    from datetime import timedelta

    CourseCertificate.objects.update(completed_on=timezone.localdate() - timedelta(days=9))
    revoke(certificate, make_staff("coordinator"), "x")
    kept, today = CourseCertificate.objects.get(), timezone.localdate()

    assert [kept.is_valid(on=today - timedelta(days=days)) for days in (0, 1, 9, 10)] == [False, True, True, False]


@pytest.mark.parametrize("code", ["XXXXXXXXXX", "0", "-", "%00", "' OR 1=1", "ñ" * 10, "A" * 300])
def test_an_unknown_code_is_told_to_be_unknown(db, code):
    response = Client().get(f"/es/c/{code}/")

    assert (response.status_code, response.context["verdict"].state) == (404, "unknown")


def test_a_code_may_be_typed_small_with_spaces_and_dashes(certificate):
    code = certificate.code.lower()

    assert verify(f" {code[:5]}-{code[5:]} ").certificate == certificate


def test_a_typed_code_leads_to_its_page(certificate):
    response = Client().get("/es/verify/", {"code": certificate.spaced_code.lower()})

    assert response["Location"] == f"/es/c/{certificate.code}/"


@pytest.mark.parametrize(
    ("typed", "belongs"),
    [
        ("María Xoʼ", True),
        ("maria xo'", True),
        ("MARIA XO\u2019", True),
        ("  Maria   Xo ", True),
        ("María X\u014d\u02bb", True),
        ("María", False),
        ("Xo María", False),
        ("Marta Xo", False),
        ("*", False),
        ("%", False),
    ],
)
def test_a_typed_name_hears_yes_or_no_whatever_accents_and_apostrophes(certificate, typed, belongs):
    make_out(certificate, "María Xoʼ", "es")

    response = page_of(certificate, name=typed)

    assert response.context["belongs"] is belongs
    assert belongs_to(certificate, typed) is belongs


def test_an_empty_name_hears_neither(certificate):
    response = page_of(certificate, name="   ")

    assert (response.context["typed"], response.context["belongs"]) == ("", False)


def test_the_name_on_an_earlier_copy_is_not_hers_any_more(certificate):
    make_out(certificate, "Otra", "es")

    assert belongs_to(certificate, "Candelaria") is False


def test_checking_too_often_from_one_place_is_told_to_wait(certificate):
    here, elsewhere = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")
    answers = [page_of(certificate, here, name=f"Nombre {number}").status_code for number in range(MOST_TRIES + 1)]

    assert answers == [200] * MOST_TRIES + [429]
    assert page_of(certificate, here).status_code == 429
    assert page_of(certificate, elsewhere).status_code == 200


def test_the_answer_is_never_kept_in_a_cache(certificate):
    assert "no-store" in page_of(certificate)["Cache-Control"]


def test_of_an_erased_person_the_fact_stays_and_no_name_belongs(certificate, volunteer):
    CourseCertificate.objects.update(name_is_public=True)
    make_out(certificate, "Candelaria Caal", "es")

    erase(volunteer)

    response = page_of(certificate, name="Candelaria Caal")
    assert (response.context["verdict"].state, response.context["belongs"]) == ("valid", False)
    assert "Candelaria" not in text_of(page_of(certificate))
    assert belongs_to(CourseCertificate.objects.get(), "") is False

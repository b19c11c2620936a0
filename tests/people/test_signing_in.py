"""Codes, PINs, pictures; wrong tries slow down one account; a reset ends what was open."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.models import AuditEntry, Throttle
from people.joining import print_cards, reset_secret
from people.models import DeviceCredential, SignIn
from people.models.signing_in import FREE_TRIES
from people.signing_in import SignInRefused, check_digit, check_secret, clean_code, new_code


def try_to_sign_in(code, pin, client=None, **more):
    return (client or Client()).post("/es/sign-in/", {"code": code, "pin": pin, **more})


def fail(code, times=FREE_TRIES):
    return [try_to_sign_in(code, "000001").status_code for _try in range(times)]


def test_code_and_pin_open_her_own_page(volunteer):
    client = Client()

    response = try_to_sign_in(volunteer.sign_in.code, "836152", client)

    assert (response.status_code, response["Location"]) == (302, "/es/me/")
    assert volunteer.safe_name in client.get("/es/me/").content.decode()


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0} . {1}"])
def test_a_code_may_be_typed_with_spaces_and_dashes(volunteer, typed):
    code = volunteer.sign_in.code

    assert try_to_sign_in(typed.format(code[:4], code[4:]), "836152").status_code == 302


def test_one_wrong_digit_in_a_code_is_caught_by_its_check_digit(db):
    code = new_code()

    wrong = [
        code[:place] + digit + code[place + 1 :] for place in range(8) for digit in "0123456789" if digit != code[place]
    ]

    assert clean_code(code) == code
    assert {clean_code(typed) for typed in wrong} == {None}


def test_the_check_digit_is_luhns():
    assert check_digit("7992739871") == "3"


@pytest.mark.parametrize("pin", ["000001", "", "abcdef", "83615", "836152836152", "٨٣٦١٥٢"])
def test_a_wrong_pin_opens_nothing(volunteer, pin):
    client = Client()

    response = try_to_sign_in(volunteer.sign_in.code, pin, client)

    assert response.status_code == 422
    assert "learner" not in client.session


def test_an_unknown_code_and_a_wrong_pin_say_the_same(volunteer):
    unknown = try_to_sign_in(new_code(), "836152")
    wrong = try_to_sign_in(volunteer.sign_in.code, "000001")

    def problem(response):
        return [str(error) for error in response.context["form"].non_field_errors()]

    assert unknown.status_code == wrong.status_code == 422
    assert problem(unknown) == problem(wrong)


def test_pictures_do_not_open_an_account_with_a_pin(volunteer):
    row = {f"picture_{number}": "a" for number in range(1, 6)}

    response = Client().post("/es/sign-in/?with=pictures", {"code": volunteer.sign_in.code, **row})

    assert response.status_code == 422


def test_wrong_pins_slow_down_the_account_with_waits_that_double(volunteer):
    sign_in = volunteer.sign_in
    start = timezone.now().replace(microsecond=0)
    waits = []
    with time_machine.travel(start, tick=False) as clock:
        for _try in range(FREE_TRIES + 9):
            with pytest.raises(SignInRefused) as refused:
                check_secret(sign_in.code, "pin", "000001")
            wait = (refused.value.wait - timezone.now()).total_seconds() if refused.value.wait else 0
            waits.append(wait)
            clock.shift(timedelta(seconds=wait))

    assert waits == [0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_during_the_wait_even_the_right_pin_is_refused_and_afterwards_it_opens(volunteer):
    code = volunteer.sign_in.code
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        assert fail(code) == [422, 422, 422, 429]
        assert try_to_sign_in(code, "836152").status_code == 429
        clock.shift(timedelta(seconds=16))
        assert try_to_sign_in(code, "836152").status_code == 302

    kept = SignIn.objects.get(code=code)
    assert (kept.failures, kept.wait_until) == (0, None)


def test_trying_during_the_wait_does_not_make_it_longer(volunteer):
    code = volunteer.sign_in.code
    fail(code)
    before = SignIn.objects.get(code=code).wait_until

    fail(code, 5)

    assert SignIn.objects.get(code=code).wait_until == before


def test_wrong_pins_of_one_person_do_not_slow_down_the_room(join_volunteer):
    first, *others = [join_volunteer(f"Persona {letter}") for letter in "abcde"]
    fail(first.sign_in.code, 12)

    answers = [try_to_sign_in(person.sign_in.code, "836152").status_code for person in others]

    assert answers == [302] * 4


def test_signing_in_leaves_no_address_and_no_time_with_the_person(volunteer):
    Client(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Telefono de prueba").post(
        "/es/sign-in/", {"code": volunteer.sign_in.code, "pin": "000001"}
    )

    assert Throttle.objects.count() == 0
    assert {field.name for field in SignIn._meta.get_fields()} == {
        "id", "volunteer", "code", "kind", "secret_hash", "version", "failures", "wait_until",
    }  # fmt: skip


def test_the_session_ends_with_the_browser_unless_the_phone_is_hers(volunteer):
    shared, own = Client(), Client()
    try_to_sign_in(volunteer.sign_in.code, "836152", shared)
    try_to_sign_in(volunteer.sign_in.code, "836152", own, own_phone="on")

    assert shared.cookies["sessionid"]["max-age"] == ""
    assert own.cookies["sessionid"]["max-age"] == 60 * 24 * 3600


def test_signing_out_ends_the_session(learner_client):
    learner_client.post("/es/sign-out/")

    assert learner_client.get("/es/me/")["Location"] == "/es/sign-in/"


def test_quick_exit_ends_the_session_and_leads_elsewhere(learner_client):
    response = learner_client.get("/es/exit/")

    assert response["Location"].startswith("https://es.wikipedia.org/")
    assert "learner" not in learner_client.session


def test_one_session_does_not_become_anothers(join_volunteer, learner_client):
    other = join_volunteer("Marta")

    try_to_sign_in(other.sign_in.code, "836152", learner_client)

    assert learner_client.session["learner"][0] == str(other.uuid)


# --- resetting -----------------------------------------------------------------------------------------------------


def test_a_reset_gives_the_new_pin_and_ends_every_session_and_device(
    volunteer, learner_client, make_staff, staff_client
):
    DeviceCredential.objects.create(volunteer=volunteer, device=volunteer.uuid, token_hash="0" * 64)
    facilitator = make_staff("facilitator")

    response = staff_client(facilitator).post(f"/es/facilitate/people/{volunteer.uuid}/", {"pin": "902714"})

    assert response.status_code == 302
    assert learner_client.get("/es/me/")["Location"] == "/es/sign-in/"
    assert try_to_sign_in(volunteer.sign_in.code, "836152").status_code == 422
    assert try_to_sign_in(volunteer.sign_in.code, "902714").status_code == 302
    assert DeviceCredential.objects.filter(revoked_at=None).count() == 0


def test_a_reset_lifts_the_wait(volunteer, make_staff):
    fail(volunteer.sign_in.code)

    reset_secret(make_staff("facilitator"), volunteer.sign_in, "pin", "902714")

    assert try_to_sign_in(volunteer.sign_in.code, "902714").status_code == 302


def test_a_reset_is_audited_with_ids_only(volunteer, make_staff, staff_client):
    facilitator = make_staff("facilitator")

    staff_client(facilitator).post(f"/es/facilitate/people/{volunteer.uuid}/", {"pin": "902714"})

    assert list(AuditEntry.objects.values_list("action", "actor", "target", "details")) == [
        ("pin_reset", f"people.user:{facilitator.pk}", f"people.volunteer:{volunteer.pk}", {})
    ]


def test_a_reset_to_an_easy_pin_changes_nothing(volunteer, make_staff, staff_client):
    response = staff_client(make_staff("facilitator")).post(
        f"/es/facilitate/people/{volunteer.uuid}/", {"pin": "123456"}
    )

    assert response.status_code == 422
    assert try_to_sign_in(volunteer.sign_in.code, "836152").status_code == 302
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("kind", ["trainer", "translator", "reviewer", "partner"])
def test_who_does_not_accompany_learners_cannot_reset_a_pin(volunteer, make_staff, staff_client, kind):
    response = staff_client(make_staff(kind)).post(f"/es/facilitate/people/{volunteer.uuid}/", {"pin": "902714"})

    assert response.status_code == 403
    assert try_to_sign_in(volunteer.sign_in.code, "836152").status_code == 302


def test_a_facilitator_of_another_organisation_cannot_reset_a_pin(
    volunteer, make_staff, staff_client, other_organisation
):
    stranger = make_staff("facilitator", other_organisation)

    response = staff_client(stranger).post(f"/es/facilitate/people/{volunteer.uuid}/", {"pin": "902714"})

    assert response.status_code == 403
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["pin_reset_refused"]


def test_the_desk_lists_the_people_of_the_own_organisation_only(
    join_volunteer, make_staff, staff_client, other_organisation, organisation
):
    join_volunteer("Candelaria Aquí")
    stranger_maker = make_staff("facilitator", other_organisation)
    card = print_cards(stranger_maker, other_organisation, 1)[0]
    Client().post(f"/es/join/{card.code}/", {"name": "Marta Lejos", "adult": "self", "consent": "on", "pin": "836152"})

    here = staff_client(make_staff("coordinator")).get("/es/facilitate/").content.decode()
    there = staff_client(stranger_maker).get("/es/facilitate/").content.decode()

    assert ("Candelaria Aquí" in here, "Marta Lejos" in here) == (True, False)
    assert ("Candelaria Aquí" in there, "Marta Lejos" in there) == (False, True)


def test_the_desk_asks_the_same_number_of_queries_for_1_and_30_people(join_volunteer, make_staff, staff_client):
    client = staff_client(make_staff("facilitator"))
    client.get("/es/facilitate/")
    counts = []
    for more in (1, 29):
        for _person in range(more):
            join_volunteer()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/es/facilitate/")
        counts.append(len(captured))

    assert counts[0] == counts[1]

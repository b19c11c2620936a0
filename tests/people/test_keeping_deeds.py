"""What was done signed out, without script: offered once at sign-in, never on a phone with more than one learner."""

import pytest
from django.test import Client

from courses.models import Completion, Event


@pytest.fixture
def phone():
    return Client()


@pytest.fixture
def do(phone, lessons):
    """Return a function that finishes the first lesson and practises once, signed out."""
    lesson = lessons[0]
    block = next(child for child in type(lesson).objects.get(pk=lesson.pk).body if child.block_type == "single_choice")
    option = block.value["options"].bound_blocks[0].id

    def act():
        phone.post(f"/es/me/practice/{lesson.translation_key}/{block.id}/", {"answer": option})
        phone.post(f"/es/me/finish/{lesson.translation_key}/")

    return act


def sign_in(phone, person):
    return phone.post("/es/sign-in/", {"code": person.sign_in.code, "pin": "836152"})


def is_asked(phone):
    return bool(phone.get("/es/me/").context["kept_deeds"])


def test_reading_signed_out_opens_no_session(phone, lessons):
    phone.get(lessons[0].url)

    assert "sessionid" not in phone.cookies


def test_what_was_done_signed_out_is_offered_at_sign_in_and_taken_on_yes(phone, do, volunteer, lessons):
    do()
    sign_in(phone, volunteer)
    assert is_asked(phone)
    assert Event.objects.count() == 0

    phone.post("/es/me/claim/", {"answer": "yes"})

    assert sorted(Event.objects.values_list("kind", flat=True)) == ["lesson_completed", "practice_answered"]
    assert list(Completion.objects.values_list("activity", flat=True)) == [lessons[0].translation_key]
    assert not is_asked(phone)


def test_no_lets_them_go(phone, do, volunteer):
    do()
    sign_in(phone, volunteer)

    phone.post("/es/me/claim/", {"answer": "no"})

    assert Event.objects.count() == 0
    assert not is_asked(phone)


def test_claiming_twice_takes_them_once(phone, do, volunteer):
    do()
    sign_in(phone, volunteer)

    phone.post("/es/me/claim/", {"answer": "yes"})
    phone.post("/es/me/claim/", {"answer": "yes"})

    assert Event.objects.count() == 2


def test_they_are_offered_to_who_joins_too(phone, do):
    do()

    phone.post("/es/join/", {"name": "Ana", "adult": "self", "consent": "on", "pin": "836152"})

    assert is_asked(phone)


def test_on_a_phone_with_two_learners_they_are_never_offered(phone, do, join_volunteer):
    first, second = join_volunteer("Ana"), join_volunteer("Marta")
    sign_in(phone, first)
    phone.post("/es/sign-out/")
    sign_in(phone, second)
    phone.post("/es/sign-out/")
    do()

    sign_in(phone, first)

    assert not is_asked(phone)


def test_on_a_phone_of_one_learner_they_are_offered_again_after_signing_out(phone, do, volunteer):
    sign_in(phone, volunteer)
    phone.post("/es/sign-out/")
    do()

    sign_in(phone, volunteer)

    assert is_asked(phone)


def test_the_phones_cookie_names_nobody(phone, volunteer):
    sign_in(phone, volunteer)

    kept = phone.cookies["phone"].value
    assert len(kept) == 8
    assert kept not in str(volunteer.uuid)

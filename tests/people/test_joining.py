"""Joining: a name, consent and a secret; cards that count once; nothing half-written."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from cms.models import AuditEntry
from people.joining import JoiningRefused, Newcomer, card_for, cards_for, erase, join, print_cards
from people.models import Cohort, Consent, Identity, Invitation, SignIn, Territory, Volunteer
from people.signing_in import new_code

ANSWERS = {"name": "Candelaria", "adult": "self", "consent": "on", "pin": "836152"}
PICTURE_ROW = {f"picture_{number}": letter for number, letter in enumerate("chakf", 1)}
QUERIES_OF_A_SHEET = 8
APOSTROPHES = "'\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032\u00b4`\ua78b\ua78c\u055a\uff07"


def join_by_form(answers, address="/es/join/"):
    client = Client()
    return client, client.post(address, answers)


def count_people():
    return Volunteer.objects.count(), Identity.objects.count(), Consent.objects.count(), SignIn.objects.count()


@pytest.fixture
def facilitator(make_staff):
    return make_staff("facilitator")


@pytest.fixture
def card(facilitator, organisation):
    return print_cards(facilitator, organisation, 1)[0]


# --- the form ------------------------------------------------------------------------------------------------------


def test_joining_makes_person_consent_and_sign_in_and_opens_her_session(organisation):
    client, response = join_by_form(ANSWERS)

    person = Volunteer.objects.get(sign_in__isnull=False)
    assert response.status_code == 302
    assert response["Location"] == "/es/me/welcome/"
    assert client.session["learner"] == [str(person.uuid), person.sign_in.version]
    assert (person.safe_name, person.organisation, person.language) == ("Candelaria", organisation, "es")
    assert list(person.consents.values_list("language", "how", "adult")) == [("es", "read", "self")]


def test_the_welcome_shows_the_code_in_two_groups(learner_client, volunteer):
    code = volunteer.sign_in.code

    page = learner_client.get("/es/me/welcome/").content.decode()

    assert f"{code[:4]} {code[4:]}" in page


def test_who_hears_the_consent_is_recorded_as_having_heard_it(db):
    join_by_form({**ANSWERS, "heard": "1"})

    assert Consent.objects.get().how == "heard"


@pytest.mark.parametrize("adult", ["parent", "guardian"])
def test_for_a_minor_the_adult_who_agrees_is_recorded(db, adult):
    join_by_form({**ANSWERS, "adult": adult})

    assert Consent.objects.get().adult == adult


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "   \t  "},
        {"name": "\u00a0\u2003\u3000"},
        {"name": "x" * 300},
        {"name": "12345"},
        {"name": "Ana\u202e"},
        {"name": "'''"},
        {"adult": ""},
        {"adult": "neighbour"},
        {"consent": ""},
        {"pin": ""},
        {"pin": "abcdef"},
        {"pin": "83615"},
        {"pin": "8361524"},
        {"pin": "8361 52"},
        {"pin": "\u0668\u0663\u0666\u0661\u0665\u0662"},
        {"picture_name": "perro"},
    ],
    ids=repr,
)
def test_a_wrong_answer_is_asked_again_and_nothing_is_written(db, change):
    before = count_people()

    _client, response = join_by_form({**ANSWERS, **change})

    assert response.status_code == 422
    assert count_people() == before


@pytest.mark.parametrize(
    "pin",
    ["000000", "111111", "999999", "123456", "654321", "012345", "987654", "135791", "246802", "112211", "123321",
     "121212", "123123", "100100", "909090", "778877", "890123"],
)  # fmt: skip
def test_a_pin_that_is_easy_to_guess_is_refused(db, pin):
    _client, response = join_by_form({**ANSWERS, "pin": pin})

    assert response.status_code == 422
    assert SignIn.objects.count() == 0


@pytest.mark.parametrize("row", ["aaaaa", "ababa", "abcde", "edcba", "hijkl", "lkjih", "bbbcc"])
def test_a_row_of_pictures_that_is_easy_to_guess_is_refused(db, row):
    pictures = {f"picture_{number}": letter for number, letter in enumerate(row, 1)}

    _client, response = join_by_form(
        {"name": "Ana", "adult": "self", "consent": "on", **pictures}, "/es/join/?with=pictures"
    )

    assert response.status_code == 422
    assert SignIn.objects.count() == 0


def test_a_row_of_four_pictures_is_asked_again(db):
    pictures = {name: letter for name, letter in PICTURE_ROW.items() if name != "picture_5"}

    _client, response = join_by_form(
        {"name": "Ana", "adult": "self", "consent": "on", **pictures}, "/es/join/?with=pictures"
    )

    assert response.status_code == 422


def test_who_does_not_write_joins_with_pictures_only(db):
    answers = {"picture_name": "flor", "adult": "self", "consent": "on", "heard": "1", **PICTURE_ROW}

    _client, response = join_by_form(answers, "/es/join/?with=pictures")

    person = Volunteer.objects.get()
    assert response.status_code == 302
    assert person.safe_name == "Flor"
    assert person.sign_in.kind == "pictures"
    assert person.sign_in.opens_with("chakf")


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_a_name_with_any_apostrophe_is_kept_with_the_glottal_letter(db, sign):
    join_by_form({**ANSWERS, "name": f"  Ma{sign}x   Q{sign}eq "})

    assert Volunteer.objects.get().safe_name == "Ma\u02bcx Q\u02bceq"


@pytest.mark.parametrize("name", ["Ñu", "Ẍuan", "María-José", "Ẋ", "王", "Ana <b>", "O\u02bcNeill; DROP TABLE"])
def test_names_of_any_script_are_welcome_and_shown_as_text(db, name):
    client, response = join_by_form({**ANSWERS, "name": name})

    page = client.get("/es/me/").content.decode()
    assert response.status_code == 302
    assert Volunteer.objects.get().safe_name == name
    assert "<b>" not in page.partition("<h1>")[2].partition("</h1>")[0]


def test_a_name_of_sixty_letters_fits_and_of_sixty_one_does_not(db):
    assert join_by_form({**ANSWERS, "name": "x" * 60})[1].status_code == 302
    assert join_by_form({**ANSWERS, "name": "x" * 61})[1].status_code == 422


def test_what_was_typed_wrong_stands_in_the_form_but_the_pin_does_not_reach_the_address(db):
    _client, response = join_by_form({**ANSWERS, "pin": "123456"})

    assert 'value="Candelaria"' in response.content.decode()
    assert "Location" not in response


def test_the_joining_page_is_never_kept_in_a_cache(db):
    assert "no-store" in Client().get("/es/join/")["Cache-Control"]


# --- cards and invitations -----------------------------------------------------------------------------------------


def test_a_card_makes_its_code_hers(card):
    _client, response = join_by_form(ANSWERS, f"/es/join/{card.code}/")

    person = Volunteer.objects.get(sign_in__isnull=False)
    assert response.status_code == 302
    assert person.sign_in.code == card.code


def test_an_invitation_puts_her_into_its_organisation_and_cohort(facilitator, other_organisation):
    cohort = Cohort.objects.create(organisation=other_organisation, name="Las Flores")
    card = print_cards(facilitator, other_organisation, 1, cohort)[0]

    join_by_form(ANSWERS, f"/es/join/{card.code}/")

    person = Volunteer.objects.get(sign_in__isnull=False)
    assert person.organisation == other_organisation
    assert list(person.cohorts.all()) == [cohort]


def test_a_card_used_twice_takes_the_first_person_only(card):
    join_by_form(ANSWERS, f"/es/join/{card.code}/")
    before = count_people()

    _client, response = join_by_form({**ANSWERS, "name": "Otra"}, f"/es/join/{card.code}/")

    assert response.status_code == 410
    assert count_people() == before


def test_an_expired_card_is_refused_in_words(card):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    before = count_people()

    _client, response = join_by_form(ANSWERS, f"/es/join/{card.code}/")

    assert response.status_code == 410
    assert 'role="alert"' in response.content.decode()
    assert count_people() == before


@pytest.mark.parametrize("code", ["00000000", "12345678", "1", "abcdefgh", "99999999999", "%00", "1234 5678"])
def test_an_unknown_code_is_refused_in_words(db, code):
    _client, response = join_by_form(ANSWERS, f"/es/join/{code}/")

    assert response.status_code == 410
    assert count_people() == (0, 0, 0, 0)


def test_a_rooms_code_lets_in_as_many_as_it_says_each_with_a_code_of_her_own(facilitator, organisation):
    room = Invitation.objects.create(
        code=new_code(),
        organisation=organisation,
        made_by=facilitator.volunteer,
        most_uses=2,
        expires_at=timezone.now() + timedelta(days=1),
    )

    answers = [join_by_form(ANSWERS, f"/es/join/{room.code}/")[1].status_code for _person in range(3)]

    assert answers == [302, 302, 410]
    assert SignIn.objects.exclude(code=room.code).count() == 2


def test_two_people_with_one_card_one_after_the_other_make_one_person(card):
    newcomer = Newcomer("Ana", "es", "read", "self", "pin", "836152")
    stale = Invitation.objects.get(pk=card.pk)
    join(newcomer, card)

    with pytest.raises(JoiningRefused):
        join(newcomer, stale)

    assert SignIn.objects.count() == 1
    assert Invitation.objects.get(pk=card.pk).uses == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time; told above")
def test_two_people_at_once_with_one_card_make_one_person(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        _two_at_once()


def _two_at_once():
    """Join in two threads with connections of their own; what was committed is taken away again."""
    from people.models import Organisation

    organisation = Organisation.objects.get(is_default=True)
    maker = Volunteer.objects.create(organisation=organisation)
    card = Invitation.objects.create(
        code=new_code(), organisation=organisation, made_by=maker, expires_at=timezone.now() + timedelta(days=1)
    )
    starting, outcomes = threading.Barrier(2), []

    def go(name):
        invitation = Invitation.objects.get(pk=card.pk)
        starting.wait(timeout=10)
        try:
            join(Newcomer(name, "es", "read", "self", "pin", "836152"), invitation)
            outcomes.append("joined")
        except JoiningRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(name,)) for name in ("Ana", "Marta")]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert sorted(outcomes) == ["joined", "refused"]
        assert SignIn.objects.filter(code=card.code).count() == 1
    finally:
        Volunteer.objects.filter(sign_in__code=card.code).delete()
        card.delete()
        maker.delete()


# --- the facilitator's sheet ---------------------------------------------------------------------------------------


def test_a_sheet_has_as_many_different_cards_as_asked_and_is_audited(facilitator, staff_client):
    response = staff_client(facilitator).post("/es/facilitate/cards/", {"count": "16"})

    cards = Invitation.objects.filter(made_by=facilitator.volunteer)
    assert response.status_code == 302
    assert cards.count() == 16
    assert len({card.code for card in cards}) == 16
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["cards_printed"]


@pytest.mark.parametrize("count", ["0", "81", "-1", "muchas", ""])
def test_a_sheet_of_no_or_too_many_cards_is_asked_again(facilitator, staff_client, count):
    response = staff_client(facilitator).post("/es/facilitate/cards/", {"count": count})

    assert response.status_code == 422
    assert Invitation.objects.count() == 0


def test_each_card_shows_its_code_and_a_qr(facilitator, staff_client, card):
    page = staff_client(facilitator).get(f"/es/facilitate/cards/{card.sheet}/").content.decode()

    assert f"{card.code[:4]} {card.code[4:]}" in page
    assert page.count("data:image/svg+xml") == 1


def test_a_sheet_is_shown_to_who_made_it_only(card, make_staff, staff_client):
    response = staff_client(make_staff("coordinator")).get(f"/es/facilitate/cards/{card.sheet}/")

    assert response.status_code == 403


# --- a card for a person the school knows already ------------------------------------------------------------------


@pytest.fixture
def known(organisation):
    """A person without a way in, who lives in San Pedro Carchá."""
    person = Volunteer.objects.create(organisation=organisation, territory=Territory.objects.get(code="1609"))
    Identity.objects.create(volunteer=person, safe_name="Rosa Tomada", phone="55501234")
    return person


@pytest.fixture
def her_card(facilitator, known):
    return card_for(facilitator, known)


def page_of(person):
    return f"/es/facilitate/people/{person.uuid}/card/"


def test_with_her_card_a_known_person_comes_in_as_herself_called_as_she_says(her_card, known):
    people = Volunteer.objects.count()

    client, response = join_by_form(ANSWERS, f"/kek/join/{her_card.code}/")

    known.refresh_from_db()
    assert (response.status_code, Volunteer.objects.count()) == (302, people)
    assert client.session["learner"] == [str(known.uuid), known.sign_in.version]
    assert (known.sign_in.code, known.safe_name, known.language) == (her_card.code, "Candelaria", "kek")
    assert (known.territory.code, known.identity.phone) == ("1609", "55501234")
    assert list(known.consents.values_list("language", "how", "adult")) == [("kek", "read", "self")]


def test_who_holds_the_card_is_not_told_whose_it_is(her_card, facilitator, staff_client):
    page = Client().get(f"/es/join/{her_card.code}/").content.decode()
    asked_again = Client().post(f"/es/join/{her_card.code}/", {**ANSWERS, "name": ""}).content.decode()

    assert "Tomada" not in page + asked_again


def test_a_card_for_a_person_lasts_180_days_and_is_audited_without_her_name(her_card, known, facilitator):
    entry = AuditEntry.objects.get()

    assert her_card.expires_at.date() == (timezone.now() + timedelta(days=180)).date()
    assert (her_card.volunteer, her_card.organisation, her_card.is_card) == (known, known.organisation, True)
    assert (entry.action, entry.target) == ("person_invited", f"people.volunteer:{known.pk}")
    assert entry.details == {"sheet": str(her_card.sheet)}


def test_asked_again_her_open_card_is_laid_on_the_new_sheet(her_card, known, make_staff, staff_client):
    other = make_staff("coordinator")

    again = card_for(other, known)

    assert (again.pk, again.code, Invitation.objects.count()) == (her_card.pk, her_card.code, 1)
    assert staff_client(other).get(f"/es/facilitate/cards/{again.sheet}/").status_code == 200


def test_a_card_that_is_too_old_is_followed_by_another(her_card, known, facilitator):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert card_for(facilitator, known).code != her_card.code


def test_nobody_who_has_a_way_in_or_has_left_is_given_a_card(facilitator, known, volunteer, make_staff):
    gone, staff = Volunteer.objects.create(organisation=known.organisation), make_staff("coordinator").volunteer
    erase(gone)

    for person in (volunteer, gone, staff):
        with pytest.raises(JoiningRefused):
            card_for(facilitator, person)
    sheet = cards_for(facilitator, [volunteer, gone, staff, known])

    assert [card.volunteer for card in Invitation.objects.filter(sheet=sheet)] == [known]


def test_a_card_is_refused_in_words_when_she_has_a_way_in_meanwhile(her_card, known):
    way_in = SignIn(volunteer=known, code=new_code())
    way_in.set_secret("pin", "836152")
    way_in.save()

    _client, response = join_by_form(ANSWERS, f"/es/join/{her_card.code}/")

    known.refresh_from_db()
    her_card.refresh_from_db()
    assert (response.status_code, her_card.uses) == (409, 0)
    assert 'role="alert"' in response.content.decode()
    assert (known.safe_name, known.consents.count()) == ("Rosa Tomada", 0)


def test_a_card_for_a_person_who_was_erased_opens_nothing(her_card, known):
    Volunteer.objects.filter(pk=known.pk).update(erased_at=timezone.now())

    with pytest.raises(JoiningRefused):
        join(Newcomer("Ana", "es", "read", "self", "pin", "836152"), her_card)

    assert not SignIn.objects.exists()


def test_erasing_a_person_takes_her_cards_with_her(her_card, known):
    erase(known)

    assert not Invitation.objects.exists()
    assert join_by_form(ANSWERS, f"/es/join/{her_card.code}/")[1].status_code == 410


def test_a_rooms_code_cannot_be_for_a_person(her_card):
    with pytest.raises(IntegrityError):
        Invitation.objects.filter(pk=her_card.pk).update(most_uses=2)


def test_her_card_is_made_by_one_button_and_printed_with_a_list_of_whom_it_is_for(facilitator, known, staff_client):
    browser = staff_client(facilitator)
    asked = browser.get(page_of(known))
    before = Invitation.objects.count()

    sheet = browser.get(browser.post(page_of(known))["Location"])

    assert (asked.status_code, before) == (200, 0)
    assert [card.volunteer for card in sheet.context["named"]] == [known]
    cards, _section, names = sheet.content.decode().partition("<section>")
    assert "Tomada" in names
    assert "Tomada" not in cards


def test_the_sheet_names_nobody_who_has_come_in(facilitator, her_card, staff_client):
    join_by_form(ANSWERS, f"/es/join/{her_card.code}/")

    page = staff_client(facilitator).get(f"/es/facilitate/cards/{her_card.sheet}/")

    assert page.context["named"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_a_sheet_takes_the_same_queries_for_one_and_for_thirty(
    facilitator, organisation, staff_client, count, django_assert_num_queries
):
    people = [Volunteer.objects.create(organisation=organisation) for _number in range(count)]
    for person in people:
        Identity.objects.create(volunteer=person, safe_name="Luz")
    address, browser = f"/es/facilitate/cards/{cards_for(facilitator, people)}/", staff_client(facilitator)
    browser.get(address)

    with django_assert_num_queries(QUERIES_OF_A_SHEET):
        page = browser.get(address)

    assert len(page.context["named"]) == count


def test_the_page_is_for_those_in_whose_care_she_is(
    known, volunteer, browser_of, make_staff, staff_client, other_organisation
):
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))
    refused = [make_staff("trainer"), make_staff("facilitator", other_organisation), elsewhere]

    assert [staff_client(user).post(page_of(known)).status_code for user in refused] == [403, 403, 403]
    assert [client.post(page_of(known)).status_code for client in (Client(), browser_of(volunteer))] == [302, 302]
    assert staff_client(make_staff("coordinator")).get(page_of(volunteer)).status_code == 404
    assert not Invitation.objects.exists()

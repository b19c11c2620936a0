"""Who gets what: her badge is hers, keys and lists are anyone's, and switched off there is nothing."""

import json

import pytest

from certificates.credentials.keys import rotate
from certificates.granting import go_on, pause
from certificates.issuing import revoke
from people.models import Organisation
from tests.certificates.badges.test_status import set_bits


@pytest.fixture
def hers(browser_of, certificate):
    return browser_of(certificate.volunteer)


@pytest.fixture
def addresses(badge, organisation):
    return {
        "site": "/.well-known/did.json",
        "keys": f"/issuers/{organisation.uuid}/did.json",
        "profile": f"/issuers/{organisation.uuid}/",
        "status": f"/issuers/{organisation.uuid}/status/0/",
    }


def test_its_holder_downloads_it(hers, certificate):
    response = hers.get(f"/es/me/certificate/{certificate.code}/badge/")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/vc"
    assert response["Content-Disposition"] == f'attachment; filename="insignia-{certificate.code}.json"'
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content)["id"] == certificate.uuid.urn


def test_nobody_else_downloads_it(client, learner_client, certificate):
    address = f"/es/me/certificate/{certificate.code}/badge/"

    assert learner_client.get(address).status_code == 404
    assert client.get(address)["Location"].startswith("/es/sign-in/")


def test_it_is_only_read(hers, certificate):
    assert hers.post(f"/es/me/certificate/{certificate.code}/badge/").status_code == 405


def test_the_badge_of_a_role_is_its_holders_too(learner_client, join_volunteer, browser_of, client, card):
    address = f"/es/me/card/{card.code}/badge/"

    assert json.loads(learner_client.get(address).content)["name"] == "Promotora de salud"
    assert browser_of(join_volunteer("Otra")).get(address).status_code == 404
    assert client.get(address)["Location"].startswith("/es/sign-in/")


def test_a_role_that_stopped_has_its_bit_set_until_it_goes_on(fetch, learner_client, card, volunteer):
    entry = json.loads(learner_client.get(f"/es/me/card/{card.code}/badge/").content)["credentialStatus"]
    bits = []
    for act in (lambda grant, person: None, pause, go_on):
        act(card.grant, volunteer)
        bits.append(set_bits(fetch(entry["statusListCredential"])["credentialSubject"]["encodedList"]))

    assert bits == [set(), {4}, set()]


def test_switched_off_no_address_is_there(hers, client, certificate, addresses, settings):
    settings.OPEN_BADGES = False

    assert hers.get(f"/es/me/certificate/{certificate.code}/badge/").status_code == 404
    assert {client.get(address, follow=True).status_code for address in addresses.values()} == {404}


def test_anyone_reads_keys_profile_and_lists(client, addresses):
    answers = {name: client.get(address) for name, address in addresses.items()}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer["Access-Control-Allow-Origin"] for answer in answers.values()} == {"*"}
    assert {name: answer["Content-Type"] for name, answer in answers.items()} == {
        "site": "application/did+json",
        "keys": "application/did+json",
        "profile": "application/ld+json",
        "status": "application/vc",
    }


def test_the_documents_stand_where_their_names_say(fetch, addresses, organisation):
    site, issuer = fetch(addresses["site"]), fetch(addresses["keys"])

    assert site["id"] == "did:web:escuela.example%3A8443"
    assert issuer["id"] == f"did:web:escuela.example%3A8443:issuers:{organisation.uuid}"
    assert site["alsoKnownAs"] == [issuer["id"]]


def test_old_keys_stay_listed(fetch, addresses, badge, organisation):
    rotate(organisation.uuid)

    listed = fetch(addresses["keys"])

    assert len(listed["assertionMethod"]) == 2
    assert listed["assertionMethod"][0] == badge["proof"][0]["verificationMethod"]
    assert [key["id"] for key in listed["verificationMethod"]] == listed["assertionMethod"]


def test_a_revoked_certificate_has_its_bit_set_and_no_other(fetch, badge, certificate, make_staff):
    entry = badge["credentialStatus"]
    before = fetch(entry["statusListCredential"])

    revoke(certificate, make_staff("coordinator"), "Se emitió por error.")
    after = fetch(entry["statusListCredential"])

    assert set_bits(before["credentialSubject"]["encodedList"]) == set()
    assert set_bits(after["credentialSubject"]["encodedList"]) == {int(entry["statusListIndex"])}


def test_public_answers_tell_no_name_and_no_code(client, addresses, certificate):
    told = "".join(client.get(address).content.decode() for address in addresses.values())

    for hidden in (certificate.latest_copy.name, certificate.code, str(certificate.uuid)):
        assert hidden not in told


def test_lists_beyond_the_last_are_not_there(client, addresses):
    assert client.get(addresses["status"].replace("/0/", "/9999/"), follow=True).status_code == 404


def test_a_strangers_question_makes_no_keys(client, switched_on, settings, db):
    quiet = Organisation.objects.create(name="Callada", slug="callada")

    for end in ("did.json", "status/0/", ""):
        assert client.get(f"/issuers/{quiet.uuid}/{end}", follow=True).status_code == 404
    assert not settings.CREDENTIAL_KEYS_DIR.exists()


def test_an_unconfirmed_organisation_is_not_named_but_its_old_keys_are(client, addresses, profile):
    profile.confirmed = False
    profile.save()

    assert client.get(addresses["profile"], follow=True).status_code == 404
    assert client.get(addresses["keys"]).status_code == 200

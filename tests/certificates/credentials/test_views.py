"""What a phone keeps to check cards: public, cacheable, without cookies; and the school's own answer."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from certificates.credentials import views
from certificates.credentials.keys import newest_key, public_keys
from certificates.credentials.signing import as_text, from_text, sign
from certificates.credentials.status import read_status_list

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 18, 3, 20, tzinfo=UTC)
CHECK = "/api/credentials/check/"


@pytest.fixture(autouse=True)
def revoked(monkeypatch, organisation):
    """The organisation has cards; places put into this list are revoked."""
    places = []
    monkeypatch.setattr(views, "organisations_with_credentials", lambda: [organisation])
    monkeypatch.setattr(views, "revoked_indexes", lambda _organisation: places)
    with time_machine.travel(NOW, tick=False):
        yield places


@pytest.fixture
def token(organisation, make_facts):
    facts = make_facts(organisation=organisation.uuid, issuer="Escuela Ciudadana")
    return as_text(sign(facts, newest_key(organisation.uuid)))


def ask(client, **body):
    return client.post(CHECK, json.dumps(body), content_type="application/json")


def test_keys_are_listed_with_their_issuer_and_the_second_address(client, organisation, settings):
    settings.CREDENTIAL_KEYS_MIRROR = "https://copia.example.org/llaves.json"
    newest_key(organisation.uuid)

    told = client.get("/api/credentials/keys/").json()

    assert told["keys"] == public_keys({organisation.uuid: organisation.name})
    assert (told["rounds"], told["mirror"]) == (5_000, "https://copia.example.org/llaves.json")


def test_status_list_is_signed_and_says_when(client, organisation, revoked):
    revoked.append(77)

    told = client.get("/api/credentials/status/").json()
    found = read_status_list(from_text(told["lists"][str(organisation.uuid)]), public_keys({}))

    assert (found.at, found.is_revoked(77), found.is_revoked(78)) == (NOW.replace(minute=0, second=0), True, False)


@pytest.mark.parametrize("name", ["keys", "status"])
def test_lists_are_for_every_cache_and_site_and_set_no_cookie(client, name):
    first = client.get(f"/api/credentials/{name}/")

    again = client.get(f"/api/credentials/{name}/", HTTP_IF_NONE_MATCH=first["ETag"])

    assert (first["Cache-Control"], first["Access-Control-Allow-Origin"]) == ("public, max-age=300", "*")
    assert (again.status_code, len(first.cookies), "Cookie" in first.get("Vary", "")) == (304, 0, False)


def test_list_keeps_its_bytes_until_a_card_is_revoked(client, revoked):
    first = client.get("/api/credentials/status/").content
    with time_machine.travel(NOW.replace(minute=4), tick=False):
        second = client.get("/api/credentials/status/").content
    revoked.append(5)

    assert first == second
    assert client.get("/api/credentials/status/").content != first


def test_worker_is_a_script_at_the_root(client):
    response = client.get("/verify-worker.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert b"keepingVerification" in response.content
    assert response["Cache-Control"] == "no-cache"


def test_school_checks_a_card_for_a_browser_that_cannot(client, token):
    told = ask(client, token=token, name="maria caal pop").json()

    assert (told["state"], told["listAge"], told["belongs"]) == ("valid", 0, True)
    assert (told["facts"]["code"], told["facts"]["validTo"]) == ("K7M2P9XQ4T", "2027-02-28")


def test_school_says_no_to_another_name_and_nothing_without_one(client, token):
    assert ask(client, token=token, name="Otra Persona").json()["belongs"] is False
    assert "belongs" not in ask(client, token=token, name=" ").json()


def test_revoked_card_is_not_valid_on_this_date(client, token, revoked):
    revoked.append(70_001)

    assert ask(client, token=token).json()["state"] == "not_valid"


def test_foreign_card_is_unknown(client):
    assert ask(client, token="AAAA").json() == {"state": "unknown", "reason": "foreign", "listAge": None}


@pytest.mark.parametrize("body", [{}, {"token": 5}, {"token": "A" * 1_001}, {"token": "A", "name": "x" * 201}])
def test_what_is_no_card_is_asked_again(client, body):
    assert ask(client, **body).status_code == 422


def test_answer_of_the_school_is_kept_by_no_cache(client, token):
    assert "no-store" in ask(client, token=token)["Cache-Control"]


def test_one_network_may_not_try_names_without_end(client, token, monkeypatch):
    monkeypatch.setattr(views, "MOST_CHECKS", 2)

    assert [ask(client, token=token).status_code for _time in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", ["/api/credentials/keys/", "/api/credentials/status/", "/verify-worker.js"])
def test_lists_are_only_read(client, address):
    assert client.post(address).status_code == 405


def test_page_names_everything_that_the_phone_keeps(client):
    html = client.get("/es/verify/").content.decode()

    for name in ("/api/credentials/keys/", "/api/credentials/status/", "/verify-worker.js", 'data-scope="/es/verify/"'):
        assert name in html
    assert "js/credential.js" in html
    assert "csrf" not in html


def test_page_without_script_asks_for_the_code(client):
    html = client.get("/es/verify/").content.decode()

    assert '<form method="get" action="/es/verify/">' in html
    assert "data-card-check data-needs-js" in html


@pytest.mark.parametrize("address", ["/es/verify/", "/es/c/UNKNOWN234/"])
def test_every_answer_says_that_nobody_needs_it(client, address):
    html = client.get(address).content.decode()

    assert html.count("data-statement") == 1
    assert 'class="awaits-review"' in html

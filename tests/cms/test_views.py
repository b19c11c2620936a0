"""Addresses that belong to nobody in particular, and what every page is sent with."""

import pytest
from django.test import Client
from django.urls import path

from cms.urls import urlpatterns as school_urls

urlpatterns = [path("broken/", lambda request: 1 / 0), *school_urls]
handler500 = "cms.views.went_wrong"


@pytest.mark.parametrize(
    ("wished", "home"),
    [("es", "/es/"), ("kek", "/kek/"), ("de", "/es/"), ("quc", "/es/"), ("", "/es/"), ("x;q=z", "/es/")],
)
def test_the_root_leads_to_the_readers_language_where_the_school_has_it(db, wished, home):
    response = Client(headers={"accept-language": wished}).get("/")

    assert (response.status_code, response["Location"]) == (302, home)


def test_the_school_tells_that_it_is_up(db):
    assert Client().get("/healthz").json() == {"ok": True}


def test_the_page_of_the_schools_own_mistake_asks_the_database_nothing(settings):
    settings.ROOT_URLCONF = __name__

    response = Client(raise_request_exception=False).get("/broken/")

    assert response.status_code == 500
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/es/no-hay/", "/no-hay/", "/es/curso-basico/no-hay/", "/quc/", "/media/no-hay.svg"]
)
def test_an_address_that_leads_nowhere_says_so(db, address):
    assert Client().get(address, follow=True).status_code == 404


def test_learner_pages_are_sent_with_a_policy_that_lets_in_our_own_files_only(db):
    for address in ("/es/", "/es/join/", "/es/verify/", "/staff/sign-in/"):
        policy = Client().get(address)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "nonce" not in policy


def test_no_page_holds_inline_script_or_style(learner_client, lessons):
    for address in ("/es/", lessons[0].url, "/es/me/", "/es/me/curso-basico/", "/es/join/", "/es/verify/"):
        page = learner_client.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_an_uploaded_file_is_served_and_a_path_outside_is_not(course):
    client = Client()

    assert client.get(course.picture.file.url).status_code == 200
    assert client.get("/media/../keys/secret.key").status_code == 400
    assert client.get("/media/%2e%2e/keys/secret.key").status_code == 400
    assert client.get("/media//etc/passwd").status_code == 404

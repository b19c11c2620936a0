"""Lists of what was revoked: which bit is whose."""

import base64
import gzip
import uuid
from datetime import UTC, datetime

import pytest

from certificates.badges.status import LENGTH, encoded, list_number, status_entry, status_list

WHO = uuid.UUID("5a3b67a1-9f72-4040-ae2b-7062a79eb605")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def bits_of(text):
    content = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=="))
    return "".join(f"{byte:08b}" for byte in content)


def set_bits(text):
    return {place for place, bit in enumerate(bits_of(text)) if bit == "1"}


def test_a_list_has_131072_bits_and_the_first_is_the_leftmost():
    assert bits_of(encoded([0])) == "1" + "0" * (LENGTH - 1)


@pytest.mark.parametrize("places", [set(), {7, 8}, {LENGTH - 1}, {0, 9, 4242}])
def test_exactly_the_revoked_are_set(places):
    assert set_bits(encoded(places)) == places


def test_an_empty_list_weighs_little():
    assert len(encoded([])) < 100


def test_a_list_holds_only_what_has_its_place_in_it():
    content = status_list(WHO, 2, [3, LENGTH + 5, 2 * LENGTH + 7], NOW)

    assert set_bits(content["credentialSubject"]["encodedList"]) == {5}


@pytest.mark.parametrize("kind", ["course", "role"])
@pytest.mark.parametrize("index", [0, 5, LENGTH - 1, LENGTH, 3 * LENGTH + 17])
def test_a_badge_names_the_list_the_place_and_the_purpose_that_are_its_own(kind, index):
    entry, content = status_entry(WHO, kind, index), status_list(WHO, list_number(kind, index), [index], NOW)

    assert entry["statusListCredential"] == content["id"]
    assert entry["statusPurpose"] == content["credentialSubject"]["statusPurpose"]
    assert set_bits(content["credentialSubject"]["encodedList"]) == {int(entry["statusListIndex"])}


def test_courses_and_roles_never_share_a_list():
    lists = [{list_number(kind, index * LENGTH) for index in range(100)} for kind in ("course", "role")]

    assert not lists[0] & lists[1]


def test_a_role_that_can_be_resumed_is_not_called_revoked():
    assert status_entry(WHO, "role", 1)["statusPurpose"] == "suspension"

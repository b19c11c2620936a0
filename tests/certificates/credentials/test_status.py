"""Status lists: what was revoked is read as revoked, and nothing but a signed list is read."""

import uuid
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.credentials.keys import newest_key, public_keys
from certificates.credentials.signing import CredentialRefused, sign
from certificates.credentials.status import LIST_BYTES, StatusList, read_status_list, status_list

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_revoked_places_are_read_as_revoked_and_no_others(issuer, key):
    revoked = {0, 7, 8, 70_001, 131_071}

    found = read_status_list(status_list(revoked, issuer, AT, key), public_keys({}))

    assert (found.organisation, found.at) == (issuer, AT)
    assert {index for index in range(131_072) if found.is_revoked(index)} == revoked


def test_first_place_is_the_leftmost_bit(issuer):
    assert StatusList(issuer, AT, b"\x80" + bytes(LIST_BYTES - 1)).is_revoked(0)


def test_list_is_small_while_few_are_revoked(issuer, key):
    assert len(status_list(range(0, 131_072, 1000), issuer, AT, key)) < 2_000


@pytest.mark.parametrize("index", [-1, 131_072])
def test_place_that_no_list_has_is_refused(issuer, key, index):
    with pytest.raises(IndexError):
        status_list([index], issuer, AT, key)


def test_list_is_not_signed_with_another_organisations_key(issuer):
    with pytest.raises(ValueError, match="key of its organisation"):
        status_list([], issuer, AT, newest_key(uuid.uuid4()))


def test_card_is_no_list(make_facts, key):
    with pytest.raises(CredentialRefused, match="not a status list"):
        read_status_list(sign(make_facts(), key), public_keys({}))


def test_list_of_an_unknown_key_is_refused(issuer, key):
    with pytest.raises(CredentialRefused, match="key"):
        read_status_list(status_list([], issuer, AT, key), [])


def test_list_far_too_long_is_refused():
    with pytest.raises(CredentialRefused, match="too long"):
        read_status_list(bytes(20_000), [])


@given(noise=st.binary(max_size=300))
def test_noise_is_no_list(noise):
    with pytest.raises(CredentialRefused):
        read_status_list(noise, [])


def test_bits_are_in_the_format_that_browsers_unpack(issuer, key):
    token = status_list([5], issuer, AT, key)

    assert zlib.decompress(token[token.index(b"\x78\xda") :][:-66])[0] == 4

"""Bytes as letters: vectors that others published (draft-msporny-base58, RFC 4648)."""

import pytest

from certificates.badges.multibase import base58, base64url


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "z"),
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ],
)
def test_base58_is_that_of_the_published_vectors(content, text):
    assert base58(content) == text


@pytest.mark.parametrize(("content", "text"), [(b"", "u"), (b"f", "uZg"), (b"\xfb\xff", "u-_8")])
def test_base64_is_safe_in_addresses_and_unpadded(content, text):
    assert base64url(content) == text

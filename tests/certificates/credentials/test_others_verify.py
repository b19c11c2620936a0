"""A COSE library that others wrote accepts our tokens and refuses changed ones."""

import pytest
from pycose.keys import CoseKey
from pycose.messages import CoseMessage

from certificates.credentials.keys import public_keys
from certificates.credentials.signing import from_text, sign

pytestmark = pytest.mark.verifier


def verified(token, key):
    """What pycose says of a token, with the key as the public list gives it."""
    message = CoseMessage.decode(token)
    message.key = CoseKey.from_dict({"KTY": "OKP", "CURVE": "ED25519", "X": from_text(key["key"])})
    return message.verify_signature(), message.phdr


def test_pycose_verifies_our_token(make_facts, key):
    is_good, header = verified(sign(make_facts(), key), public_keys({})[0])

    assert is_good is True
    assert sorted(str(name) for name in header) == [
        "<class 'pycose.headers.Algorithm'>",
        "<class 'pycose.headers.KID'>",
    ]


@pytest.mark.parametrize("at", [60, 120, -1, -40])
def test_pycose_refuses_a_changed_token(make_facts, key, at):
    token = bytearray(sign(make_facts(), key))
    token[at] ^= 1

    assert verified(bytes(token), public_keys({})[0])[0] is False

"""A COSE library that others wrote accepts our tokens and refuses changed ones."""

import cbor2
import pytest
from pycose.keys import CoseKey
from pycose.messages import Sign1Message

from certificates.credentials.keys import public_keys
from certificates.credentials.signing import from_text, sign

pytestmark = pytest.mark.verifier


def verified(token, key):
    """What pycose says of a token, with the key as the public list gives it.

    The outermost list is opened for it: it expects a list and a dict, where cbor2 6 gives a tuple and a frozendict.
    """
    header, open_header, payload, signature = cbor2.loads(token).value
    message = Sign1Message.from_cose_obj([header, dict(open_header), payload, signature], allow_unknown_attributes=True)
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

"""The proof: over every word of a document, and over nothing that comes from elsewhere."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pyld.jsonld import JsonLdError

from certificates.badges.signing import UnsignableDocument, canonical, sign
from certificates.credentials.keys import newest_key

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def unsigned(badge):
    del badge["proof"]
    return badge


@pytest.fixture
def key(unsigned, organisation):
    return newest_key(organisation.uuid)


def test_the_same_document_key_and_time_make_the_same_proof(unsigned, key):
    guatemala = NOON.astimezone(timezone(timedelta(hours=-6)))

    assert sign(unsigned, key, NOON) == sign(unsigned, key, guatemala)


def test_another_time_makes_another_proof(unsigned, key):
    proofs = [sign(unsigned, key, at)["proof"][0] for at in (NOON, NOON + timedelta(seconds=1))]

    assert proofs[0]["proofValue"] != proofs[1]["proofValue"]


def test_the_proof_stands_in_a_list_and_names_suite_key_and_purpose(unsigned, key, organisation):
    [proof] = sign(unsigned, key, NOON)["proof"]

    owner, _mark, name = proof["verificationMethod"].partition("#")
    assert owner == f"did:web:escuela.example%3A8443:issuers:{organisation.uuid}"
    assert name.startswith("z6Mk")
    assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", "eddsa-rdfc-2022")
    assert (proof["proofPurpose"], proof["created"]) == ("assertionMethod", "2026-11-22T12:00:00Z")


@pytest.mark.parametrize(
    "place",
    [
        lambda document: document,
        lambda document: document["credentialSubject"],
        lambda document: document["credentialSubject"]["achievement"],
        lambda document: document["credentialSubject"]["identifier"][0],
        lambda document: document["issuer"],
        lambda document: document["credentialStatus"],
    ],
)
def test_a_word_that_no_context_explains_is_not_signed(unsigned, key, place):
    place(unsigned)["favouriteColour"] = "azul"

    with pytest.raises(UnsignableDocument, match="favouriteColour"):
        sign(unsigned, key, NOON)


def test_a_type_that_no_context_explains_is_not_signed(unsigned, key):
    unsigned["type"].append("StateLicence")

    with pytest.raises(UnsignableDocument, match="StateLicence"):
        sign(unsigned, key, NOON)


def test_no_context_is_asked_of_the_network():
    with pytest.raises(JsonLdError):
        canonical({"@context": ["https://example.org/context"], "id": "urn:x"})

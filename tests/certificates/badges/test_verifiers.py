"""What verifiers that others wrote say of our badges: they accept them, and refuse what was changed."""

import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from openbadgeslib.ob3 import contexts as published
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from pyld import jsonld
from pyld.context_resolver import ContextResolver
from pypdf import PdfReader

from certificates.badges import signing
from certificates.badges.badge import card_badge
from certificates.badges.issuers import did_document
from certificates.badges.status import LENGTH, encoded
from certificates.badges.vocabulary import OPEN_BADGES
from certificates.credentials.keys import newest_key, rotate
from certificates.granting import pause
from certificates.issuing import revoke
from certificates.printing import certificate_pdf
from tests.certificates.test_printing import vera_pdf

PROGRAM = Path(__file__).parents[2] / "verifiers" / "badge.mjs"

pytestmark = pytest.mark.verifier
with_node = pytest.mark.needs("node")


@pytest.fixture
def digital_bazaar(fetch):
    """Return a function that asks the npm verifier, which gets the issuer's document and list from the school."""

    def ask(badge, documents=None, now=None):
        known = {OPEN_BADGES: published.load_context(OPEN_BADGES)}
        known[badge["issuer"]["id"]] = fetch(f"/issuers/{badge['issuer']['id'].rpartition(':')[2]}/did.json")
        if entry := badge.get("credentialStatus"):
            known[entry["statusListCredential"]] = fetch(entry["statusListCredential"])
        known |= documents or {}
        done = subprocess.run(
            ["node", str(PROGRAM)],
            input=json.dumps({"credential": badge, "documents": known, "now": now}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture
def open_badges_lib(fetch):
    """Return a function that asks openbadgeslib, which finds keys and lists by did:web and says no by raising."""

    def ask(badge):
        # it can read the proof of a list only where that is a JWT; the npm verifier reads that of ours
        OB3LdpVerifier().verify(
            badge,
            check_status=True,
            verify_status_list=False,
            download=lambda address: json.dumps(fetch(address)).encode(),
        )

    return ask


def changed_title(badge):
    badge["credentialSubject"]["achievement"]["name"] = "Medicina general"


def changed_day(badge):
    badge["validFrom"] = badge["validFrom"].replace("20", "19", 1)


def changed_name(badge):
    badge["credentialSubject"]["identifier"][0]["identityHash"] = "Otra persona"


def changed_place_in_the_list(badge):
    badge["credentialStatus"]["statusListIndex"] = "131071"


def left_out_status(badge):
    del badge["credentialStatus"]


def stray_member(badge):
    badge["credentialSubject"]["achievement"]["stateLicence"] = "12345"


def later_end(badge):
    badge["validUntil"] = "2099-12-31T23:59:59-06:00"


TAMPERINGS = [
    changed_title,
    changed_day,
    changed_name,
    changed_place_in_the_list,
    left_out_status,
    stray_member,
    later_end,
]


@with_node
def test_digital_bazaars_verifier_accepts_a_badge(digital_bazaar, badge):
    assert digital_bazaar(badge) == {"verified": True, "revoked": False, "told": []}


def test_openbadgeslib_accepts_a_badge(open_badges_lib, badge):
    open_badges_lib(badge)


@with_node
@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_digital_bazaars_verifier_refuses_a_changed_badge(digital_bazaar, badge, tamper):
    tamper(badge)

    assert digital_bazaar(badge)["verified"] is False


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_openbadgeslib_refuses_a_changed_badge(open_badges_lib, badge, tamper):
    tamper(badge)

    with pytest.raises(OB3VerificationError):
        open_badges_lib(badge)


@pytest.fixture
def forged(badge, switched_on, organisation, settings, tmp_path):
    """The same badge signed by another's key, under the name of the organisation's own."""
    name = badge["proof"][0]["verificationMethod"]
    unsigned = {member: value for member, value in badge.items() if member != "proof"}
    ring, settings.CREDENTIAL_KEYS_DIR = settings.CREDENTIAL_KEYS_DIR, tmp_path / "stranger"
    with mock.patch.object(signing, "method", return_value=name):
        signed = signing.sign(unsigned, newest_key(organisation.uuid), timezone.now())
    settings.CREDENTIAL_KEYS_DIR = ring
    assert signed["proof"][0]["verificationMethod"] == name
    return signed


@with_node
def test_digital_bazaars_verifier_refuses_another_key(digital_bazaar, forged):
    assert digital_bazaar(forged)["verified"] is False


def test_openbadgeslib_refuses_another_key(open_badges_lib, forged):
    with pytest.raises(OB3VerificationError):
        open_badges_lib(forged)


@with_node
def test_a_key_that_the_issuer_does_not_list_is_refused(digital_bazaar, badge):
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    who = badge["issuer"]["id"]

    assert digital_bazaar(badge, {who: did_document(who, [stranger])})["verified"] is False


@with_node
def test_digital_bazaars_verifier_reads_that_it_was_revoked(digital_bazaar, badge, certificate, make_staff):
    revoke(certificate, make_staff("coordinator"), "Se emitió por error.")

    assert digital_bazaar(badge) == {"verified": True, "revoked": True, "told": []}


def test_openbadgeslib_refuses_what_was_revoked(open_badges_lib, badge, certificate, make_staff):
    revoke(certificate, make_staff("coordinator"), "Se emitió por error.")

    with pytest.raises(OB3VerificationError, match="revo"):
        open_badges_lib(badge)


@pytest.fixture
def role_badge(card):
    return json.loads(card_badge(card))


@with_node
def test_both_verifiers_accept_the_badge_of_a_role(digital_bazaar, open_badges_lib, role_badge):
    assert digital_bazaar(role_badge) == {"verified": True, "revoked": False, "told": []}
    open_badges_lib(role_badge)


@with_node
def test_both_verifiers_see_that_a_role_stopped(digital_bazaar, open_badges_lib, role_badge, card, volunteer):
    pause(card.grant, volunteer)

    assert digital_bazaar(role_badge)["revoked"] is True
    with pytest.raises(OB3VerificationError, match="suspen"):
        open_badges_lib(role_badge)


@with_node
def test_both_verifiers_refuse_the_badge_of_a_role_that_ended(digital_bazaar, open_badges_lib, role_badge):
    with time_machine.travel(timezone.now() + timedelta(days=202)):
        with pytest.raises(OB3VerificationError, match="expired"):
            open_badges_lib(role_badge)
        told = digital_bazaar(role_badge, now=timezone.now().isoformat())
    assert told["verified"] is False


@with_node
def test_a_list_that_somebody_changed_is_not_believed(digital_bazaar, badge, fetch):
    address = badge["credentialStatus"]["statusListCredential"]
    changed = fetch(address)
    changed["credentialSubject"]["encodedList"] = encoded(range(LENGTH))

    answer = digital_bazaar(badge, {address: changed})

    assert (answer["verified"], answer["revoked"]) == (False, None)


@with_node
def test_what_an_old_key_signed_stays_good(digital_bazaar, open_badges_lib, badge, organisation):
    rotate(organisation.uuid)

    assert digital_bazaar(badge) == {"verified": True, "revoked": False, "told": []}
    open_badges_lib(badge)


def test_our_few_terms_mean_what_the_published_context_means(badge):
    whole = ContextResolver({}, published.document_loader())
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "contextResolver": whole}

    assert jsonld.normalize(badge, options).encode() == signing.canonical(badge)


@pytest.fixture
def attached(certificate, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf(certificate.latest_copy))
    return path


def test_the_certificate_on_paper_carries_the_badge(attached, certificate, open_badges_lib):
    reader = PdfReader(io.BytesIO(attached.read_bytes()))
    [[content]] = reader.attachments.values()
    relations = {file.get_object()["/AFRelationship"] for file in reader.trailer["/Root"]["/AF"]}

    assert list(reader.attachments) == [f"insignia-{certificate.code}.json"]
    assert relations == {"/Data"}
    open_badges_lib(json.loads(content))


@pytest.mark.needs("java")
def test_vera_pdf_finds_the_certificate_with_its_badge_to_be_pdf_a_3a(attached):
    passed, told = vera_pdf(attached)

    assert passed, told

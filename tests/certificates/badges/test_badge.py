"""What a badge tells, and when there is none."""

import io
import json

from pypdf import PdfReader

from certificates.badges.badge import card_badge, certificate_badge
from certificates.granting import pause
from certificates.issuing import make_out, revoke
from certificates.printing import certificate_pdf


def test_it_tells_course_issuer_day_and_holder(badge, certificate, organisation):
    subject = badge["credentialSubject"]
    achievement = subject["achievement"]

    assert badge["id"] == certificate.uuid.urn
    assert badge["name"] == achievement["name"] == certificate.course_title
    assert achievement["id"] == certificate.course_key.urn
    assert achievement["inLanguage"] == "es"
    assert badge["validFrom"] == f"{certificate.completed_on}T00:00:00-06:00"
    assert "validUntil" not in badge
    assert [one["identityHash"] for one in subject["identifier"]] == ["María Xmucané Qʼaqʼ Ẍuan-Ñu", certificate.code]
    assert badge["issuer"] == {
        "id": f"did:web:escuela.example%3A8443:issuers:{organisation.uuid}",
        "type": ["Profile"],
        "name": "Red de Prueba por la Salud",
        "url": "https://escuela.example:8443",
    }


def test_it_has_the_shape_that_both_the_w3c_and_the_schema_of_open_badges_accept(badge):
    assert badge["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert isinstance(badge["proof"], list)
    assert isinstance(badge["credentialStatus"], dict)
    assert isinstance(badge["credentialStatus"]["statusListIndex"], str)


def test_it_says_what_it_is_not(badge):
    told = badge["credentialSubject"]["achievement"]["description"]

    assert "Red de Prueba por la Salud" in told
    assert len(told.split(". ")) >= 3


def test_it_carries_the_name_that_she_chose_last(certificate):
    copy = make_out(certificate, "Ana", "kek")

    told = json.loads(certificate_badge(copy))["credentialSubject"]

    assert told["identifier"][0]["identityHash"] == "Ana"
    assert told["achievement"]["inLanguage"] == "es"


def test_nothing_in_it_ties_her_to_other_records(certificate):
    text = certificate_badge(certificate.latest_copy).decode()

    assert str(certificate.volunteer.uuid) not in text
    assert certificate.volunteer.sign_in.code not in text


def test_a_role_is_told_by_the_name_she_chose_and_for_its_days(card):
    told = json.loads(card_badge(card))

    assert told["name"] == "Promotora de salud"
    assert "Defensora" not in json.dumps(told)
    assert told["validFrom"] == f"{card.valid_from}T00:00:00-06:00"
    assert told["validUntil"] == f"{card.valid_to}T23:59:59-06:00"
    assert told["credentialSubject"]["achievement"]["id"] == card.grant.role.uuid.urn


def test_a_role_that_does_not_count_is_not_signed(card, volunteer):
    pause(card.grant, volunteer)

    assert card_badge(card) is None


def test_there_is_none_where_badges_are_switched_off(certificate, settings):
    settings.OPEN_BADGES = False

    assert certificate_badge(certificate.latest_copy) is None


def test_a_sample_is_not_signed(certificate, profile):
    profile.confirmed = False
    profile.save()

    assert certificate_badge(certificate.latest_copy) is None


def test_what_was_revoked_is_not_signed_anew(certificate, make_staff):
    revoke(certificate, make_staff("coordinator"), "Se emitió por error.")
    certificate.refresh_from_db()

    assert certificate_badge(certificate.latest_copy) is None


def test_a_certificate_is_printed_while_the_keys_are_broken(badge, certificate, settings, caplog):
    [private] = settings.CREDENTIAL_KEYS_DIR.glob("*/*.key")
    private.write_text("x")

    assert certificate_pdf(certificate.latest_copy).startswith(b"%PDF-")
    assert "without its badge" in caplog.text


def test_switched_off_the_paper_carries_nothing(badge, certificate, settings):
    settings.OPEN_BADGES = False

    assert PdfReader(io.BytesIO(certificate_pdf(certificate.latest_copy))).attachments == {}

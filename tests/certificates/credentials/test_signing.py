"""Tokens: what is signed is read, by us and by others; nothing else is."""

from datetime import date, timedelta

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from certificates.credentials.commitments import commit, is_name
from certificates.credentials.keys import newest_key, public_keys, rotate
from certificates.credentials.signing import (
    QR_15_M_BYTES,
    CredentialRefused,
    Facts,
    as_text,
    from_text,
    link,
    read,
    sign,
    to_fit,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=25)
DAYS = st.dates(min_value=date(1970, 1, 1))


def test_what_is_signed_is_read(make_facts, key):
    facts = make_facts(place="San Pedro Carchá", role="Aj kʼamol bʼe")

    assert read(sign(facts, key), public_keys({})) == facts


def test_signing_twice_gives_the_same_bytes(make_facts, key):
    facts = make_facts()

    assert sign(facts, key) == sign(facts, key)


def test_token_signed_before_a_rotation_is_read_after_it(make_facts, key, issuer):
    facts = make_facts()
    token = sign(facts, key)
    rotate(issuer)

    assert read(token, public_keys({})) == facts


def test_card_is_not_signed_with_another_organisations_key(make_facts, other_key):
    with pytest.raises(ValueError, match="key of its organisation"):
        sign(make_facts(), other_key)


@pytest.mark.parametrize(
    "changed",
    [
        {"salt": bytes(15)},
        {"commitment": bytes(32)},
        {"valid_to": date(2026, 2, 28)},
        {"status_index": 131_072},
        {"status_index": -1},
        {"role": ""},
        {"code": ""},
    ],
)
def test_impossible_facts_are_refused(make_facts, changed):
    with pytest.raises(ValueError, match=r"^(a card|a status list) "):
        make_facts(**changed)


@pytest.mark.parametrize("place", ["", "Caserío Sesajal de la Asunción, Santa María Cahabón, A. V. aʼ"])
@pytest.mark.parametrize("role", ["Monitora de servicios de salud y defensora comunitaria saʼ ʼ", "r" * 60])
@pytest.mark.parametrize("language", ["es", "kek"])
def test_longest_card_fits_a_qr_code_of_version_15_at_level_m(make_facts, key, settings, role, place, language):
    settings.PUBLIC_URL = "https://escuela.red-de-defensoras.org.gt"
    facts = to_fit(make_facts(role=role, place=place, language=language, status_index=131_071))

    code = segno.make(link(sign(facts, key), language), error="m", boost_error=False)

    assert (len(role), int(code.version) <= 15, code.error) == (60, True, "M")


def test_usual_words_are_not_cut(make_facts, settings):
    settings.PUBLIC_URL = "https://escuela.red-de-defensoras.org.gt"
    facts = make_facts(place="San Pedro Carchá, Alta Verapaz")

    assert to_fit(facts) == facts


def test_the_longer_of_place_and_role_is_cut_first(make_facts):
    facts = to_fit(make_facts(place="Caserío Sesajal de la Asunción Chiquita " * 3))

    assert facts.place.startswith("Caserío Sesajal de la")
    assert facts.place.endswith("…")
    assert (facts.role, facts.issuer) == (make_facts().role, make_facts().issuer)


def test_address_too_long_for_any_card_is_told(make_facts, settings):
    settings.PUBLIC_URL = "https://" + "escuela." * 40 + "gt"

    with pytest.raises(ValueError, match="address of the school"):
        to_fit(make_facts())


def test_link_that_no_code_holds_is_refused(make_facts, key):
    with pytest.raises(ValueError, match=str(QR_15_M_BYTES)):
        link(sign(make_facts(place="p" * 140), key), "es")


def test_link_leads_to_the_page_that_checks_and_hides_the_token_behind_the_sign(make_facts, key, settings):
    token = sign(make_facts(), key)

    page, _sign, fragment = link(token, "es").partition("#")

    assert page == f"{settings.PUBLIC_URL}/es/verify/"
    assert from_text(fragment) == token


@given(
    issuer=WORDS,
    code=WORDS,
    role=WORDS,
    days=st.lists(DAYS, min_size=2, max_size=2).map(sorted),
    salt=st.binary(min_size=16, max_size=16),
    commitment=st.binary(min_size=16, max_size=16),
    status_index=st.integers(0, 131_071),
    language=st.sampled_from(["es", "kek", "zh-hans"]),
    place=st.just("") | WORDS,
)
def test_any_facts_are_read_as_they_were_signed(shared, days, **facts):
    key, keys, _token = shared
    said = Facts(organisation=key.organisation, valid_from=days[0], valid_to=days[1], **facts)

    assert read(sign(said, key), keys) == said


@given(noise=st.binary(max_size=600))
def test_noise_is_refused_and_does_nothing_else(shared, noise):
    with pytest.raises(CredentialRefused):
        read(noise, shared[1])


@given(data=st.data())
def test_any_changed_byte_is_refused(shared, data):
    token = bytearray(shared[2])
    at = data.draw(st.integers(0, len(token) - 1))
    token[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(CredentialRefused):
        read(bytes(token), shared[1])


@given(text=st.text(max_size=60))
def test_any_text_is_bytes_in_their_one_writing_or_refused(text):
    try:
        found = from_text(text)
    except CredentialRefused:
        found = None

    assert found is None or as_text(found) == text


def test_name_is_not_in_the_token(make_facts, key):
    token = sign(make_facts(name="Candelaria Xol"), key)

    assert b"andelaria" not in token


def test_two_cards_of_one_person_have_nothing_in_common_that_tells(make_facts):
    one, other = make_facts(), make_facts()

    assert (one.salt, one.commitment) != (other.salt, other.commitment)


def test_no_name_has_no_commitment():
    with pytest.raises(ValueError, match="needs a name"):
        commit(" ʼ ", bytes(16))
    assert is_name("", bytes(16), bytes(16)) is False


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A key, the list of it and a token, for tests that hypothesis runs many times."""
    import uuid

    from django.test import override_settings

    with override_settings(CREDENTIAL_KEYS_DIR=tmp_path_factory.mktemp("ring")):
        key = newest_key(uuid.uuid4())
        keys = public_keys({})
    first = date(2026, 1, 1)
    facts = Facts(
        key.organisation, "Red", "CODE", "Monitora", first, first + timedelta(365), bytes(16), bytes(16), 5, "es"
    )
    return key, keys, sign(facts, key)


@pytest.fixture
def other_key():
    import uuid

    return newest_key(uuid.uuid4())

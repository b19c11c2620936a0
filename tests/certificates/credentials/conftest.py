"""A ring of keys of its own for every test, and a card to sign."""

import os
import uuid
from datetime import date

import pytest

from certificates.credentials.commitments import commit
from certificates.credentials.keys import newest_key
from certificates.credentials.signing import Facts


@pytest.fixture(autouse=True)
def ring(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "rings"
    return settings.CREDENTIAL_KEYS_DIR


@pytest.fixture
def issuer():
    return uuid.uuid4()


@pytest.fixture
def key(issuer):
    return newest_key(issuer)


@pytest.fixture
def make_facts(issuer):
    """Return a function that gives a card's facts, some of them changed."""

    def make(name="María Caal Poʼp", **changed):
        salt = os.urandom(16)
        usual = {
            "organisation": issuer,
            "issuer": "Red de Defensoras y Defensores",
            "code": "K7M2P9XQ4T",
            "role": "Defensora comunitaria del derecho a la salud",
            "valid_from": date(2026, 3, 1),
            "valid_to": date(2027, 2, 28),
            "salt": salt,
            "commitment": commit(name, salt),
            "status_index": 70_001,
            "language": "es",
        }
        return Facts(**{**usual, **changed})

    return make

"""A school where badges are switched on, at an address of its own, with keys of its own."""

import json

import pytest

from certificates.badges.badge import certificate_badge
from certificates.models import IssuerProfile


@pytest.fixture
def switched_on(settings, tmp_path):
    settings.OPEN_BADGES = True
    settings.PUBLIC_URL = "https://escuela.example:8443"
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def profile(organisation):
    return IssuerProfile.objects.create(
        organisation=organisation, display_name="Red de Prueba por la Salud", confirmed=True
    )


@pytest.fixture
def certificate(switched_on, profile, complete_course, join_volunteer):
    return complete_course(join_volunteer("María Xmucané Qʼaqʼ Ẍuan-Ñu"))


@pytest.fixture
def badge(certificate):
    """The badge of a certificate, as read from its file."""
    return json.loads(certificate_badge(certificate.latest_copy))


@pytest.fixture
def fetch(client):
    """Return a function that gets the JSON at an address which stands in a badge."""

    def get(address):
        return json.loads(client.get(address.removeprefix("https://escuela.example:8443")).content)

    return get

"""A school where badges are switched on, at an address of its own, with keys of its own."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.badges.badge import certificate_badge
from certificates.models import FieldCredential, IssuerProfile


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


@pytest.fixture
def card(switched_on, profile, organisation, volunteer, give_role):
    """A field credential of the volunteer for a role that she chose to call by another name."""
    today = timezone.localdate()
    return FieldCredential.objects.create(
        code="ABCDE23456",
        organisation=organisation,
        grant=give_role(volunteer, "defensora"),
        name="María Xmucané",
        role_name="Promotora de salud",
        language="es",
        valid_from=today,
        valid_to=today + timedelta(days=200),
        index=4,
    )

"""A visit planned in San Pedro Carchá, and people who may monitor there."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.granting import take_over
from certificates.models import Role
from certificates.visits.planning import Plan, plan_visit
from people.models import Territory


@pytest.fixture
def place(db):
    return Territory.objects.get(code="1609")


@pytest.fixture
def role(organisation):
    return Role.objects.get(organisation=organisation, slug="monitora")


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def day():
    """Return a function that gives a day so many days from today."""
    return lambda days: timezone.localdate() + timedelta(days=days)


@pytest.fixture
def make_monitor(join_volunteer, place, role, coordinator, day):
    """Return a function that makes a volunteer who holds the role for her municipality until so many days from now."""

    def make(name="Candelaria", until=300, home=None):
        person = join_volunteer(name)
        person.territory = home or place
        person.save()
        take_over(person, role, role.place_for(person.territory), day(until), coordinator, [])
        return person

    return make


@pytest.fixture
def monitor(make_monitor):
    return make_monitor()


@pytest.fixture
def plan(organisation, place, day):
    """Return a function that tells of a visit in ten days, with changes."""

    def tell(**changes):
        told = {
            "uuid": uuid.uuid4(),
            "organisation": organisation,
            "day": day(10),
            "territory": place,
            "facility_kind": "cap",
            "facility": "CAP Carchá",
            "place": "Barrio Chibujbʼu",
            "purpose": "Ver si hay medicinas.",
            "contact": "Doña Marta, 5555 0000",
        }
        return Plan(**{**told, **changes})

    return tell


@pytest.fixture
def visit(plan, coordinator):
    return plan_visit(plan(), coordinator)

"""People of a network for the tests of roles, register and visits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.granting import Dates, grant_of, write
from certificates.models import Role
from people.models import Identity, Territory, Volunteer

CARCHA, COBAN, GUATEMALA = "1609", "1601", "0101"


@pytest.fixture
def place_called(db):
    """Return a function that gives the territory with a code."""
    return lambda code: Territory.objects.get(code=code)


@pytest.fixture
def role_called(organisation):
    """Return a function that gives the shipped role with a short name."""
    return lambda slug: Role.objects.get(organisation=organisation, slug=slug)


@pytest.fixture
def make_member(organisation, place_called, role_called):
    """Return a function that makes a volunteer who lives in a municipality."""

    def make(name="Rosa", home=CARCHA, organisation=organisation):
        place = place_called(home) if home else None
        person = Volunteer.objects.create(organisation=organisation, territory=place)
        Identity.objects.create(volunteer=person, safe_name=name)
        return person

    return make


@pytest.fixture
def give_role(role_called, make_staff):
    """Return a function that gives a person a role for her place, from today and for so many days."""
    author = make_staff("coordinator").volunteer

    def give(person, slug="monitora", days=200):
        role, today = role_called(slug), timezone.localdate()
        grant = grant_of(person, role, role.place_for(person.territory))
        write(grant, "granted", Dates(today, today + timedelta(days=days)), author)
        return grant

    return give

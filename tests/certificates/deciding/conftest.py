"""Proposals that wait, and the coordinators around them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.models import Proposal

CARCHA, COBAN, GUATEMALA, ALTA_VERAPAZ = "1609", "1601", "0101", "16"


@pytest.fixture
def propose(make_member, role_called):
    """Return a function that writes an open proposal: for a new person, or for one that is given."""

    def make(name="Rosa", slug="defensora", home=CARCHA, days=0, level=0, kind="grant", person=None):
        person = person or make_member(name, home)
        role = role_called(slug)
        found = {"words": "Terminar el curso «Básico»", "kind": "course", "subject": "x", "day": "2026-01-15"}
        evidence = [{**found, "evidence": "7ad76a04-9d6f-4d0f-8d93-6b5d0f2f5f4e", "lapses_on": None}]
        return Proposal.objects.create(
            volunteer=person,
            role=role,
            territory=role.place_for(person.territory),
            kind=kind,
            evidence=evidence,
            level=level,
            proposed_at=timezone.now() - timedelta(days=days),
        )

    return make


@pytest.fixture
def coordinator_of(make_staff, place_called):
    """Return a function that makes a coordinator of a place, by its code."""
    return lambda code: make_staff("coordinator", territory=place_called(code))


@pytest.fixture
def coordinator(make_staff):
    """A coordinator of the whole organisation."""
    return make_staff("coordinator")


@pytest.fixture
def office(staff_client, coordinator):
    """Her browser."""
    return staff_client(coordinator)


@pytest.fixture
def queries_of():
    """Return a function that counts the queries of a page, once what every page needs is in the cache."""

    def count(browser, *address):
        browser.get(*address)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(*address)
        return len(queries), answer

    return count

"""One function answers who may do what to whom: owner, neighbour and stranger; within dates and places."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from people.models import Responsibility, Territory
from people.permissions import ALLOWED, may, organisations_where, those_she_may


@pytest.fixture
def alta_verapaz(db):
    return Territory.objects.get(code="16")


def deeds_of(user, whom):
    return {deed for deed in ALLOWED if may(user, deed, whom)}


@pytest.mark.parametrize("kind", [kind.value for kind in Responsibility.Kind])
def test_a_kind_allows_its_own_deeds_in_its_own_organisation_only(make_staff, organisation, other_organisation, kind):
    user = make_staff(kind)

    assert deeds_of(user, organisation) == {deed for deed, kinds in ALLOWED.items() if kind in kinds}
    assert deeds_of(user, other_organisation) == set()


def test_a_stranger_and_a_learner_may_nothing(organisation, volunteer):
    assert deeds_of(AnonymousUser(), organisation) == set()
    assert deeds_of(volunteer, organisation) == set()


def test_a_user_who_was_switched_off_may_nothing(make_staff, organisation):
    user = make_staff("administrator")
    user.is_active = False

    assert deeds_of(user, organisation) == set()
    assert organisations_where(user, "invite") == []


@pytest.mark.parametrize(
    ("starts", "ends", "allowed"), [(-1, None, True), (0, 0, True), (1, None, False), (-9, -1, False)]
)
def test_a_responsibility_counts_from_its_first_to_its_last_day(make_staff, organisation, starts, ends, allowed):
    user, today = make_staff("facilitator"), timezone.localdate()
    Responsibility.objects.update(
        starts_on=today + timedelta(days=starts), ends_on=None if ends is None else today + timedelta(days=ends)
    )

    assert may(user, "invite", organisation) == allowed


def test_a_responsibility_bound_to_a_place_reaches_the_people_in_it(make_staff, volunteer, alta_verapaz):
    user = make_staff("facilitator", territory=alta_verapaz)
    inside, outside = Territory.objects.get(code="1609"), Territory.objects.get(code="1420")

    answers = []
    for place in (None, inside, outside):
        volunteer.territory = place
        volunteer.save()
        answers.append((may(user, "see_person", volunteer), those_she_may(user, "see_person", [volunteer])))

    assert answers == [(True, [volunteer]), (True, [volunteer]), (False, [])]

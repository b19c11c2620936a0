"""One rule, two ways: what the facts say of a person, a role, a place and a day, the spans say too."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.days import joined, months_after, without
from certificates.eligibility import is_eligible
from certificates.models import Evidence, Grant, Period, Role, Span
from certificates.spanning import rebuild, rebuild_all
from people.models import Territory, Volunteer

FIRST = date(2026, 1, 1)
LENGTH = 40
days = st.integers(0, LENGTH).map(lambda n: FIRST + timedelta(days=n))
spans = st.lists(st.tuples(days, st.integers(0, 9)).map(lambda row: (row[0], row[0] + timedelta(days=row[1]))))


@given(spans, spans)
def test_days_taken_out_are_those_in_one_and_not_in_the_other(some, taken):
    def among(rows):
        return {start + timedelta(days=n) for start, end in rows for n in range((end - start).days + 1)}

    assert among(without(some, taken)) == among(some) - among(taken)
    assert among(joined(some)) == among(some)


@given(days, st.integers(-30, 30))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    later = months_after(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


periods = st.lists(
    st.tuples(st.sampled_from(Period.Kind.values), days, st.integers(0, 20), st.booleans()), min_size=1, max_size=7
)
histories = st.lists(
    st.tuples(st.sampled_from(["defensora", "monitora", "coordinadora-municipal"]), st.integers(0, 2), periods),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[:2],
)


def write_history(volunteer, history, places, evidence):
    for slug, place, rows in history:
        grant = Grant.objects.create(volunteer=volunteer, role=Role.objects.get(slug=slug), territory=places[place])
        for number, (kind, start, length, rests) in enumerate(rows, 1):
            opening = kind in Period.OPENING
            Period.objects.create(
                grant=grant,
                number=number,
                kind=kind,
                starts_on=start,
                ends_on=start + timedelta(days=length) if opening else None,
                by=volunteer,
                reason="x",
                evidence=[{"evidence": str(evidence)}] if rests else [],
                recorded_at=timezone.now(),
            )


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, revoked=st.none() | days)
def test_the_spans_say_what_the_facts_say(organisation, history, revoked):
    places = [None, Territory.objects.get(code="16"), Territory.objects.get(code="1609")]
    asked = [places[2], Territory.objects.get(code="1601"), Territory.objects.get(code="0101")]
    roles = list(Role.objects.filter(organisation=organisation))
    with transaction.atomic():
        volunteer = Volunteer.objects.create(organisation=organisation)
        evidence = Evidence.objects.create(
            volunteer=volunteer,
            kind="course",
            subject=str(uuid.uuid4()),
            day=FIRST,
            revoked_on=revoked,
            revoked_reason="x" if revoked else "",
        )
        write_history(volunteer, history, places, evidence.uuid)
        rebuild([volunteer])
        for role in roles:
            for place in asked:
                active = Span.objects.filter(volunteer=volunteer, role=role, kind="active").covering(place)
                for day in (FIRST + timedelta(days=n) for n in range(0, LENGTH + 21, 3)):
                    by_spans = active.on(day).exists()
                    assert by_spans == is_eligible(volunteer, role, place, day), (role, place, day)
        transaction.set_rollback(True)


def test_spans_of_one_role_and_place_never_overlap_and_can_be_made_from_nothing(volunteer, organisation):
    write_history(
        volunteer,
        [("monitora", 0, [("granted", FIRST, 20, False), ("paused", FIRST + timedelta(5), 0, False)])],
        [None],
        uuid.uuid4(),
    )
    rebuild([volunteer])
    before = list(
        Span.objects.filter(volunteer=volunteer)
        .order_by("role", "starts_on")
        .values_list("role", "kind", "starts_on", "ends_on")
    )

    Span.objects.all().delete()
    rebuild_all()

    after = list(
        Span.objects.filter(volunteer=volunteer)
        .order_by("role", "starts_on")
        .values_list("role", "kind", "starts_on", "ends_on")
    )
    assert after == before
    monitor = [row[1:] for row in after if row[0] == Role.objects.get(slug="monitora").pk]
    assert monitor == [
        ("active", FIRST, FIRST + timedelta(4)),
        ("paused", FIRST + timedelta(5), FIRST + timedelta(20)),
        ("over", FIRST + timedelta(21), date.max),
    ]


def test_who_begins_the_course_is_in_training_for_the_roles_that_ask_for_it(volunteer, course, organisation):
    from courses.completing import enrol

    enrol(volunteer, course.translation_key)

    assert set(Span.objects.filter(volunteer=volunteer, kind="training").values_list("role__slug", flat=True)) == {
        "informada",
        "defensora",
        "monitora",
        "facilitadora",
    }

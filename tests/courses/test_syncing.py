"""Deeds are taken once, in any order and in any pieces; what cannot be understood is kept whole; never an error."""

import hashlib
import itertools
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import Throttle
from courses.api import BATCHES_AN_HOUR, MOST_BYTES
from courses.models import Completion, Event, QuarantinedEvent
from courses.syncing import MOST_EVENTS, SCHOOL_OPENED, take
from people.models import DeviceCredential


def event(lesson, kind="lesson_completed", **more):
    return {
        "uuid": str(uuid.uuid4()),
        "kind": kind,
        "activity": str(lesson.translation_key),
        "edition": 1,
        "language": "es",
        "at": timezone.now().isoformat(),
        "data": {},
        **more,
    }


def practice(lesson, **more):
    data = {"block": str(uuid.uuid4()), "chosen": ["true"], "points": 1}
    return event(lesson, "practice_answered", data={**data, **more})


def post(client, learner, events, *, device=None, **headers):
    body = {"device": str(device or uuid.uuid4()), "learner": str(learner.uuid), "events": events}
    return client.post("/api/sync/", json.dumps(body), content_type="application/json", headers=headers)


def facts():
    return sorted(Event.objects.values_list("uuid", "kind", "activity"))


# --- once ----------------------------------------------------------------------------------------------------------


def test_a_batch_is_taken_and_every_event_answered_for(learner_client, volunteer, lessons):
    events = [event(lessons[0]), event(lessons[1], "lesson_opened"), practice(lessons[2])]

    answer = post(learner_client, volunteer, events)

    assert answer.status_code == 200
    assert answer.json() == {"accepted": [row["uuid"] for row in events], "duplicate": [], "quarantined": []}
    assert Event.objects.filter(volunteer=volunteer, source="device").count() == 3


def test_the_same_batch_twice_changes_nothing(learner_client, volunteer, lessons):
    events = [event(lesson) for lesson in lessons[:5]] + [event(lessons[0], "strange")]
    post(learner_client, volunteer, events)
    before = facts(), QuarantinedEvent.objects.count(), Completion.objects.count()

    answer = post(learner_client, volunteer, events).json()

    assert sorted(answer["duplicate"]) == sorted(row["uuid"] for row in events)
    assert (answer["accepted"], answer["quarantined"]) == ([], [])
    assert (facts(), QuarantinedEvent.objects.count(), Completion.objects.count()) == before


def test_an_event_twice_in_one_batch_is_one_fact(learner_client, volunteer, lessons):
    row = event(lessons[0])

    answer = post(learner_client, volunteer, [row, row]).json()

    assert (answer["accepted"], answer["duplicate"]) == ([row["uuid"]], [row["uuid"]])
    assert Event.objects.count() == 1


def test_order_and_pieces_do_not_matter(join_volunteer, lessons):
    start = timezone.now() - timedelta(days=3)

    def deeds():
        return [
            event(lesson, language=language, at=(start + timedelta(hours=place)).isoformat())
            for place, (lesson, language) in enumerate(zip(lessons[:4], ("es", "kek", "es", "kek"), strict=True))
        ]

    outcomes = []
    for order, cut in itertools.product([(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)], [0, 1, 3]):
        person, rows = join_volunteer(), deeds()
        mixed = [rows[place] for place in order]
        take(person, mixed[:cut])
        take(person, mixed[cut:])
        outcomes.append(sorted(Completion.objects.filter(volunteer=person).values_list("activity", "completed_at")))

    assert outcomes == [outcomes[0]] * 9
    assert len(outcomes[0]) == 4


def test_the_first_time_a_lesson_was_completed_stays(volunteer, lessons):
    first, again = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    take(volunteer, [event(lessons[0], at=first.isoformat())])
    take(volunteer, [event(lessons[0], at=again.isoformat())])

    assert Completion.objects.get(volunteer=volunteer).completed_at == first
    assert Event.objects.count() == 2


def test_of_one_batch_the_earliest_time_counts(volunteer, lessons):
    times = [timezone.now() - timedelta(days=days) for days in (1, 3, 2)]

    take(volunteer, [event(lessons[0], at=at.isoformat()) for at in times])

    assert Completion.objects.get(volunteer=volunteer).completed_at == times[1]


# --- quarantine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "certificate_granted"}, "unknown kind"),
        ({"kind": "x" * 33}, "wrong shape"),
        ({"activity": str(uuid.UUID(int=7))}, "unknown activity"),
        ({"activity": "lesson one"}, "wrong shape"),
        ({"edition": -1}, "wrong shape"),
        ({"edition": 10**30}, "wrong shape"),
        ({"at": "yesterday"}, "wrong shape"),
        ({"at": "2026-11-21T10:00:00"}, "wrong shape"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "wrong shape"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "wrong shape"),
        ({"data": {"note": "x"}}, "wrong data"),
        ({"data": {"note": "x" * 5_000}}, "too much data"),
        ({"data": []}, "wrong shape"),
        ({"volunteer": 1}, "wrong shape"),
        ({"language": "x" * 17}, "wrong shape"),
    ],
    ids=repr,
)
def test_what_cannot_be_understood_is_kept_whole_with_its_reason(learner_client, volunteer, lessons, change, reason):
    row = event(lessons[0], **change)

    answer = post(learner_client, volunteer, [row])

    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": [], "duplicate": [], "quarantined": [{"uuid": row["uuid"], "reason": reason}],
    }  # fmt: skip
    kept = QuarantinedEvent.objects.get(uuid=row["uuid"])
    assert (kept.reason, kept.volunteer) == (reason, volunteer)
    assert {name: kept.content[name] for name in change} == change
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"points": 2},
        {"points": -1},
        {"points": "many"},
        {"chosen": ["x"] * 21},
        {"chosen": ["free text"]},
        {"block": 7},
    ],
    ids=repr,
)
def test_a_practice_answer_of_a_wrong_shape_is_quarantined(volunteer, lessons, change):
    taken = take(volunteer, [practice(lessons[0], **change)])

    assert [row["reason"] for row in taken.quarantined] == ["wrong data"]


def test_one_bad_event_does_not_hold_up_the_others(learner_client, volunteer, lessons):
    good, bad = event(lessons[0]), event(lessons[1], "strange")

    answer = post(learner_client, volunteer, [bad, good]).json()

    assert answer["accepted"] == [good["uuid"]]
    assert [row["uuid"] for row in answer["quarantined"]] == [bad["uuid"]]


@pytest.mark.parametrize("raw", [7, "deed", [], {}, {"uuid": "x"}, {"uuid": None}, [1, [2]]], ids=repr)
def test_an_event_without_a_name_is_kept_once(volunteer, raw):
    take(volunteer, [raw])
    take(volunteer, [raw])

    assert [row.content for row in QuarantinedEvent.objects.all()] == [raw]


@pytest.mark.parametrize(
    "raw", [None, {"text": "a\x00b"}, {"text": "\ud800"}, {"points": float("inf")}, {"points": float("nan")}], ids=repr
)
def test_what_a_database_cannot_hold_as_json_is_kept_as_text(volunteer, raw):
    take(volunteer, [raw])

    assert [row.content for row in QuarantinedEvent.objects.all()] == [{"as_text": json.dumps(raw)}]


# --- clocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1970, 1999, 2023])
def test_a_clock_years_behind_is_held_to_when_the_school_opened_and_marked(volunteer, lessons, year):
    said = datetime(year, 6, 1, tzinfo=UTC)

    take(volunteer, [event(lessons[0], at=said.isoformat())])

    fact = Event.objects.get()
    assert (fact.device_at, fact.at, fact.clock_was_wrong) == (said, SCHOOL_OPENED, True)


@pytest.mark.parametrize("year", [2040, 2099])
def test_a_clock_years_ahead_is_held_to_now_and_marked(volunteer, lessons, year):
    said = datetime(year, 6, 1, tzinfo=UTC)

    take(volunteer, [event(lessons[0], at=said.isoformat())])

    fact = Event.objects.get()
    assert (fact.device_at, fact.at, fact.clock_was_wrong) == (said, fact.received_at, True)
    assert Completion.objects.get().completed_at <= timezone.now()


def test_a_clock_a_little_ahead_is_held_but_not_marked(volunteer, lessons):
    take(volunteer, [event(lessons[0], at=(timezone.now() + timedelta(minutes=2)).isoformat())])

    fact = Event.objects.get()
    assert (fact.at == fact.received_at, fact.clock_was_wrong) == (True, False)


def test_a_right_clock_is_believed(volunteer, lessons):
    said = timezone.now() - timedelta(days=20)

    take(volunteer, [event(lessons[0], at=said.isoformat())])

    fact = Event.objects.get()
    assert (fact.at, fact.clock_was_wrong) == (said, False)


# --- who may hand in -----------------------------------------------------------------------------------------------


def test_signed_out_the_school_asks_for_the_pin(volunteer, lessons):
    assert post(Client(), volunteer, [event(lessons[0])]).status_code == 401
    assert Event.objects.count() == 0


def test_nobody_hands_in_for_another_learner(learner_client, join_volunteer, lessons):
    assert post(learner_client, join_volunteer("Marta"), [event(lessons[0])]).status_code == 403
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://other.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://testserver"}, 200),
        ({}, 200),
    ],
    ids=repr,
)
def test_only_the_schools_own_pages_hand_in(learner_client, volunteer, lessons, headers, status):
    assert post(learner_client, volunteer, [event(lessons[0])], **headers).status_code == status
    assert Event.objects.count() == (1 if status == 200 else 0)


def credential(volunteer, **more):
    token = uuid.uuid4().hex
    DeviceCredential.objects.create(
        volunteer=volunteer, device=uuid.uuid4(), token_hash=hashlib.sha256(token.encode()).hexdigest(), **more
    )
    return {"authorization": f"Device {token}"}


def test_a_devices_own_credential_appends_without_a_session(volunteer, lessons):
    headers = credential(volunteer)

    assert post(Client(), volunteer, [event(lessons[0])], **headers).status_code == 200
    assert Client().get("/api/me/", headers=headers).json()["done"] == [str(lessons[0].translation_key)]


def test_a_devices_credential_opens_nothing_else(volunteer):
    headers = credential(volunteer)

    answers = [Client().get(address, headers=headers) for address in ("/es/me/", "/es/me/data/", "/admin/")]

    assert [(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers] == [
        (302, "/es/sign-in/"),
        (302, "/es/sign-in/"),
        (302, "/staff/sign-in/"),
    ]


@pytest.mark.parametrize("header", ["Device ", "Device x", "Device", "Bearer x", "device"])
def test_an_unknown_credential_opens_nothing(volunteer, lessons, header):
    assert post(Client(), volunteer, [event(lessons[0])], authorization=header).status_code == 401


def test_a_revoked_credential_opens_nothing(volunteer, lessons):
    headers = credential(volunteer, revoked_at=timezone.now())

    assert post(Client(), volunteer, [event(lessons[0])], **headers).status_code == 401


def test_a_credential_hands_in_for_its_own_learner_only(volunteer, join_volunteer, lessons):
    assert post(Client(), join_volunteer("Marta"), [event(lessons[0])], **credential(volunteer)).status_code == 403


# --- bad batches ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"{", b"null", b"[]", b"\xff\xfe", b'{"device": 1}', b'{"events": []}', b"[" * 5_000], ids=repr
)
def test_what_is_no_batch_is_refused(learner_client, body):
    answer = learner_client.post("/api/sync/", body, content_type="application/json")

    assert answer.status_code == 400


def test_only_json_is_taken(learner_client, volunteer):
    body = {"device": str(uuid.uuid4()), "learner": str(volunteer.uuid), "events": "[]"}

    assert learner_client.post("/api/sync/", body).status_code == 415


def test_a_batch_of_too_many_events_is_to_be_halved(learner_client, volunteer, lessons):
    events = [event(lessons[0], "lesson_opened") for _number in range(MOST_EVENTS + 1)]

    assert post(learner_client, volunteer, events).status_code == 413
    assert Event.objects.count() == 0
    assert post(learner_client, volunteer, events[:-1]).status_code == 200


def test_a_batch_of_too_many_bytes_is_to_be_halved(learner_client, volunteer, lessons):
    assert post(learner_client, volunteer, [{"note": "x" * MOST_BYTES}]).status_code == 413


def test_a_device_that_never_stops_is_told_to_wait(learner_client, volunteer, lessons):
    device = uuid.uuid4()
    post(learner_client, volunteer, [], device=device)
    Throttle.objects.update(count=BATCHES_AN_HOUR)

    assert post(learner_client, volunteer, [event(lessons[0])], device=device).status_code == 429
    assert post(learner_client, volunteer, [event(lessons[0])]).status_code == 200


def test_a_batch_costs_the_same_number_of_queries_for_1_and_30_events(join_volunteer, lessons):
    counts = []
    for size in (1, 30):
        person = join_volunteer()
        with CaptureQueriesContext(connection) as captured:
            take(person, [event(lesson) for lesson in lessons[:size]])
        counts.append(len(captured))

    assert counts[0] == counts[1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)
NAMES = ["uuid", "kind", "activity", "edition", "language", "at", "data"]


def test_whatever_json_comes_nothing_fails_and_everything_is_answered_for(learner_client, volunteer, lessons):
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(json_values, st.dictionaries(st.sampled_from(NAMES), json_values)), st.booleans())
    def send(raw, on_a_good_event):
        row = {**event(lessons[0], "lesson_opened"), **raw} if on_a_good_event and isinstance(raw, dict) else raw
        before = Event.objects.count() + QuarantinedEvent.objects.count()

        answer = post(learner_client, volunteer, [row])

        assert answer.status_code == 200, answer.content
        told = answer.json()
        new = len(told["accepted"]) + len(told["quarantined"])
        assert new + len(told["duplicate"]) == 1
        assert Event.objects.count() + QuarantinedEvent.objects.count() == before + new

    send()

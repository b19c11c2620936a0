"""An evaluation kept on the way, issued to a telephone beforehand, answered without signal."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.answering import Sent
from assessments.attempting import save_answers, submit
from assessments.models import Attempt, ExtraTime, Question, Unclear
from courses.completing import requirement_of
from courses.models import Completion, Event, QuarantinedEvent
from tests.every_question import every_question, picture, recording

DEVICE = "7f3d6f0a-0000-4000-8000-000000000001"


@pytest.fixture
def check(course):
    """The check of the course's first module."""
    return course.modules[0].check_quiz


@pytest.fixture
def issue(learner_client, check):
    """Return a function that asks for the check beforehand."""

    def go(client=learner_client, quiz=check.translation_key, **more):
        wish = {"quiz": str(quiz), "device": DEVICE, "language": "es", **more}
        return client.post("/api/draws/", json.dumps(wish), content_type="application/json")

    return go


@pytest.fixture
def hand_in(learner_client, volunteer, check):
    """Return a function that hands in an attempt answered without signal, as the telephone's outbox does."""

    def go(attempt, answers, *, at=None, client=learner_client, person=volunteer, activity=None, **data):
        event = {
            "uuid": str(uuid.uuid4()),
            "kind": "attempt_answered",
            "activity": str(activity or check.translation_key),
            "edition": 1,
            "language": "es",
            "at": (at or timezone.now()).isoformat(),
            "data": {
                "attempt": str(attempt),
                "answers": {str(version): answer for version, answer in answers.items()},
                **data,
            },
        }
        batch = {"device": DEVICE, "learner": str(person.uuid), "events": [event]}
        answer = client.post("/api/sync/", json.dumps(batch), content_type="application/json")
        assert answer.status_code == 200
        return answer.json()

    return go


def test_a_draw_for_a_telephone_holds_no_key_and_is_the_same_when_asked_again(issue):
    first, second = issue().json(), issue().json()

    told = json.dumps(first)
    assert first == second
    assert [word for word in ("correct", "feedback", "explanation", "accepted", '"match"') if word in told] == []
    assert str(Attempt.objects.get().device) == DEVICE


def test_answers_from_the_outbox_are_graded_on_arrival_once(issue, hand_in, check, right_answers, volunteer):
    attempt = issue().json()["attempt"]
    answers = right_answers(Attempt.objects.get(pk=attempt))

    first = hand_in(attempt, answers, seconds={str(next(iter(answers))): 12})
    same = hand_in(attempt, answers)
    others = hand_in(attempt, {key: ["x"] for key in answers})

    assert len(first["accepted"]) == len(same["accepted"]) == 1
    assert [row["reason"] for row in others["quarantined"]] == ["already sent"]
    graded = Attempt.objects.get(pk=attempt)
    assert (graded.passed, graded.percent, graded.was_offline) == (True, 100, True)
    assert Completion.objects.filter(volunteer=volunteer, activity=check.translation_key).count() == 1
    assert graded.answers.filter(seconds=12).count() == 1


def test_the_event_keeps_no_answers(issue, hand_in, right_answers):
    attempt = issue().json()["attempt"]

    hand_in(attempt, right_answers(Attempt.objects.get(pk=attempt)))

    assert Event.objects.get(kind="attempt_answered").data == {"attempt": attempt}


def test_what_cannot_be_hers_is_held_back_with_its_reason(issue, hand_in, browser_of, join_volunteer, lessons):
    attempt = issue().json()["attempt"]
    neighbour = join_volunteer("Marta")

    foreign = hand_in(attempt, {}, client=browser_of(neighbour), person=neighbour)
    unknown = hand_in(uuid.uuid4(), {})
    elsewhere = hand_in(attempt, {}, activity=lessons[0].translation_key)
    not_drawn = hand_in(attempt, {10**9: ["x"]})
    Attempt.objects.update(may_be_offline=False)
    not_allowed = hand_in(attempt, {})

    answers = [foreign, unknown, elsewhere, not_drawn, not_allowed]
    assert [answer["quarantined"][0]["reason"] for answer in answers] == [
        "attempt of another person",
        "unknown attempt",
        "unknown attempt",
        "question not drawn",
        "not allowed without signal",
    ]
    assert Attempt.objects.get().submitted_at is None
    assert QuarantinedEvent.objects.count() == 5


def test_a_trainer_sees_how_many_sendings_were_held_back_and_why_and_of_nobody(
    issue, hand_in, check, staff_client, make_staff, volunteer, right_answers
):
    attempt = issue().json()["attempt"]
    hand_in(attempt, right_answers(Attempt.objects.get(pk=attempt)))
    hand_in(attempt, {})

    page = staff_client(make_staff("trainer")).get(f"/admin/assessments/quiz/{check.pk}/analysis/").content.decode()

    assert "Esta evaluación ya se había enviado; cuentan las primeras respuestas." in page
    assert volunteer.safe_name not in page


def test_a_telephones_wrong_clock_does_not_lengthen_her_time(issue, hand_in, check):
    check.minutes = 30
    check.save()
    attempt = issue().json()["attempt"]
    wrong = timezone.now() - timedelta(days=3000)

    hand_in(attempt, {}, at=wrong + timedelta(minutes=31), since=wrong.isoformat())

    assert Attempt.objects.get(pk=attempt).seconds_over == 60
    assert Event.objects.get(kind="attempt_answered").clock_was_wrong


def test_time_over_the_limit_is_marked_and_not_refused(
    make_quiz, begin, volunteer, learner_client, right_fields, stand_on_the_course
):
    quiz = make_quiz(3, minutes=10)
    stand_on_the_course(quiz)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        attempt = begin(volunteer, quiz)
        clock.shift(timedelta(minutes=12))
        page = learner_client.post(f"/es/me/attempt/{attempt.pk}/", right_fields(attempt), follow=True)
    attempt.refresh_from_db()

    assert (attempt.percent, attempt.seconds_over) == (100, 120)
    assert page.context["attempt"].minutes_over == 2


def test_extra_time_is_hers_alone(make_quiz, begin, volunteer, join_volunteer):
    quiz = make_quiz(2, minutes=15)
    ExtraTime.objects.create(volunteer=volunteer, percent=50)

    assert begin(volunteer, quiz).minutes == 23
    assert begin(join_volunteer("Marta"), quiz).minutes == 15


def test_a_quiz_for_practice_asks_nothing_of_the_course(make_quiz, stand_on_the_course, course, begin, volunteer):
    quiz = make_quiz(2, purpose="practice")
    stand_on_the_course(quiz)

    submit(begin(volunteer, quiz).pk, volunteer, Sent(), "es")

    assert quiz.translation_key not in requirement_of(course).checks
    assert not Completion.objects.filter(volunteer=volunteer).exists()


def test_a_quiz_that_needs_signal_and_a_locked_final_are_not_issued(issue, check, course):
    check.offline = False
    check.save()

    assert issue().status_code == 409
    assert issue(quiz=course.final.translation_key).status_code == 409
    assert issue(quiz=uuid.uuid4()).status_code == 404
    assert Attempt.objects.count() == 0


def test_answers_kept_on_the_way_are_there_on_another_telephone(begin, check, volunteer, learner_client, browser_of):
    attempt = begin(volunteer, check)
    first, second = (row["version"] for row in attempt.drawn[:2])
    address = f"/es/me/attempt/{attempt.pk}/"

    learner_client.post(f"{address}save/", {f"q{first}": "a", "q999999": "x"})
    learner_client.post(address, {f"q{second}": "b", "save": "1"})

    attempt.refresh_from_db()
    assert attempt.saved == {str(first): ["a"], str(second): ["b"]}
    assert attempt.submitted_at is None
    other = browser_of(volunteer).get(address)
    assert {asked.version_id: asked.saved for asked in other.context["questions"]}[first] == ["a"]


def test_a_letter_no_keyboard_writes_is_left_out_wherever_it_comes_from(
    issue, hand_in, make_quiz, begin, volunteer, learner_client, stand_on_the_course
):
    quiz = make_quiz(1)
    stand_on_the_course(quiz)
    definition = Question._meta.get_field("content").stream_block
    typed = every_question(picture().pk, recording().pk)["gaps"]
    typed["value"]["typed"] = True
    Question.objects.filter(bank=quiz.draws.first().bank).update(content=definition.to_python([typed]))
    attempt = begin(volunteer, quiz)
    version = attempt.drawn[0]["version"]
    gap = attempt.drawn[0]["options"][0]

    saved = learner_client.post(f"/es/me/attempt/{attempt.pk}/save/", {f"q{version}.{gap}": "sa\0lud"})
    taken = hand_in(attempt.pk, {version: [f"{gap}=sa\0lud"]}, activity=quiz.translation_key)

    assert saved.status_code == 204
    assert len(taken["accepted"]) == 1
    assert attempt.answers.get().chosen == [f"{gap}=salud"]


def test_a_neighbour_and_a_late_answer_change_nothing(
    begin, check, volunteer, learner_client, browser_of, join_volunteer
):
    attempt = begin(volunteer, check)
    address = f"/es/me/attempt/{attempt.pk}/save/"

    assert browser_of(join_volunteer("Marta")).post(address, {"q1": "a"}).status_code == 404
    learner_client.post(f"/es/me/attempt/{attempt.pk}/")
    assert learner_client.post(address, {f"q{attempt.drawn[0]['version']}": "a"}).status_code == 409
    assert not save_answers(attempt.pk, volunteer, {1: ["a"]})


def test_not_understood_reaches_whoever_writes_and_keeps_her_answers(begin, check, volunteer, learner_client):
    attempt = begin(volunteer, check)
    version = attempt.drawn[0]["version"]
    address = f"/es/me/attempt/{attempt.pk}/unclear/"

    for _twice in range(2):
        answer = learner_client.post(address, {"unclear": version, f"q{version}": "a"})
    script = learner_client.post(address, {"unclear": version}, headers={"X-Part": "none"})

    assert answer["Location"] == f"/es/me/attempt/{attempt.pk}/#q{version}"
    assert script.status_code == 204
    assert Unclear.objects.get().volunteer == volunteer
    attempt.refresh_from_db()
    assert attempt.saved == {str(version): ["a"]}
    for strange in ("999999", "9" * 5000, "x", ""):
        assert learner_client.post(address, {"unclear": strange}).status_code == 404


def test_a_practice_question_not_understood_reaches_whoever_writes_the_lesson(
    lessons, learner_client, volunteer, staff_client, make_staff, other_organisation
):
    lesson = next(lesson for lesson in lessons if any(block.block_type == "single_choice" for block in lesson.body))
    block = next(block for block in lesson.body if block.block_type == "single_choice")

    page = learner_client.post(f"/es/me/practice/{lesson.translation_key}/{block.id}/unclear/")

    assert page.status_code == 200
    assert str(Unclear.objects.get().question_key) == block.id
    trainers_home = staff_client(make_staff("trainer")).get("/admin/").content.decode()
    assert block.value["prompt"] in trainers_home
    partners_home = staff_client(make_staff("partner", other_organisation)).get("/admin/").content.decode()
    assert block.value["prompt"] not in partners_home

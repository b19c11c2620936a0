"""Marking open answers: blind, by who may, one at a time; a correction stands beside; words are wiped afterwards."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from assessments.answering import OwnWords, Sent
from assessments.attempting import start, submit
from assessments.marking import Given, MarkRefused, mark, waiting_for, wipe_open_answers
from assessments.models import (
    Answer,
    Attempt,
    Exclusion,
    ExtraTime,
    Mark,
    OpenAnswer,
    Question,
    QuestionBank,
    Quiz,
    QuizDraw,
)
from cms.housekeeping import keep_house
from cms.models import AuditEntry
from people.joining import erase
from people.models import Territory

WORDS = "Le diría que el puesto debe atenderla."


def open_question(prompt):
    rubric = [
        {"type": "item", "id": str(uuid.uuid4()), "value": {"text": text, "help": "", "points": points}}
        for text, points in (("Nombra el derecho", 1), ("Dice qué hacer", 3))
    ]
    return {
        "type": "open_answer",
        "id": str(uuid.uuid4()),
        "value": {"prompt": prompt, "explanation": "Toda persona tiene derecho.", "spoken": True, "rubric": rubric},
    }


@pytest.fixture
def make_open_quiz(organisation):
    """Return a function that makes a quiz of so many open questions."""
    definition = Question._meta.get_field("content").stream_block

    def make(count=1):
        slug = f"abierta-{uuid.uuid4().hex[:8]}"
        locale = Locale.objects.get(language_code="es")
        bank = QuestionBank.objects.create(organisation=organisation, name=slug, slug=slug)
        for number in range(count):
            content = definition.to_python([open_question(f"¿Qué haría usted? {number}")])
            Question.objects.create(bank=bank, locale=locale, position=number, content=content)
        quiz = Quiz(organisation=organisation, title="Abierta", slug=slug, locale=locale, shuffle=False)
        quiz.draws = [QuizDraw(bank=bank, count=0)]
        quiz.save()
        return quiz

    return make


@pytest.fixture
def answer_quiz(make_open_quiz, volunteer):
    """Return a function that sends a person's words to every question of an open quiz, and gives her answers."""

    def send(person=volunteer, count=1, quiz=None, words=WORDS, voice=b""):
        quiz = quiz or make_open_quiz(count)
        attempt = start(person, quiz, edition=1, manifest_hash="", language="es")
        versions = [row["version"] for row in attempt.drawn]
        voices = {version: OwnWords(voice=voice, voice_type="audio/ogg") for version in versions} if voice else {}
        submit(attempt.pk, person, Sent({version: [words] for version in versions}, voices), "es")
        return list(Answer.objects.filter(attempt=attempt).order_by("pk"))

    return send


@pytest.fixture
def answer(answer_quiz):
    return answer_quiz()[0]


@pytest.fixture
def trainer(make_staff):
    return make_staff("trainer")


@pytest.fixture
def marker(trainer):
    return trainer.volunteer


@pytest.fixture
def desk(trainer, staff_client):
    return staff_client(trainer)


def given(answer, *points, comment=""):
    rubric = answer.version.content["rubric"]
    return Given({line["id"]: number for line, number in zip(rubric, points, strict=True)}, comment)


def typed(answer, *points, **more):
    return {f"line-{line}": str(number) for line, number in given(answer, *points).scores.items()} | {
        "after": "0",
        **more,
    }


def page_of(answer):
    return f"/es/facilitate/marking/{answer.pk}/"


# --- a mark --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "earned", "passed"), [((1, 3), 1, True), ((1, 2), 0.75, True), ((1, 1), 0.5, False), ((0, 0), 0, False)]
)
def test_an_answer_earns_its_share_of_the_rubric_and_the_attempt_is_settled(answer, marker, points, earned, passed):
    mark(answer, given(answer, *points), by=marker, after=0)

    attempt = Attempt.objects.get(pk=answer.attempt_id)
    assert (attempt.points, attempt.passed, Answer.objects.get(pk=answer.pk).points) == (earned, passed, earned)
    result = attempt.results.get()
    assert (result.cause, result.author, result.told_at) == ("marked", marker, None)


def test_an_attempt_waits_until_its_last_answer_is_marked(answer_quiz, marker):
    first, second = answer_quiz(count=2)

    mark(first, given(first, 1, 3), by=marker, after=0)
    assert Attempt.objects.get(pk=first.attempt_id).awaits_marks

    mark(second, given(second, 0, 0), by=marker, after=0)
    assert Attempt.objects.get(pk=first.attempt_id).points == 1


def test_where_two_mark_at_once_the_first_counts_and_the_second_is_told(answer, marker, make_staff):
    first = mark(answer, given(answer, 1, 3), by=marker, after=0)

    with pytest.raises(MarkRefused) as refusal:
        mark(answer, given(answer, 0, 0), by=make_staff("trainer").volunteer, after=0)

    assert refusal.value.newest == first
    assert Answer.objects.get(pk=answer.pk).points == 1
    assert Mark.objects.count() == 1


def test_a_correction_stands_beside_the_first_mark(answer, marker, make_staff):
    other = make_staff("coordinator").volunteer
    mark(answer, given(answer, 0, 0), by=marker, after=0)

    mark(answer, given(answer, 1, 3), by=other, after=1, reason="Sí lo dijo")

    attempt = Attempt.objects.get(pk=answer.attempt_id)
    assert (attempt.points, attempt.passed) == (1, True)
    assert [(row.cause, row.passed, row.reason) for row in attempt.results.all()] == [
        ("marked", False, ""),
        ("corrected", True, "Sí lo dijo"),
    ]
    assert list(Mark.objects.values_list("points", "reason")) == [(0, ""), (4, "Sí lo dijo")]
    assert list(AuditEntry.objects.filter(action__contains="mark").values_list("action", flat=True)) == [
        "answer_marked",
        "mark_corrected",
    ]


# --- the queue -----------------------------------------------------------------------------------------------------


def test_the_queue_is_oldest_first_and_names_nobody(answer_quiz, desk, join_volunteer, volunteer):
    newer = answer_quiz(person=join_volunteer("Marta"))[0]
    older = answer_quiz()[0]
    Attempt.objects.filter(pk=older.attempt_id).update(submitted_at=timezone.now() - timedelta(days=3))

    page = desk.get("/es/facilitate/marking/").content.decode()
    one = desk.get(page_of(older)).content.decode()

    assert page.index(page_of(older)) < page.index(page_of(newer))
    assert WORDS in one
    assert "Nombra el derecho" in one
    for name in ("Candelaria", "Marta", volunteer.sign_in.code, str(volunteer.uuid)):
        assert name not in page + one


def test_the_queue_holds_only_whom_she_may_mark(
    answer, trainer, make_staff, other_organisation, volunteer, answer_quiz
):
    volunteer.territory = Territory.objects.get(code="1609")
    volunteer.save()
    near = make_staff("coordinator", territory=Territory.objects.get(code="16"))
    far = make_staff("coordinator", territory=Territory.objects.get(code="0101"))

    assert waiting_for(trainer) == waiting_for(near) == [answer]
    assert waiting_for(far) == waiting_for(make_staff("trainer", other_organisation)) == []
    assert waiting_for(make_staff("facilitator")) == []


def test_nobody_marks_her_own_answer(answer_quiz, trainer, marker, desk):
    own = answer_quiz(person=marker)[0]

    assert waiting_for(trainer) == []
    assert desk.get(page_of(own)).status_code == 403
    assert desk.post(page_of(own), typed(own, 1, 3)).status_code == 403
    assert not Mark.objects.exists()


def test_marked_and_taken_out_answers_leave_the_queue(answer_quiz, trainer, marker):
    marked, taken_out = answer_quiz()[0], answer_quiz()[0]
    mark(marked, given(marked, 1, 3), by=marker, after=0)
    Exclusion.objects.create(version=taken_out.version, reason="x", author=marker, at=timezone.now())

    assert waiting_for(trainer) == []


def test_the_queue_costs_the_same_with_1_and_30_answers(answer_quiz, make_open_quiz, desk, join_volunteer):
    def count():
        with CaptureQueriesContext(connection) as queries:
            desk.get("/es/facilitate/marking/")
        return len(queries)

    quiz = make_open_quiz(1)
    answer_quiz(quiz=quiz)
    count()
    one = count()
    answer_quiz(count=30)

    assert count() == one


# --- the form ------------------------------------------------------------------------------------------------------


def test_marking_by_the_form(desk, answer, learner_client):
    done = desk.post(page_of(answer), typed(answer, 1, 3, comment="Muy claro"))

    assert done["Location"] == "/es/facilitate/marking/"
    assert "Muy claro" in learner_client.get(f"/es/me/attempt/{answer.attempt_id}/result/").content.decode()


def test_a_missing_mark_is_said_and_what_was_typed_stays(desk, answer):
    fields = typed(answer, 1, 3, comment="Muy claro")
    fields.pop(next(name for name in fields if name.startswith("line-")))

    asked = desk.post(page_of(answer), fields)

    assert (asked.status_code, "Muy claro" in asked.content.decode()) == (422, True)
    assert not Mark.objects.exists()


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_a_form_without_a_sane_count_is_refused(desk, answer, after):
    assert desk.post(page_of(answer), typed(answer, 1, 3, after=after)).status_code in (409, 422)
    assert not Mark.objects.exists()


def test_the_second_of_two_markers_is_told_by_the_form(desk, answer, make_staff):
    other = make_staff("trainer").volunteer
    mark(answer, given(answer, 1, 3), by=other, after=0)

    told = desk.post(page_of(answer), typed(answer, 0, 0))

    assert told.status_code == 409
    assert Mark.objects.count() == 1


def test_correcting_by_the_form_asks_for_a_reason(desk, answer):
    desk.post(page_of(answer), typed(answer, 0, 0))

    without = desk.post(page_of(answer), typed(answer, 1, 3, after="1"))
    done = desk.post(page_of(answer), typed(answer, 1, 3, after="1", reason="Leí mal"))

    assert (without.status_code, done.status_code) == (422, 302)
    assert Attempt.objects.get(pk=answer.attempt_id).passed


# --- the voice -----------------------------------------------------------------------------------------------------


def test_the_voice_is_for_markers_only_and_kept_in_no_cache(
    answer_quiz, desk, make_staff, staff_client, learner_client, other_organisation
):
    spoken = answer_quiz(words="", voice=b"OggS sound")[0]
    address = f"{page_of(spoken)}voice/"

    heard = desk.get(address)
    others = [staff_client(make_staff("facilitator")), staff_client(make_staff("trainer", other_organisation))]

    assert (heard.content, heard["Content-Type"]) == (b"OggS sound", "audio/ogg")
    assert "no-store" in heard["Cache-Control"]
    assert [client.get(address).status_code for client in others] == [403, 403]
    assert learner_client.get(address).status_code == 302
    assert address in desk.get(page_of(spoken)).content.decode()


def test_words_and_voice_are_encrypted_in_the_database(answer_quiz):
    answer_quiz(voice=b"OggS sound")

    with connection.cursor() as cursor:
        cursor.execute("SELECT text, voice FROM assessments_openanswer")
        row = cursor.fetchone()
    assert WORDS not in row[0]
    assert base64.b64encode(b"OggS sound").decode() not in row[1]


# --- wiping --------------------------------------------------------------------------------------------------------


def test_words_are_wiped_so_many_days_after_the_last_mark(answer, marker, settings, desk):
    mark(answer, given(answer, 0, 0), by=marker, after=0)
    Mark.objects.update(at=timezone.now() - timedelta(days=settings.OPEN_ANSWER_DAYS + 1))
    mark(answer, given(answer, 1, 3), by=marker, after=1, reason="x")
    assert wipe_open_answers(timezone.now()) == 0

    later = timezone.now() + timedelta(days=settings.OPEN_ANSWER_DAYS)
    assert wipe_open_answers(later) == 1

    words = OpenAnswer.objects.get()
    assert (words.text, words.voice, words.wiped_at) == ("", "", later)
    assert wipe_open_answers(later) == 0
    assert desk.get(page_of(answer)).status_code == 200


def test_words_that_wait_for_a_mark_stay(answer):
    assert wipe_open_answers(timezone.now() + timedelta(days=400)) == 0
    assert OpenAnswer.objects.get().text == WORDS


def test_words_of_a_question_taken_out_are_wiped_too(answer, marker):
    Exclusion.objects.create(version=answer.version, reason="x", author=marker, at=timezone.now() - timedelta(days=31))

    assert wipe_open_answers(timezone.now()) == 1


def test_keeping_house_wipes(answer, marker):
    mark(answer, given(answer, 1, 3), by=marker, after=0)
    Mark.objects.update(at=timezone.now() - timedelta(days=31))

    keep_house()

    assert OpenAnswer.objects.get().text == ""


def test_an_erased_persons_words_go_at_once(answer_quiz, volunteer, marker, trainer):
    marked, waiting = answer_quiz(voice=b"OggS")[0], answer_quiz()[0]
    mark(marked, given(marked, 1, 3, comment="Candelaria, muy bien"), by=marker, after=0)
    ExtraTime.objects.create(volunteer=volunteer)

    erase(volunteer)

    assert set(OpenAnswer.objects.values_list("text", "voice")) == {("", "")}
    assert list(Mark.objects.values_list("comment", "points")) == [("", 4)]
    assert not ExtraTime.objects.exists()
    assert waiting_for(trainer) == []
    assert Answer.objects.get(pk=waiting.pk).points is None


# --- extra time ----------------------------------------------------------------------------------------------------


def test_a_coordinator_gives_extra_time_by_code_and_sees_no_name(make_staff, staff_client, volunteer):
    admin = staff_client(make_staff("coordinator"))

    answer = admin.post(
        "/admin/snippets/assessments/extratime/add/", {"volunteer": volunteer.sign_in.code, "percent": "50"}
    )

    assert answer.status_code == 302
    assert ExtraTime.objects.get().volunteer == volunteer
    listed = admin.get("/admin/snippets/assessments/extratime/").content.decode()
    edited = admin.get(f"/admin/snippets/assessments/extratime/edit/{ExtraTime.objects.get().pk}/").content.decode()
    assert volunteer.sign_in.code in listed
    assert volunteer.sign_in.code in edited
    assert "Candelaria" not in listed + edited


def test_extra_time_is_given_once_and_in_ones_own_organisation(
    make_staff, staff_client, volunteer, join_volunteer, other_organisation
):
    admin = staff_client(make_staff("coordinator"))
    stranger = join_volunteer("Otra")
    stranger.organisation = other_organisation
    stranger.save()
    ExtraTime.objects.create(volunteer=volunteer)

    for code in (volunteer.sign_in.code, stranger.sign_in.code, "123", ""):
        admin.post("/admin/snippets/assessments/extratime/add/", {"volunteer": code, "percent": "50"})

    assert ExtraTime.objects.count() == 1


def test_extra_time_is_changed_without_the_code(make_staff, staff_client, volunteer):
    admin = staff_client(make_staff("coordinator"))
    row = ExtraTime.objects.create(volunteer=volunteer)

    admin.post(f"/admin/snippets/assessments/extratime/edit/{row.pk}/", {"percent": "100"})

    row.refresh_from_db()
    assert (row.percent, row.volunteer) == (100, volunteer)

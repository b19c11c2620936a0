"""An attempt freezes what was asked, is graded once, and belongs to one person."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from assessments.answering import Sent
from assessments.attempting import AttemptRefused, asked, submit, to_review
from assessments.models import Answer, Attempt, Question, QuestionVersion
from assessments.signals import attempt_graded
from courses.models import Completion


@pytest.fixture
def quiz(make_quiz):
    return make_quiz(5)


@pytest.fixture
def attempt(begin, volunteer, quiz):
    return begin(volunteer, quiz)


def edit(question, **words):
    """Change the words of a question with one right answer, as an author does."""
    raw = list(question.content.raw_data)
    raw[0] = {**raw[0], "value": {**raw[0]["value"], **words}}
    question.content = question.content.stream_block.to_python(raw)
    question.save()


# --- starting ------------------------------------------------------------------------------------------------------


def test_starting_twice_gives_one_attempt(begin, volunteer, quiz):
    assert begin(volunteer, quiz) == begin(volunteer, quiz)
    assert Attempt.objects.count() == 1


def test_each_person_has_an_attempt_of_her_own(begin, join_volunteer, quiz):
    assert begin(join_volunteer("Ana"), quiz) != begin(join_volunteer("Marta"), quiz)


def test_an_attempt_asks_every_question_once(attempt):
    assert len({row["version"] for row in attempt.drawn}) == 5


def test_a_draw_takes_as_many_as_it_says_from_a_larger_bank(begin, volunteer, quiz):
    quiz.draws.update(count=3)

    assert len({row["version"] for row in begin(volunteer, quiz).drawn}) == 3


def test_a_draw_of_more_than_there_are_takes_all(begin, volunteer, quiz):
    quiz.draws.update(count=40)

    assert len(begin(volunteer, quiz).drawn) == 5


def test_a_retired_question_is_not_asked(begin, volunteer, quiz):
    Question.objects.filter(bank__slug=quiz.slug, position__lt=2).update(retired=True)

    assert len(begin(volunteer, quiz).drawn) == 3


def test_without_mixing_the_order_is_the_banks(begin, volunteer, make_quiz):
    found = begin(volunteer, make_quiz(5, shuffle=False))

    assert [row.content["prompt"] for row in asked(found, "es")] == [f"Pregunta {number}" for number in range(5)]
    assert [[option["text"] for option in row.content["options"]] for row in asked(found, "es")] == [
        ["Sí", "No", "Tal vez"]
    ] * 5


def test_a_quiz_without_questions_says_so_and_makes_no_attempt(
    begin, volunteer, make_quiz, learner_client, stand_on_the_course
):
    empty = make_quiz(0)
    with pytest.raises(AttemptRefused):
        begin(volunteer, empty)

    response = learner_client.post(stand_on_the_course(empty))

    assert response.status_code == 409
    assert str(response.context["problem"]) in response.content.decode()
    assert Attempt.objects.count() == 0


# --- what is frozen ------------------------------------------------------------------------------------------------


def test_a_question_edited_since_the_start_is_asked_and_graded_as_it_was(attempt, volunteer, quiz, right_answers):
    before, answers = asked(attempt, "es"), right_answers(attempt)
    for question in Question.objects.filter(bank__slug=quiz.slug):
        options = question.content.raw_data[0]["value"]["options"]
        turned = [
            {**option, "value": {**option["value"], "correct": not option["value"]["correct"]}} for option in options
        ]
        edit(question, prompt="Otra cosa", options=turned)

    assert asked(attempt, "es") == before
    assert submit(attempt.pk, volunteer, Sent(answers), "es").points == 5


def test_a_question_deleted_since_the_start_is_graded_as_it_was(attempt, volunteer, quiz, right_answers):
    answers = right_answers(attempt)
    Question.objects.filter(bank__slug=quiz.slug).delete()

    assert submit(attempt.pk, volunteer, Sent(answers), "es").points == 5


def test_the_pass_mark_in_force_at_the_start_counts(attempt, volunteer, quiz, right_answers):
    answers = right_answers(attempt)
    quiz.pass_mark = 100
    quiz.save()

    assert submit(attempt.pk, volunteer, Sent(dict(list(answers.items())[:4])), "es").passed is True


def test_an_unchanged_question_keeps_one_version(begin, join_volunteer, quiz):
    begin(join_volunteer("Ana"), quiz)
    begin(join_volunteer("Marta"), quiz)

    assert QuestionVersion.objects.filter(language="es").count() == 5


# --- sending -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "passed", "percent"), [(0, False, 0), (3, False, 60), (4, True, 80), (5, True, 100)])
def test_the_result_is_what_was_right(attempt, volunteer, right_answers, right, passed, percent):
    answers = dict(list(right_answers(attempt).items())[:right])

    result = submit(attempt.pk, volunteer, Sent(answers), "es")

    assert (result.points, result.most_points, result.passed, result.percent) == (right, 5, passed, percent)
    assert result.answers.count() == 5


def test_sending_twice_changes_nothing_and_announces_once(attempt, volunteer, right_answers):
    announced = []
    attempt_graded.connect(lambda attempt, **_more: announced.append(attempt.pk), weak=False, dispatch_uid="count")
    try:
        first = submit(attempt.pk, volunteer, Sent(), "es")
        second = submit(attempt.pk, volunteer, Sent(right_answers(attempt)), "es")
    finally:
        attempt_graded.disconnect(dispatch_uid="count")

    assert (second.points, second.submitted_at) == (0, first.submitted_at)
    assert Answer.objects.count() == 5
    assert announced == [attempt.pk]


def test_answers_to_questions_not_drawn_are_ignored(
    attempt, volunteer, begin, make_quiz, join_volunteer, right_answers
):
    foreign = right_answers(begin(join_volunteer("Marta"), make_quiz(3)))

    result = submit(attempt.pk, volunteer, Sent({**foreign, 10**9: ["x"]}), "es")

    assert (result.points, result.answers.count()) == (0, 5)


def test_the_same_answers_earn_the_same_in_every_language(begin, join_volunteer, quiz, right_answers):
    kek = Locale.objects.get(language_code="kek")
    for question in Question.objects.filter(bank__slug=quiz.slug):
        translated = question.copy_for_translation(kek)
        translated.save()
        edit(translated, prompt=f"Kʼaru {question.position}")
    results = []
    for language in ("es", "kek"):
        person = join_volunteer(language)
        found = begin(person, quiz, language)
        answers = dict(list(right_answers(found).items())[:3])
        results.append(submit(found.pk, person, Sent(answers), language).points)
        shown = asked(found, language)
        assert {row.language for row in shown} == {language}

    assert results == [3, 3]


def test_an_answer_keeps_the_language_its_question_was_seen_in(begin, volunteer, quiz, right_answers):
    first, *_others = Question.objects.filter(bank__slug=quiz.slug).order_by("position")
    translated = first.copy_for_translation(Locale.objects.get(language_code="kek"))
    translated.save()
    edit(translated, prompt="Kʼaru")
    attempt = begin(volunteer, quiz, "kek")

    submit(attempt.pk, volunteer, Sent(right_answers(attempt)), "kek")

    seen = dict(attempt.answers.values_list("version__key", "language"))
    assert seen.pop(first.translation_key) == "kek"
    assert set(seen.values()) == {"es"}


def test_a_question_that_is_not_translated_is_asked_in_spanish_and_says_so(begin, volunteer, quiz):
    assert {row.language for row in asked(begin(volunteer, quiz, "kek"), "kek")} == {"es"}


def test_what_was_missed_names_the_lessons_to_read_again(attempt, volunteer, quiz, right_answers):
    lesson, answers = uuid.uuid4(), right_answers(attempt)
    Question.objects.filter(bank__slug=quiz.slug, position=0).update(review_key=lesson)
    missed = QuestionVersion.objects.get(key=Question.objects.get(bank__slug=quiz.slug, position=0).translation_key)

    submit(attempt.pk, volunteer, Sent({key: chosen for key, chosen in answers.items() if key != missed.pk}), "es")

    assert to_review(Attempt.objects.get(pk=attempt.pk)) == [lesson]


# --- trying again --------------------------------------------------------------------------------------------------


def test_between_tries_she_waits_as_the_quiz_says(begin, volunteer, make_quiz):
    quiz, now = make_quiz(2, wait_minutes=10), timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        submit(begin(volunteer, quiz).pk, volunteer, Sent(), "es")
        clock.shift(timedelta(minutes=9, seconds=59))
        with pytest.raises(AttemptRefused) as refused:
            begin(volunteer, quiz)
        assert refused.value.until == now + timedelta(minutes=10)
        clock.shift(timedelta(seconds=1))
        assert begin(volunteer, quiz).submitted_at is None


def test_tries_are_as_many_as_the_quiz_says(begin, volunteer, make_quiz):
    quiz = make_quiz(2, most_tries=2)
    for _try in range(2):
        submit(begin(volunteer, quiz).pk, volunteer, Sent(), "es")

    with pytest.raises(AttemptRefused):
        begin(volunteer, quiz)


def test_without_rule_she_tries_as_often_as_she_likes(begin, volunteer, quiz):
    for _try in range(4):
        submit(begin(volunteer, quiz).pk, volunteer, Sent(), "es")

    assert Attempt.objects.of(volunteer, quiz.translation_key).graded().count() == 4


def test_the_page_says_when_she_may_try_again(begin, volunteer, make_quiz, learner_client, stand_on_the_course):
    quiz = make_quiz(2, wait_minutes=10)
    address = stand_on_the_course(quiz)
    submit(begin(volunteer, quiz).pk, volunteer, Sent(), "es")

    assert learner_client.get(address).context["problem"].until is not None
    assert learner_client.post(address).status_code == 409


# --- on the page ---------------------------------------------------------------------------------------------------


def test_another_learners_attempt_does_not_exist_for_her(attempt, join_volunteer, browser_of, right_answers):
    neighbour = browser_of(join_volunteer("Marta"))
    address = f"/es/me/attempt/{attempt.pk}/"

    answers = [neighbour.get(address), neighbour.post(address), neighbour.get(f"{address}result/")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Attempt.objects.get(pk=attempt.pk).submitted_at is None


def test_no_key_reaches_the_page_of_an_attempt(attempt, learner_client):
    page = learner_client.get(f"/es/me/attempt/{attempt.pk}/").content.decode()

    versions = QuestionVersion.objects.filter(pk__in=[row["version"] for row in attempt.drawn])
    told = [version.content["explanation"] for version in versions]
    told += [option["feedback"] for version in versions for option in version.content["options"]]
    assert [text for text in told if text in page] == []
    assert "data-right" not in page
    assert "correct" not in page
    assert {name for row in asked(attempt, "es") for option in row.content["options"] for name in option} == {
        "id", "text", "picture", "recording",
    }  # fmt: skip


def test_the_result_page_shows_the_points_and_no_key(attempt, volunteer, learner_client, right_answers):
    learner_client.post(f"/es/me/attempt/{attempt.pk}/")

    page = learner_client.get(f"/es/me/attempt/{attempt.pk}/result/").content.decode()

    versions = QuestionVersion.objects.filter(pk__in=[row["version"] for row in attempt.drawn])
    assert [v.content["explanation"] for v in versions if v.content["explanation"] in page] == []
    assert "data-right" not in page


def test_a_sent_attempt_leads_to_its_result(attempt, learner_client):
    learner_client.post(f"/es/me/attempt/{attempt.pk}/")

    response = learner_client.get(f"/es/me/attempt/{attempt.pk}/")

    assert response["Location"] == f"/es/me/attempt/{attempt.pk}/result/"


@pytest.mark.parametrize("field", ["q", "qx", "q-1", "q9999999999999999999999", "q٣", "q1.5", "nothing"])
def test_strange_fields_are_no_answers(attempt, learner_client, field):
    response = learner_client.post(f"/es/me/attempt/{attempt.pk}/", {field: "x"})

    assert response.status_code == 302
    assert Attempt.objects.get(pk=attempt.pk).points == 0


def test_passing_a_check_completes_it_once_in_any_language(
    make_quiz, stand_on_the_course, learner_client, right_fields, volunteer
):
    quiz = make_quiz(3)
    address = stand_on_the_course(quiz)
    for language in ("es", "kek"):
        started = learner_client.post(address.replace("/es/", f"/{language}/"))
        found = Attempt.objects.get(pk=started["Location"].rstrip("/").rpartition("/")[2])
        learner_client.post(started["Location"], right_fields(found))

    assert Completion.objects.filter(activity=quiz.translation_key).count() == 1


def test_the_final_stays_locked_until_every_check_is_passed(learner_client, course):
    address = f"/es/me/{course.slug}/quiz/{course.final.slug}/"

    assert learner_client.post(address).status_code == 409
    assert Attempt.objects.count() == 0


def test_sending_a_whole_evaluation_costs_the_same_for_5_and_50_questions(
    make_quiz, stand_on_the_course, begin, volunteer, learner_client, right_fields
):
    learner_client.get("/es/me/")
    counts = []
    for size in (5, 50):
        quiz = make_quiz(size)
        stand_on_the_course(quiz)
        found = begin(volunteer, quiz)
        answers = right_fields(found)
        with CaptureQueriesContext(connection) as captured:
            page = learner_client.post(f"/es/me/attempt/{found.pk}/", answers, headers={"X-Part": "main"})
        assert page.status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_sending_the_final_evaluation_of_the_basic_course_costs_at_most_25_queries(
    complete_course, course, volunteer, begin, learner_client, right_fields
):
    complete_course(volunteer)
    Completion.objects.filter(activity__in=[course.translation_key, course.final.translation_key]).delete()
    found = begin(volunteer, course.final)
    answers = right_fields(found)
    learner_client.get("/es/me/")

    with CaptureQueriesContext(connection) as captured:
        page = learner_client.post(f"/es/me/attempt/{found.pk}/", answers, headers={"X-Part": "main"})

    assert page.context["attempt"].passed is True
    assert len(captured) <= 25, "\n".join(q["sql"][:150] for q in captured)

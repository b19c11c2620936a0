"""Results stay as facts: marks that are missing, questions taken out, what a person is told."""

import pytest

from assessments.answering import Sent
from assessments.attempting import submit
from assessments.models import Answer, Attempt, QuestionVersion, Result
from assessments.results import exclude, news_for, settle, tell
from courses.models import Completion


@pytest.fixture
def send(begin, right_answers):
    """Return a function that sends an attempt with so many right answers."""

    def go(person, quiz, right):
        attempt = begin(person, quiz)
        answers = dict(list(right_answers(attempt).items())[:right])
        return submit(attempt.pk, person, Sent(answers), "es")

    return go


@pytest.fixture
def author(make_staff):
    return make_staff("trainer").volunteer


def wrong_versions(attempt):
    return [answer.version for answer in attempt.answers.filter(points=0).select_related("version")]


def test_a_sent_attempt_has_one_result_of_which_she_was_told(send, volunteer, make_quiz):
    attempt = send(volunteer, make_quiz(4), 3)

    result = attempt.results.get()
    assert (result.cause, result.points, result.most_points, result.passed) == ("sent", 3, 4, True)
    assert news_for(volunteer) == []


def test_a_question_taken_out_earns_and_costs_nothing_and_she_is_told(send, volunteer, make_quiz, author):
    attempt = send(volunteer, make_quiz(4), 2)

    recomputed = exclude(wrong_versions(attempt)[:1], "La respuesta marcada no era la correcta.", author)

    attempt.refresh_from_db()
    assert recomputed == 1
    assert (attempt.points, attempt.most_points, attempt.percent, attempt.passed) == (2, 3, 66, False)
    assert [result.cause for result in attempt.results.all()] == ["sent", "excluded"]
    news = news_for(volunteer)
    assert [(result.reason, result.author) for result in news] == [("La respuesta marcada no era la correcta.", author)]
    assert tell(attempt) == news
    assert news_for(volunteer) == []


def test_who_now_passes_has_completed_the_check(send, volunteer, make_quiz, author):
    quiz = make_quiz(3)
    attempt = send(volunteer, quiz, 2)
    assert attempt.passed is False

    exclude(wrong_versions(attempt), "Mal escrita.", author)

    assert Attempt.objects.get(pk=attempt.pk).passed is True
    assert Completion.objects.filter(volunteer=volunteer, activity=quiz.translation_key).exists()


def test_nobody_loses_by_a_question_taken_out(send, volunteer, make_quiz, author):
    attempt = send(volunteer, make_quiz(4), 3)
    right = [answer.version for answer in attempt.answers.filter(points=1).select_related("version")]

    exclude(right, "Mal escrita.", author)

    attempt.refresh_from_db()
    assert (attempt.points, attempt.most_points, attempt.passed) == (3, 4, True)
    assert list(attempt.results.values_list("cause", "counts", "points")) == [("sent", True, 3), ("excluded", False, 0)]


def test_a_question_out_before_counts_for_nobody_who_sends_later(send, join_volunteer, volunteer, make_quiz, author):
    quiz = make_quiz(3, shuffle=False)
    exclude(wrong_versions(send(volunteer, quiz, 2)), "Mal escrita.", author)

    later = send(join_volunteer("Marta"), quiz, 2)

    assert (later.points, later.most_points, later.passed) == (2, 2, True)


def test_taking_out_twice_changes_nothing_more(send, volunteer, make_quiz, author):
    attempt = send(volunteer, make_quiz(4), 3)
    versions = wrong_versions(attempt)
    exclude(versions, "Primera razón", author)
    before = Attempt.objects.get(pk=attempt.pk).percent

    exclude(versions, "Segunda razón", author)

    assert QuestionVersion.objects.get(pk=versions[0].pk).exclusion.reason == "Primera razón"
    assert Attempt.objects.get(pk=attempt.pk).percent == before


def test_an_attempt_whose_every_question_is_out_keeps_its_result(send, volunteer, make_quiz, author):
    attempt = send(volunteer, make_quiz(2), 1)

    assert exclude(list(QuestionVersion.objects.filter(answers__attempt=attempt)), "Todas mal.", author) == 0

    attempt.refresh_from_db()
    assert (attempt.points, attempt.most_points) == (1, 2)


def test_an_answer_that_awaits_its_mark_leaves_the_attempt_without_result(send, volunteer, make_quiz):
    attempt = send(volunteer, make_quiz(2), 2)
    Result.objects.all().delete()
    Answer.objects.filter(pk=attempt.answers.first().pk).update(points=None)
    Attempt.objects.update(points=None, most_points=None, passed=None)
    attempt.refresh_from_db()

    assert settle(attempt, Result.Cause.SENT) is None
    assert attempt.awaits_marks


def test_the_page_of_results_tells_of_the_change_once(send, volunteer, make_quiz, author, learner_client):
    attempt = send(volunteer, make_quiz(4), 2)
    exclude(wrong_versions(attempt)[:1], "La respuesta marcada no era la correcta.", author)
    address = f"/es/me/attempt/{attempt.pk}/result/"

    assert address in learner_client.get("/es/me/").content.decode()
    assert "La respuesta marcada no era la correcta." in learner_client.get(address).content.decode()
    assert address not in learner_client.get("/es/me/").content.decode()
    assert address in learner_client.get("/es/me/results/").content.decode()

"""What is weak is told to whoever writes; nothing of it forbids anything."""

import pytest
from wagtail.models import Locale

from assessments.models import Question, QuizDraw
from assessments.reviewing import gives_itself_away, weaknesses_of_question, weaknesses_of_quiz
from tests.every_question import every_question, picture, recording
from tests.quizzes import single_choice


@pytest.fixture
def question(make_quiz):
    return Question.objects.get(bank=make_quiz(1).draws.first().bank)


def set_block(question, raw):
    question.content = question.content.stream_block.to_python([raw])
    question.save()
    return Question.objects.get(pk=question.pk)


def test_a_right_answer_much_longer_than_the_others_gives_itself_away():
    def choice(*lengths):
        return {
            "type": "single_choice",
            "options": [{"text": "x" * length, "correct": place == 0} for place, length in enumerate(lengths)],
        }

    assert gives_itself_away(choice(31, 20, 10))
    assert not gives_itself_away(choice(30, 20, 10))
    assert not gives_itself_away(choice(10, 20, 30))


def test_each_missing_thing_is_told_in_its_own_sentence(question):
    raw = single_choice("P", options=("Una respuesta que es mucho más larga", "No", "Sí"))
    raw["value"]["explanation"] = ""
    raw["value"]["options"][1]["value"]["feedback"] = ""

    told = weaknesses_of_question(set_block(question, raw))

    assert len(told) == 6  # feedback, why, length, lesson, facts, translations


def test_a_whole_question_has_nothing_weak_but_what_is_not_translated(question):
    raw = single_choice("P")
    fact = {"statement": "Es así", "citation": "Artículo 93", "mark": "A", "lawyer": False, "cegss": False}
    raw["value"]["sources"] = [{"type": "item", "id": "4b1e0000-0000-4000-8000-000000000001", "value": fact}]
    question.review_key = question.translation_key
    question = set_block(question, raw)
    before = weaknesses_of_question(question)

    for locale in Locale.objects.exclude(language_code="es"):
        question.copy_for_translation(locale).save()

    assert len(before) == 1
    assert "Qʼeqchiʼ" in before[0]
    assert len(weaknesses_of_question(question)) <= 1  # languages of the school that are not opened yet


def test_a_small_pool_and_answers_to_be_marked_are_told(make_quiz, question):
    quiz = make_quiz(3)
    bank = quiz.draws.first().bank
    raw = every_question(picture().pk, recording().pk)["open_answer"]
    definition = Question._meta.get_field("content").stream_block
    Question.objects.create(bank=bank, locale=quiz.locale, content=definition.to_python([raw]))
    quiz.draws = [QuizDraw(bank=bank, count=3)]
    quiz.save()

    told = weaknesses_of_quiz(quiz)

    assert len(told) == 2


@pytest.mark.parametrize("kind", sorted(every_question(0, 0)))
def test_a_trainer_previews_a_question_of_every_type_as_a_learner_meets_it(kind, question, staff_client, make_staff):
    raw = every_question(picture().pk, recording().pk)[kind]
    question = set_block(question, raw)

    page = question.make_preview_request(preview_mode="")

    assert page.status_code == 200
    assert raw["value"]["prompt"] in page.content.decode()

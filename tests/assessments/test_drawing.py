"""Which questions an attempt asks: lines, tags, parts, chosen ones; never a draft, never one twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.attempting import asked
from assessments.drawing import draw, frozen_order, pools
from assessments.models import Question, QuizDraw
from assessments.reviewing import weaknesses_of_quiz


def questions_of(quiz):
    return list(Question.objects.filter(bank=quiz.draws.first().bank).order_by("position"))


def set_lines(quiz, *lines):
    bank = quiz.draws.first().bank
    quiz.draws = [QuizDraw(**{"bank": bank, **line}, sort_order=place) for place, line in enumerate(lines)]
    quiz.save()


@pytest.fixture
def tagged_quiz(make_quiz):
    """Six questions: even ones easy, the first three of module 1."""
    quiz = make_quiz(6)
    for place, question in enumerate(questions_of(quiz)):
        question.tags.add(*(["Fácil"] if place % 2 == 0 else ["difícil"]), *(["módulo-1"] if place < 3 else []))
        question.save()
    return quiz


def test_a_line_draws_so_many_of_those_with_every_tag_however_it_is_typed(tagged_quiz):
    set_lines(tagged_quiz, {"count": 1, "tags": "facil, MODULO-1"})
    easy = questions_of(tagged_quiz)[:3:2]

    assert pools(tagged_quiz.draws.all()) == [[question.pk for question in easy]]
    assert {draw(tagged_quiz)[0][0].pk for _try in range(30)} == {question.pk for question in easy}


def test_no_question_comes_twice_though_two_lines_could_take_it(tagged_quiz):
    set_lines(tagged_quiz, {"count": 3, "tags": "fácil"}, {"count": 0})

    drawn = [question.pk for question, _section in draw(tagged_quiz)]

    assert sorted(drawn) == sorted(question.pk for question in questions_of(tagged_quiz))


def test_a_chosen_question_stands_where_its_line_stands(tagged_quiz):
    chosen = questions_of(tagged_quiz)[4]
    set_lines(tagged_quiz, {"count": 1, "tags": "difícil"}, {"question": chosen})

    assert draw(tagged_quiz)[1][0] == chosen


def test_drafts_and_retired_questions_are_not_asked(make_quiz):
    quiz = make_quiz(3)
    first, second, third = questions_of(quiz)
    Question.objects.filter(pk=first.pk).update(live=False)
    Question.objects.filter(pk=second.pk).update(retired=True)

    assert [question for question, _section in draw(quiz)] == [third]


def test_a_part_starts_with_its_first_question_only(tagged_quiz, begin, volunteer):
    set_lines(tagged_quiz, {"section": "Uno", "count": 2, "tags": "fácil"}, {"section": "Dos", "tags": "difícil"})

    sections = [question.section for question in asked(begin(volunteer, tagged_quiz), "es")]

    assert sections == ["Uno", "", "Dos", "", ""]


def test_a_part_without_questions_does_not_start(tagged_quiz):
    set_lines(tagged_quiz, {"section": "Nada", "tags": "no existe"}, {"section": "Todo"})

    assert draw(tagged_quiz)[0][1] == "Todo"


@pytest.mark.parametrize("tags", ["", "fácil"])
def test_a_draw_asks_the_database_as_often_for_6_and_60_questions(make_quiz, tags):
    counts = []
    for size in (6, 60):
        quiz = make_quiz(size)
        for question in questions_of(quiz):
            question.tags.add("fácil")
            question.save()
        set_lines(quiz, {"count": 3, "tags": tags})
        with CaptureQueriesContext(connection) as captured:
            assert len(draw(quiz)) == 3
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 4


def test_steps_are_mixed_even_where_nothing_else_is(make_quiz):
    quiz = make_quiz(1, shuffle=False)
    steps = {"type": "ordering", "options": [{"id": letter} for letter in "abcdefgh"]}
    pairs = {"type": "matching", "options": [{"id": "a"}, {"id": "b"}], "matches": [{"id": "a"}, {"id": "b"}]}

    assert len({tuple(frozen_order(quiz, steps)["options"]) for _try in range(20)}) > 1
    assert {tuple(frozen_order(quiz, pairs)["options"]) for _try in range(20)} == {("a", "b")}
    assert len({tuple(frozen_order(quiz, pairs)["matches"]) for _try in range(40)}) == 2


def test_what_banks_cannot_fill_is_told(tagged_quiz):
    set_lines(tagged_quiz, {"count": 5, "tags": "fácil"}, {"tags": "no existe"}, {"count": 2, "tags": "difícil"})

    told = weaknesses_of_quiz(tagged_quiz)

    assert len(told) == 3
    assert [number for number in "153" if number not in told[0]] == []

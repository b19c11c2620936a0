"""Points for answers: the same rules on the phone and in the school (the shared vectors), and what holds for any."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.blocks import QUESTION_TYPES
from assessments.grading import clean_answer, grade, number_of, typed_key

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "grading.json").read_text(encoding="utf-8"))
CHOICES = ["single_choice", "multiple_choice", "true_false", "picture_choice", "find_in_picture"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["promise"])
def test_the_shared_vectors_hold(vector):
    assert grade(vector["question"], vector["answer"]) == pytest.approx(vector["points"])


def test_every_type_has_shared_vectors():
    assert {vector["question"]["type"] for vector in VECTORS} == QUESTION_TYPES


ids = st.text("abcdefghij", min_size=1, max_size=2)
several_ids = st.lists(ids, min_size=1, max_size=8, unique=True)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def questions(draw, kinds=None):
    """Draw a question of any type, as a version keeps it."""
    kind = draw(st.sampled_from(kinds or sorted(QUESTION_TYPES)))
    keys = draw(several_ids)
    options = [{"id": key, "correct": draw(st.booleans())} for key in keys]
    question = {"type": kind, "options": options}
    if kind in {"matching", "gaps"}:
        for option in options:
            option |= {"match": option["id"], "accepted": draw(st.lists(words, min_size=1, max_size=3))}
        loose = [key for key in draw(several_ids) if key not in keys]
        question |= {"matches": [{"id": key} for key in [*keys, *loose]], "typed": draw(st.booleans())}
    if kind == "number":
        question |= {"answer": draw(st.floats(-1e6, 1e6)), "tolerance": draw(st.floats(0, 1e3)), "options": []}
    if kind == "case":
        scenes = [str(number) for number in range(draw(st.integers(1, 4)))]
        for option in options:
            at = draw(st.integers(0, len(scenes) - 1))
            option |= {"scene": scenes[at], "leads_to": draw(st.sampled_from([None, *scenes[at + 1 :]]))}
        question["scenes"] = [{"id": scene} for scene in scenes]
    if kind == "open_answer":
        question["options"] = []
    return question


pairs = st.builds(lambda left, right: f"{left}={right}", ids, ids | words)
answers = st.lists(ids | pairs | words, max_size=12)


@given(questions(), answers)
def test_points_lie_between_0_and_1(asked, answer):
    assert 0 <= grade(asked, answer) <= 1


@given(questions(), answers)
def test_an_answer_in_its_fixed_form_earns_the_same_and_stays_as_it_is(asked, answer):
    clean = clean_answer(asked, answer)

    assert clean_answer(asked, clean) == clean
    assert grade(asked, clean) == grade(asked, answer)


@given(questions(CHOICES), answers, st.randoms())
def test_the_order_of_choices_and_options_does_not_matter(asked, answer, chance):
    shuffled = {**asked, "options": chance.sample(asked["options"], len(asked["options"]))}

    assert grade(shuffled, chance.sample(answer, len(answer))) == grade(asked, answer)


@given(questions([kind for kind in sorted(QUESTION_TYPES) if kind != "number"]), answers, st.lists(st.text("xyz")))
def test_what_the_question_does_not_have_is_ignored(asked, answer, unknown):
    assert grade(asked, [*answer, *unknown]) == grade(asked, answer)
    assert clean_answer(asked, unknown) == []


@given(questions(), answers)
def test_saying_everything_twice_is_saying_it_once(asked, answer):
    if asked["type"] != "number":
        assert grade(asked, answer + answer) == grade(asked, answer)


@given(questions(["multiple_choice"]))
def test_exactly_the_right_options_earn_the_full_point(asked):
    right = [option["id"] for option in asked["options"] if option["correct"]]

    assert grade(asked, right) == (1.0 if right else 0.0)


@given(questions(["multiple_choice"]))
def test_choosing_everything_earns_nothing_where_half_is_wrong(asked):
    everything = [option["id"] for option in asked["options"]]
    if 2 * sum(option["correct"] for option in asked["options"]) <= len(everything):
        assert grade(asked, everything) == 0


@given(questions(["ordering", "matching"]))
def test_the_right_order_and_the_right_pairs_earn_the_full_point(asked):
    pairs = [f"{option['id']}={option.get('match')}" for option in asked["options"]]
    right = [option["id"] for option in asked["options"]] if asked["type"] == "ordering" else pairs

    assert grade(asked, right) == 1


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 3)))
def test_a_number_is_read_as_it_is_written(number):
    assert number_of(f"{number:.3f}") == pytest.approx(number)
    assert number_of(f"{number:,.3f}") == pytest.approx(number)


@given(words)
def test_a_typed_word_has_one_key(word):
    assert typed_key(typed_key(word)) == typed_key(word)

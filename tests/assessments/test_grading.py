"""Points for answers: the same rule on the phone and in the school (the shared vectors), and what holds for any."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.grading import clean_choice, grade

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "grading.json").read_text(encoding="utf-8"))
KINDS = ["single_choice", "multiple_choice", "true_false"]


def question(kind, options):
    return {"type": kind, "options": [{"id": option, "correct": correct} for option, correct in options]}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["promise"])
def test_the_shared_vectors_hold(vector):
    assert grade(question(vector["type"], vector["options"]), vector["chosen"]) == pytest.approx(vector["points"])


options = st.lists(
    st.tuples(st.text("abcdefghij", min_size=1, max_size=3), st.booleans()),
    min_size=1,
    max_size=8,
    unique_by=lambda option: option[0],
)
questions = st.builds(question, st.sampled_from(KINDS), options)
choices = st.lists(st.text("abcdefghij", max_size=3), max_size=12)


@given(questions, choices)
def test_points_lie_between_0_and_1(asked, chosen):
    assert 0 <= grade(asked, chosen) <= 1


@given(questions, choices, st.randoms())
def test_the_order_of_choices_and_options_does_not_matter(asked, chosen, chance):
    mixed = {**asked, "options": chance.sample(asked["options"], len(asked["options"]))}

    assert grade(mixed, chance.sample(chosen, len(chosen))) == grade(asked, chosen)


@given(questions, choices, st.lists(st.text("xyz", min_size=1), max_size=5))
def test_options_the_question_does_not_have_are_ignored(asked, chosen, unknown):
    assert grade(asked, [*chosen, *unknown]) == grade(asked, chosen)
    assert set(clean_choice(asked, unknown)) == set()


@given(questions, choices)
def test_choosing_an_option_twice_is_choosing_it_once(asked, chosen):
    assert grade(asked, chosen + chosen) == grade(asked, chosen)


@given(options)
def test_exactly_the_right_options_earn_the_full_point(several):
    right = [option for option, correct in several if correct]

    assert grade(question("multiple_choice", several), right) == (1.0 if right else 0.0)


@given(options.filter(lambda several: 2 * sum(correct for _option, correct in several) <= len(several)))
def test_choosing_everything_earns_nothing_where_half_is_wrong(several):
    assert grade(question("multiple_choice", several), [option for option, _correct in several]) == 0

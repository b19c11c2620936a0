"""What every table given to a spreadsheet must heed."""

import pytest

from cms.spreadsheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_what_could_start_a_formula_begins_with_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Rosa", "", "Qʼeqchiʼ", "a=b"])
def test_other_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_signs_that_a_workbook_cannot_hold_are_left_out_before_the_formula_is_looked_for():
    assert harmless("\x00=1\x0b+1") == "'=1+1"

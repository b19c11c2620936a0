import pytest

from cms.orthography import LOOK_ALIKES, fold, search_key, store


@pytest.mark.parametrize("sign", LOOK_ALIKES)
def test_every_look_alike_of_the_glottal_sign_is_the_same_letter(sign):
    assert store(f"Q{sign}eqchi{sign}") == "QʼeqchiʼK"[:-1]
    assert fold(f"Q{sign}eqchi{sign}") == fold("qʼeqchiʼ")


def test_searching_finds_names_typed_without_accents_and_signs():
    assert search_key("San Pedro Carchá") == "san pedro carcha"
    assert search_key("Q'eqchi'") == "qeqchi"


def test_a_sign_that_follows_no_letter_is_left_alone():
    assert store("dijo: 'sí'") == "dijo: 'síʼ"

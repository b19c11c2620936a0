"""What goes out comes back the same, in every format; what anybody may send never breaks more than itself."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.exchange.formats import FORMATS, read
from assessments.exchange.own_data import _without_empty
from assessments.exchange.questions import ExchangeRefused
from tests.assessments.exchange.drawn_questions import ANY_QUESTION

EVERY_FORMAT = pytest.mark.parametrize("form", FORMATS)
SLOWLY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def told(question):
    return {
        "kind": question.kind,
        "value": _without_empty(question.value),
        "key": question.key,
        "tags": question.tags,
        "review": question.review,
        "block": question.block_id,
        "exact": question.exact,
        "refused": question.refused,
    }


@EVERY_FORMAT
@SLOWLY
@given(st.lists(ANY_QUESTION, min_size=1, max_size=4))
def test_questions_of_every_type_come_back_as_they_went(form, questions):
    back = FORMATS[form].read(FORMATS[form].write(questions))

    assert [told(question) for question in back] == [told(question) for question in questions]


@SLOWLY
@given(ANY_QUESTION)
def test_pictures_come_back_in_moodle_xml(question):
    written = FORMATS["moodle"].write([question])
    (back,) = FORMATS["moodle"].read(written)

    for name, picture in back.pictures.items():
        assert picture.content == question.pictures[name].content
    assert back.pictures or not question.value.get("picture")


@EVERY_FORMAT
@SLOWLY
@given(ANY_QUESTION, st.data())
def test_a_damaged_file_is_read_or_refused_in_words(form, question, data):
    content = bytearray(FORMATS[form].write([question]))
    for _time in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from([b"{", b"}", b"~", b"=", b"#", b"<", b'"'])))
        content[place : place + data.draw(st.integers(0, 9))] = piece
        content = content or bytearray(b" ")

    for name in ("preguntas.xml", "preguntas.csv", "preguntas.txt"):
        with suppress(ExchangeRefused):
            read(bytes(content), name)


@SLOWLY
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)), st.sampled_from([".xml", ".csv", ".txt"])
)
def test_any_bytes_are_read_or_refused_in_words(content, suffix):
    with suppress(ExchangeRefused):
        read(content, f"preguntas{suffix}")

"""Files made to others' rules: what they say is taken, or it is said what is not."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings

from assessments.exchange import gift, moodle_xml, table
from assessments.exchange.formats import MOST_BYTES, read
from assessments.exchange.questions import Carried, ExchangeRefused, values_of, without_ids
from assessments.exchange.taking_in import ADDED, REFUSED, UNCHANGED, preview, take_in
from tests.assessments.exchange.drawn_questions import VALUES, carried_of, png


def xml(kind, parts, text="¿Qué es?"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><quiz><question type="{kind}"><name><text>Nombre</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>{parts}</question></quiz>'
    ).encode()


def answer(fraction, text, feedback="", more=""):
    said = f"<feedback><text>{feedback}</text></feedback>"
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>{said}{more}</answer>'


def one_of(content, name="p.xml"):
    _form, (found,) = read(content, name)
    return found


def texts(found, part="options", name="text"):
    return [value[name] if isinstance(value, dict) else value for value in values_of(found.value[part])]


# --- Moodle XML ----------------------------------------------------------------------------------------------------


def test_html_becomes_plain_lines():
    text = "<p>Uno &amp; <b>dos</b><br>tres</p><ol><li>a</li><li>b</li></ol><ul><li>c</li></ul>"
    found = one_of(xml("multichoice", answer(100, "Sí") + answer(0, "No"), text))

    assert found.value["prompt"] == "Uno & dos\ntres\n\n1. a\n2. b\n\n– c"


def test_a_picture_comes_with_its_words():
    image = base64.b64encode(png(7)).decode()
    source = xml(
        "multichoice", answer(100, "Sí") + answer(0, "No"), 'Mire <img src="@@PLUGINFILE@@/a%20b.png" alt="Un puesto">'
    )
    source = source.replace(
        b"]]></text></questiontext>",
        f']]></text><file name="a b.png" path="/" encoding="base64">{image}</file></questiontext>'.encode(),
    )

    found = one_of(source)

    picture = found.pictures[found.value["picture"]]
    assert (picture.content, picture.description) == (png(7), "Un puesto")


def test_a_picture_that_is_not_in_the_file_is_named():
    found = one_of(xml("multichoice", answer(100, "Sí") + answer(0, "No"), '<img src="https://example.org/x.png">'))

    assert found.value["picture"] == ""
    assert any("example.org" in note for note in found.notes)


def test_choices_keep_what_is_right():
    one = one_of(
        xml("multichoice", "<single>true</single>" + answer(100, "a", "bien") + answer(50, "b") + answer(0, "c"))
    )
    several = one_of(
        xml("multichoice", "<single>false</single>" + answer(50, "a") + answer(50, "b") + answer(-50, "c"))
    )

    assert (one.kind, texts(one, name="correct")) == ("single_choice", [True, False, False])
    assert len(one.notes) == 1
    assert (several.kind, texts(several, name="correct")) == ("multiple_choice", [True, True, False])


def test_matching_keeps_words_that_belong_to_nothing():
    pairs = "".join(
        f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
        for left, right in [("puesto", "atiende"), ("farmacia", "entrega"), ("", "vende")]
    )

    found = one_of(xml("matching", pairs))

    assert (texts(found), texts(found, name="match"), texts(found, "extra")) == (
        ["puesto", "farmacia"],
        ["atiende", "entrega"],
        ["vende"],
    )


def test_a_number_keeps_tolerance_unit_and_what_is_said():
    parts = answer(100, "2,5", "Bien", "<tolerance>0.5</tolerance>") + answer(0, "*", "Cuente otra vez")
    found = one_of(xml("numerical", parts + "<units><unit><unit_name>días</unit_name></unit></units>"))

    assert without_ids(found.value) == {
        "prompt": "¿Qué es?",
        "answer": 2.5,
        "tolerance": 0.5,
        "unit": "días",
        "feedback_right": "Bien",
        "feedback_wrong": "Cuente otra vez",
    }


def test_cloze_becomes_gaps():
    text = r"<p>Complete.</p><p>El {1:MULTICHOICE:=derecho#Así es~%0%favor~agua\}} es de {1:MC:todas~%100%todos}.</p>"
    found = one_of(xml("cloze", "", text))

    assert (found.kind, found.value["prompt"]) == ("gaps", "Complete.")
    assert found.value["text"] == "El ___ es de ___."
    assert texts(found) == ["derecho", "todos"]
    assert texts(found, "extra") == ["favor", "agua}", "todas"]


def test_typed_cloze_accepts_every_right_word():
    found = one_of(xml("cloze", "", "El {1:SHORTANSWER:=derecho~=derechos~%50%der} de salud"))

    assert found.value["typed"]
    assert found.value["options"][0]["value"]["also"] == "derechos"
    assert len(found.notes) == 1


def test_short_answer_becomes_a_typed_gap():
    found = one_of(xml("shortanswer", answer(100, "salud") + answer(100, "la salud") + answer(100, "sal*")))

    assert (found.kind, found.value["text"], texts(found, name="also")) == ("gaps", "___", ["la salud"])
    assert len(found.notes) == 1


def test_ordering_and_essay_are_taken():
    steps = one_of(xml("ordering", answer("2.0", "dos") + answer("1.0", "uno") + answer("3.0", "tres")))
    essay = one_of(xml("essay", '<graderinfo format="html"><text><![CDATA[<p>Saluda (2)</p>]]></text></graderinfo>'))

    assert texts(steps) == ["uno", "dos", "tres"]
    assert without_ids(essay.value["rubric"]) == [{"value": {"text": "Saluda", "points": 2}}]


@pytest.mark.parametrize(
    "kind", ["calculated", "calculatedmulti", "ddwtos", "ddmarker", "gapselect", "random", "description"]
)
def test_types_the_school_does_not_have_are_refused_by_name(kind):
    assert one_of(xml(kind, "")).refused


def test_categories_become_tags():
    path = "$course$/top/Default for X/Salud/Módulo 1"
    category = f'<question type="category"><category><text>{path}</text></category></question>'.encode()
    source = xml("truefalse", answer(100, "true") + answer(0, "false"))

    assert one_of(source.replace(b"<quiz>", b"<quiz>" + category)).tags == ["Salud", "Módulo 1"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'<!DOCTYPE q [<!ENTITY a "aaa">]><quiz><question type="essay"/></quiz>', "p.xml"),
        (b"<quiz><question", "p.xml"),
        (b"<html></html>", "p.html"),
        (b"PK\x03\x04rest", "p.xlsx"),
        (b"", "p.xml"),
        (b"\xff\xfe\x00", "p.txt"),
        (b"a\0b\0", "p.txt"),
        (b"Solo un texto.", "p.txt"),
        (b"nombre,edad\nAna,3\n", "p.csv"),
        (b"x" * (MOST_BYTES + 1), "p.txt"),
        (b"::a::b {=c ~d}\n\n" * 2001, "p.txt"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(content, name):
    with pytest.raises(ExchangeRefused, match=r"\w+ \w+"):
        read(content, name)


# --- GIFT ----------------------------------------------------------------------------------------------------------


def gift_of(text):
    return one_of(text.encode(), "p.txt")


def test_gift_choice_with_title_format_feedback_and_escapes():
    found = gift_of(
        r"// nota" + "\n" + r"::Título::[html]<p>¿2 \= 1\:1 \{sí\}?</p> {=a \~ b#bien ~c \# d#no####Por <b>eso</b>}"
    )

    assert (found.name, found.value["prompt"]) == ("Título", "¿2 = 1:1 {sí}?")
    assert without_ids(values_of(found.value["options"])) == [
        {"text": "a ~ b", "correct": True, "feedback": "bien"},
        {"text": "c # d", "correct": False, "feedback": "no"},
    ]
    assert found.value["explanation"] == "Por eso"


def test_gift_weights_make_several_right():
    found = gift_of("¿Cuáles? {~%50%a ~%50%b ~%-100%c}")

    assert (found.kind, texts(found, name="correct")) == ("multiple_choice", [True, True, False])


def test_gift_true_false_says_first_what_the_wrong_answer_hears():
    found = gift_of("Es así. {FALSE#se equivoca#muy bien}")

    assert (found.kind, found.value["answer"]) == ("true_false", False)
    assert (found.value["feedback_true"], found.value["feedback_false"]) == ("se equivoca", "muy bien")


@pytest.mark.parametrize(
    ("answers", "number", "tolerance"),
    [("#3:0.5", 3, 0.5), ("#1..5", 3, 2), ("#=3:1#sí =%50%3:2#casi ~#no", 3, 1), ("#-2", -2, 0)],
)
def test_gift_numbers(answers, number, tolerance):
    found = gift_of(f"¿Cuántos? {{{answers}}}")

    assert (found.kind, found.value["answer"], found.value["tolerance"]) == ("number", number, tolerance)


def test_gift_matching_short_answer_missing_word_and_essay():
    matching = gift_of("Una: {=a -> b\n=c -> d\n= -> e}")
    typed = gift_of("¿Qué? {=agua =el agua}")
    missing = gift_of("El {=derecho ~favor} es de todas.")

    assert (texts(matching), texts(matching, name="match"), texts(matching, "extra")) == (["a", "c"], ["b", "d"], ["e"])
    assert (typed.kind, texts(typed, name="also")) == ("gaps", ["el agua"])
    assert (missing.kind, missing.value["prompt"]) == ("single_choice", "El _____ es de todas.")
    assert gift_of("Cuente {}").kind == "open_answer"


def test_gift_category_id_and_tags():
    found = gift_of("$CATEGORY: $course$/Salud\n\n// [id:p-7] [tag:uno]\n¿Sí? {=a ~b}")

    assert (found.key, found.tags) == ("p-7", ["Salud", "uno"])


def test_gift_questions_without_an_empty_line_between_are_told_so():
    found = gift_of("¿Uno? {=a ~b}\n¿Dos? {=a ~b}")

    assert found.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_letters_survive_every_encoding(encoding):
    assert one_of("¿Año? {=sí ~nó}".encode(encoding), "p.txt").value["prompt"] == "¿Año?"


# --- CSV -----------------------------------------------------------------------------------------------------------


def test_a_table_from_another_spreadsheet_is_read():
    content = "Tipo;PREGUNTA;Correctas;opcion 1;comentario 1;Opción 2\r\nUna respuesta;¿Sí?;2;a;no;b\r\n".encode(
        "cp1252"
    )
    found = one_of(content, "p.csv")

    assert (found.kind, texts(found, name="correct")) == ("single_choice", [False, True])


def test_a_cell_is_never_a_formula():
    assert b"'=1+1" in table.write([_named("=1+1")])
    assert table.read(table.write([_named("=1+1")]))[0].value["prompt"] == "=1+1"


def _named(prompt):
    said = {"feedback_true": "Sí", "feedback_false": "No"}
    return Carried("true_false", {"prompt": prompt, "answer": True, **said}, name=prompt, exact=True)


# --- in a bank -----------------------------------------------------------------------------------------------------


def test_a_foreign_file_twice_is_taken_once(bank, make_staff):
    content = "¿Sí? {=a#bien ~b}\n\n¿Sí? {=a#bien ~b}\n\n{#}\n\n// [id:x]\nDiga {}\n\n¿Cuál? {=a =b ~c}".encode()
    trainer = make_staff("trainer")

    first = take_in(bank, content, "p.txt", trainer)
    second = take_in(bank, content, "p.txt", trainer)

    assert [line.state for line in first] == [ADDED, REFUSED, REFUSED, ADDED, REFUSED]
    assert [line.state for line in second] == [UNCHANGED, REFUSED, REFUSED, UNCHANGED, REFUSED]
    assert all(line.notes for line in first)


def test_the_rules_of_a_block_speak_in_words(bank):
    (line,) = preview(bank, f"{'x' * 700} {{=a#b ~c#d}}".encode(), "p.txt")

    assert line.state == REFUSED
    assert "600" in line.notes[0]
    assert "«" in line.notes[0]


def test_an_unknown_drawing_is_not_taken(bank):
    drawing = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>').decode()
    source = xml(
        "multichoice", answer(100, "Sí") + answer(0, "No"), f'Mire <img src="data:image/svg+xml;base64,{drawing}">'
    )

    (line,) = preview(bank, source, "p.xml")

    assert line.state == ADDED
    assert any("PNG" in note for note in line.notes)


# --- what others see of ours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(VALUES) - {"find_in_picture", "case"}))
def test_moodle_sees_the_same_question(kind, monkeypatch):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(carried_of(kind))
    def check(question):
        (back,) = moodle_xml.read(moodle_xml.write([question]))
        assert not back.refused
        assert back.kind in {kind, "picture_choice"}
        if kind in {"single_choice", "multiple_choice", "picture_choice"}:
            assert texts(back, name="correct") == texts(question, name="correct")
        if kind == "number":
            assert back.value["answer"] == pytest.approx(question.value["answer"])

    monkeypatch.setattr(moodle_xml, "restored", lambda seen, _own: seen)
    check()


@pytest.mark.parametrize(
    "kind", sorted(set(VALUES) - {"find_in_picture", "case", "ordering", "gaps", "picture_choice"})
)
def test_readers_of_gift_see_the_same_question(kind, monkeypatch):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(carried_of(kind))
    def check(question):
        (back,) = gift.read(gift.write([question]))
        assert (back.refused, back.kind) == ("", kind)
        assert back.tags == question.tags

    monkeypatch.setattr(gift, "restored", lambda seen, _own: seen)
    check()


def test_own_data_that_lie_are_passed_over():
    (question,) = gift.read(b'// escuela:{"type":"single_choice","value":{"prompt":[]}}\n\xc2\xbfS\xc3\xad? {=a ~b}')

    assert question.value["prompt"] == "¿Sí?"
    assert len(question.notes) == 1

"""A bank in the database: out, and back in."""

import re
import uuid

import pytest
from wagtail.images import get_image_model
from wagtail.models import Locale

from assessments.exchange.formats import FORMATS
from assessments.exchange.giving_out import questions_of, written
from assessments.exchange.taking_in import ADDED, CHANGED, REFUSED, UNCHANGED, preview, take_in
from assessments.models import Question, QuestionBank, Quiz, QuizDraw
from tests.assessments.exchange.drawn_questions import png

EVERY_FORMAT = pytest.mark.parametrize("form", FORMATS)


def add(bank, kind, value, *tags, position=0):
    """Keep a question in a bank, with ids where its lists have none."""
    definition = Question._meta.get_field("content").stream_block

    def with_ids(part):
        if isinstance(part, dict):
            return {name: with_ids(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [{"type": "item", "id": str(uuid.uuid4()), "value": with_ids(inner)} for inner in part]
        return part

    raw = {"type": kind, "id": str(uuid.uuid4()), "value": with_ids(value)}
    locale = Locale.objects.get(language_code="es")
    question = Question(bank=bank, locale=locale, position=position, content=definition.to_python([raw]))
    definition.clean(question.content)
    question.save()
    question.tags.set(tags)
    question.save()
    return question


@pytest.fixture
def picture(db):
    from django.core.files.base import ContentFile

    return get_image_model().objects.create(
        title="Un cuadro", description="Un cuadro gris", file=ContentFile(png(90), name="cuadro.png")
    )


@pytest.fixture
def full_bank(bank, picture):
    """A bank with a question of every type."""
    answer = [
        {"text": text, "correct": text == "Sí", "feedback": f"Consejo: {text}"} for text in ("Sí", "No", "Tal vez")
    ]
    shown = [{**option, "picture": picture.pk} for option in answer]
    two = [{**option, "correct": option["text"] != "No"} for option in answer]
    places = [{**option, "x": 10, "y": 20} for option in answer]
    steps = [{"text": text} for text in ("Saludar", "Escuchar", "Anotar")]
    pairs = [{"text": "puesto", "match": "atiende"}, {"text": "farmacia", "match": "entrega"}]
    gaps = [{"text": "derecho", "also": "derechos", "feedback": "Así es"}, {"text": "salud", "also": ""}]
    decisions = [{"text": text, "correct": text == "Preguntar", "feedback": "Sigue"} for text in ("Preguntar", "Irse")]
    gap_text = "El ___ a la ___."
    for place, (kind, value, tags) in enumerate(
        [
            (
                "single_choice",
                {"options": answer, "picture": picture.pk, "explanation": "Por {esto} y ~eso = 1"},
                ["uno"],
            ),
            ("multiple_choice", {"options": two}, ["uno", "dos palabras"]),
            ("true_false", {"answer": True, "feedback_true": "Así es", "feedback_false": "No"}, []),
            ("picture_choice", {"options": shown}, []),
            ("ordering", {"options": steps}, []),
            ("matching", {"options": pairs, "extra": ["vende"]}, []),
            ("gaps", {"text": gap_text, "options": gaps, "extra": ["agua"]}, []),
            ("gaps", {"text": gap_text, "options": gaps, "typed": True}, []),
            ("number", {"answer": 2.5, "tolerance": 0.1, "unit": "días", "feedback_wrong": "Cuente"}, []),
            ("find_in_picture", {"options": places, "picture": picture.pk}, []),
            ("case", {"scenes": [{"text": "Llega a un puesto.", "decisions": decisions}]}, []),
            ("open_answer", {"rubric": [{"text": "Saluda", "help": "Por su nombre", "points": 2}]}, []),
        ]
    ):
        add(bank, kind, {"prompt": f"Pregunta {place}: ¿qué hace?\nPiense.", **value}, *tags, position=place)
    return bank


def kept(bank):
    return [
        (question.translation_key, question.content.raw_data[0], sorted(question.tags.names()), question.live)
        for question in bank.questions.order_by("position", "pk")
    ]


def states(lines):
    return {line.state for line in lines}


@EVERY_FORMAT
def test_a_file_that_comes_back_unchanged_changes_nothing(form, full_bank, make_staff):
    before = kept(full_bank)

    lines = take_in(full_bank, written(full_bank, form), f"p.{FORMATS[form].suffix}", make_staff("trainer"))

    assert states(lines) == {UNCHANGED}
    assert kept(full_bank) == before


@EVERY_FORMAT
def test_an_emptied_bank_is_filled_again_the_same(form, full_bank, picture, make_staff):
    before, content = kept(full_bank), written(full_bank, form)
    full_bank.questions.all().delete()
    picture.delete()

    lines = take_in(full_bank, content, f"p.{FORMATS[form].suffix}", make_staff("trainer"))

    taken = kept(full_bank)
    named = {key: value for key, value, *_rest in taken}
    if form == "moodle":
        assert states(lines) == {ADDED}
        assert [row[0] for row in taken] == [row[0] for row in before]
        assert len(taken) == len(before)
        assert written(full_bank, form) == content
    else:  # no picture travels; what cannot be asked without one is refused
        lost = {place for place, row in enumerate(before) if row[1]["type"] in {"picture_choice", "find_in_picture"}}
        assert {line.number - 1 for line in lines if line.state == REFUSED} == lost
        assert set(named) == {row[0] for place, row in enumerate(before) if place not in lost}


def test_every_shipped_bank_comes_back_the_same_in_every_format(course, make_staff):
    trainer = make_staff("trainer")
    banks = list(QuestionBank.objects.all())
    assert len(banks) == 16

    for bank in banks:
        for form in FORMATS:
            content = written(bank, form)
            assert states(preview(bank, content, f"p.{FORMATS[form].suffix}")) == {UNCHANGED}
        before, count = kept(bank), len(questions_of(bank))
        content = written(bank, "moodle")
        twin = QuestionBank.objects.create(organisation=bank.organisation, name="Copia", slug=f"{bank.slug}-copia")
        lines = take_in(twin, content, "p.xml", trainer)
        assert len(lines) == count
        assert [line.notes for line in lines if line.state == REFUSED] == []
        assert states(lines) == {ADDED}
        assert [row[1] for row in kept(twin)] == [_whole(row[1]) for row in before]


def _whole(raw):
    """Return a stored block with every part present, as its own rules write it."""
    definition = Question._meta.get_field("content").stream_block
    (found,) = definition.get_prep_value(definition.clean(definition.to_python([raw])))
    return found


def test_a_text_changed_elsewhere_is_taken_and_ids_and_sources_stay(bank, make_staff):
    facts = [{"statement": "Un hecho", "citation": "Una ley", "mark": "A", "lawyer": False, "cegss": False}]
    options = [{"text": text, "correct": text == "Sí", "feedback": "Por eso"} for text in ("Sí", "No")]
    question = add(bank, "single_choice", {"prompt": "¿Sí?", "options": options, "sources": facts})
    old = question.content.raw_data[0]["value"]
    content = written(bank, "moodle").replace(b"&lt;p&gt;No&lt;/p&gt;", b"&lt;p&gt;Nunca&lt;/p&gt;")

    (line,) = take_in(bank, content, "p.xml", make_staff("trainer"))

    question.refresh_from_db()
    new = question.content.raw_data[0]["value"]
    assert line.state == CHANGED
    assert [option["value"]["text"] for option in new["options"]] == ["Sí", "Nunca"]
    assert [option["id"] for option in new["options"]] == [option["id"] for option in old["options"]]
    assert new["sources"] == old["sources"]
    assert question.revisions.count() == 1
    assert states(take_in(bank, content, "p.xml", make_staff("trainer"))) == {UNCHANGED}


def test_a_case_changed_elsewhere_is_refused_in_words(full_bank, make_staff):
    content = written(full_bank, "gift").replace(b"Llega a un puesto.\\n", b"Llega a otro puesto.\\n")

    lines = preview(full_bank, content, "p.txt")

    refused = [line for line in lines if line.state == REFUSED]
    assert [line.question for line in refused] == [None]
    assert "another system" in refused[0].notes[0] or "otro sistema" in refused[0].notes[0]


def test_where_a_quiz_asks_what_comes_is_a_draft(full_bank, organisation, make_staff):
    locale = Locale.objects.get(language_code="es")
    quiz = Quiz(organisation=organisation, title="Prueba", slug="prueba", locale=locale)
    quiz.draws = [QuizDraw(bank=full_bank, count=0)]
    quiz.save()
    before = kept(full_bank)
    content = b"// [id:nuevo]\n::Otra::Otra pregunta {=S\xc3\xad#Bien ~No#Lea}\n"

    (line,) = take_in(full_bank, content, "p.txt", make_staff("trainer"))
    assert line.state == ADDED
    new = full_bank.questions.exclude(translation_key__in=[row[0] for row in before]).get()
    assert not new.live
    assert states(preview(full_bank, content, "p.txt")) == {UNCHANGED}

    changed = written(full_bank, "csv").replace(b"Consejo: No", b"Consejo: Nunca")
    assert CHANGED in states(take_in(full_bank, changed, "p.csv", make_staff("trainer")))
    assert kept(full_bank)[: len(before)] == before
    assert states(take_in(full_bank, changed, "p.csv", make_staff("trainer"))) == {UNCHANGED}


def test_looking_writes_nothing(bank, make_staff, picture):
    add(bank, "single_choice", {"prompt": "¿Sí?", "picture": picture.pk, "options": _two()})
    content = written(bank, "moodle")
    bank.questions.all().delete()
    picture.delete()

    lines = preview(bank, content, "p.xml")

    assert states(lines) == {ADDED}
    assert not bank.questions.exists()
    assert not get_image_model().objects.filter(description="Un cuadro gris").exists()
    take_in(bank, content, "p.xml", make_staff("trainer"))
    kept_picture = get_image_model().objects.get(description="Un cuadro gris")
    with kept_picture.file.open() as file:
        assert file.read() == png(90)


def _two():
    return [{"text": text, "correct": text == "Sí", "feedback": "Por eso"} for text in ("Sí", "No")]


def test_another_banks_question_becomes_a_copy_and_stays_one(bank, organisation, make_staff):
    original = add(bank, "single_choice", {"prompt": "¿Sí?", "options": _two()})
    other = QuestionBank.objects.create(organisation=organisation, name="Otro", slug="otro")
    content = written(bank, "gift")

    assert states(take_in(other, content, "p.txt", make_staff("trainer"))) == {ADDED}
    assert states(take_in(other, content, "p.txt", make_staff("trainer"))) == {UNCHANGED}

    copy = other.questions.get()
    assert copy.translation_key != original.translation_key
    assert copy.origin_key == original.translation_key
    assert bank.questions.get() == original


def test_the_template_can_be_taken_in(bank, make_staff):
    from assessments.exchange.table import template

    lines = take_in(bank, template(), "preguntas.csv", make_staff("trainer"))

    assert [line.state for line in lines] == [ADDED] * 3
    assert [row[1]["type"] for row in kept(bank)] == ["single_choice", "true_false", "matching"]
    assert not re.search("another|weak", " ".join(note for line in lines for note in line.notes))

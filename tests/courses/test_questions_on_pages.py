"""Every type of question as pages show it: in a lesson and in an evaluation, before any script."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from assessments.attempting import save_answers, start
from assessments.blocks import PRACTICE_BLOCKS, QUESTION_TYPES
from tests.every_question import every_question, key, make_quiz, picture, put_into_lesson, recording, typed_gaps

pytestmark = pytest.mark.django_db
PRACTISED = sorted(name for name, _block in PRACTICE_BLOCKS)


@pytest.fixture
def blocks():
    return every_question(picture().pk, recording().pk)


@pytest.fixture
def lesson(lessons, blocks):
    practised = [block for name, block in blocks.items() if name in PRACTISED]
    put_into_lesson(lessons[0], [*practised, typed_gaps(blocks)])
    return lessons[0]


@pytest.fixture
def attempt(volunteer, organisation, blocks):
    quiz = make_quiz(organisation, blocks.values(), minutes=30, offline=True)
    return start(volunteer, quiz, edition=1, manifest_hash="", language="es")


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def practice_form(client, lesson, name):
    return page_of(client, lesson.url).find("form", attrs={"data-practice": key(name)})


def fields(form):
    """Return the names of a form's fields with the values that can be chosen."""
    found = {}
    for control in form.select("fieldset input, fieldset select, fieldset textarea"):
        options = [option.get("value", option.text) for option in control.find_all("option")]
        found.setdefault(control["name"], []).extend(options or [control.get("value")])
    return found


def test_every_type_is_shown_with_the_names_the_school_reads(client, lesson):
    names = {name: set(fields(practice_form(client, lesson, name))) for name in [*PRACTISED, "typed"]}
    one = {"answer"}
    assert names == {
        "single_choice": one,
        "multiple_choice": one,
        "true_false": one,
        "picture_choice": one,
        "find_in_picture": one,
        "number": one,
        "ordering": {f"answer.{key(step)}" for step in ("greet", "look", "write")},
        "matching": {f"answer.{key(left)}" for left in ("midwife", "nurse")},
        "gaps": {f"answer.{key(gap)}" for gap in ("right-word", "people")},
        "typed": {f"answer.{key(gap)}" for gap in ("right-word", "people")},
        "case": {f"answer.{key(scene)}" for scene in ("arrive", "told")},
    }


RIGHT = {
    "single_choice": {"answer": key("all")},
    "multiple_choice": {"answer": [key("meds"), key("staff")]},
    "true_false": {"answer": "false"},
    "picture_choice": {"answer": key("post")},
    "find_in_picture": {"answer": key("desk")},
    "number": {"answer": "10"},
    "ordering": {f"answer.{key(step)}": str(place) for place, step in enumerate(("greet", "look", "write"), 1)},
    "matching": {f"answer.{key(left)}": key(left) for left in ("midwife", "nurse")},
    "gaps": {f"answer.{key(gap)}": key(gap) for gap in ("right-word", "people")},
    "typed": {f"answer.{key('right-word')}": "Derecho", f"answer.{key('people')}": "personas"},
    "case": {f"answer.{key('arrive')}": key("ask"), f"answer.{key('told')}": key("report")},
}


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_right_answer_without_script_is_told_so(learner_client, lesson, name):
    form = practice_form(learner_client, lesson, name)
    for field, values in RIGHT[name].items():
        offered = fields(form)[field]
        assert name in {"number", "typed"} or set([values] if isinstance(values, str) else values) <= set(offered)
    answer = learner_client.post(form.get("action"), RIGHT[name])
    assert answer.status_code == 200
    assert "feedback--right" in answer.content.decode()


PARTLY = {
    "multiple_choice": ({"answer": key("meds")}, "Medicinas básicas"),
    "ordering": (
        {f"answer.{key('greet')}": "1", f"answer.{key('look')}": "3", f"answer.{key('write')}": "2"},
        "Primero se saluda.",
    ),
    "matching": ({f"answer.{key('midwife')}": key("midwife")}, "Comadrona – Acompaña partos"),
    "gaps": ({f"answer.{key('people')}": key("people")}, "Sin excepción."),
    "typed": ({f"answer.{key('people')}": "presonas"}, "presonas: "),
    "case": ({f"answer.{key('arrive')}": key("ask")}, "Le explican."),
}


@pytest.mark.parametrize("name", sorted(PARTLY))
def test_a_partly_right_answer_without_script_gets_its_reasons_and_the_solution(client, lesson, name):
    sent, said = PARTLY[name]
    answer = client.post(practice_form(client, lesson, name).get("action"), sent)
    shown = BeautifulSoup(answer.content, "html.parser").main
    assert answer.status_code == 200
    assert said in re.sub(r"\s+", " ", shown.text)
    assert len(shown.select(".solution")) == 1
    assert len(shown.select(".standing--near")) == (name == "typed")


def test_an_empty_answer_is_asked_for_again(client, lesson):
    for name in RIGHT:
        assert client.post(practice_form(client, lesson, name).get("action"), {}).status_code == 422


def test_the_key_of_a_practice_question_has_no_words(client, lesson):
    for name in [*PRACTISED, "typed"]:
        found = json.loads(practice_form(client, lesson, name).get("data-key"))
        assert found["type"] == ("gaps" if name == "typed" else name)
        assert all(
            set(option) <= {"id", "correct", "match", "accepted", "scene", "leads_to"} for option in found["options"]
        )


def test_two_questions_of_a_lesson_share_no_id(client, lesson):
    ids = [element["id"] for element in page_of(client, lesson.url).find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_an_evaluation_shows_every_type_and_nothing_of_its_key(learner_client, attempt):
    page = page_of(learner_client, f"/es/me/attempt/{attempt.pk}/")
    shown = str(page)
    assert len(page.select("[data-step]")) == len(QUESTION_TYPES)
    for words in ("Sobre «", "data-key", "La salud es un derecho de todas.", "Le explican.", "Sin excepción."):
        assert words not in shown
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert page.h2.text == "Primera parte"


def filled_in(step, prefix):
    """Yield what stands in the fields of a step: the name without its prefix, and the value."""
    for control in step.select("fieldset [name]"):
        chosen = control.find("option", selected=True)
        if control.name == "select":
            value = chosen.get("value", chosen.text) if chosen else ""
        elif control.get("type") in {"radio", "checkbox"}:
            value = control["value"] if control.has_attr("checked") else ""
        else:
            value = control.text or control.get("value")
        if value:
            yield control["name"].removeprefix(prefix).removeprefix("."), value


def test_saved_answers_are_shown_again(learner_client, volunteer, attempt, blocks):
    from assessments.models import QuestionVersion

    versions = {
        version.content["type"]: version
        for version in QuestionVersion.objects.filter(pk__in=[row["version"] for row in attempt.drawn])
    }
    saved = {
        "single_choice": [key("few")],
        "multiple_choice": [key("meds"), key("fees")],
        "true_false": ["true"],
        "picture_choice": [key("shop")],
        "find_in_picture": [key("door")],
        "number": ["12,5"],
        "ordering": [f"{key('look')}=1", f"{key('greet')}=2"],
        "matching": [f"{key('nurse')}=1"],
        "gaps": [f"{key('people')}=0"],
        "case": [f"{key('arrive')}={key('leave')}"],
        "open_answer": ["Con respeto = siempre"],
    }
    save_answers(attempt.pk, volunteer, {versions[kind].pk: answer for kind, answer in saved.items()})

    page = page_of(learner_client, f"/es/me/attempt/{attempt.pk}/")
    for kind, answer in saved.items():
        prefix = f"q{versions[kind].pk}"
        step = page.find(attrs={"data-step": prefix})
        shown = [f"{name}={value}" if name else value for name, value in filled_in(step, prefix)]
        assert sorted(shown) == sorted(answer), kind

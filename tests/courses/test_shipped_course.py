"""The basic course as it is shipped: whole, plain, sourced, and scored on settled facts only."""

import json
import re
from collections import Counter

import pytest
from django.utils import translation

from assessments.blocks import PRACTICE_BLOCKS, mixed
from assessments.contents import content_of
from assessments.grading import MOST_POINTS, grade
from assessments.models import Practical, Question
from cms.languages import languages
from courses.opening import SHIPPED_COURSE

FILES = {
    path.relative_to(SHIPPED_COURSE).as_posix(): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SHIPPED_COURSE.rglob("*.json"))
}
COURSE = FILES["course.json"]
MODULES = {name: FILES[f"modules/{name}/module.json"] for name in COURSE["modules"]}
LESSONS = {
    f"modules/{name}/{file}": FILES[f"modules/{name}/{file}"]
    for name, module in MODULES.items()
    for file in module["lessons"]
}
BANKED = {
    f"{name} {place}": question
    for name, bank in FILES.items()
    if name.startswith("banks/")
    for place, question in enumerate(bank["questions"], 1)
}
QUESTIONS = {name: question["block"] for name, question in BANKED.items()}
QUESTION_TYPES = {name for name, _block in PRACTICE_BLOCKS}
PRACTICE = {
    f"{name} {place}": block
    for name, lesson in LESSONS.items()
    for place, block in enumerate(lesson["body"], 1)
    if block["type"] in QUESTION_TYPES
}
EVERY_QUESTION = PRACTICE | QUESTIONS
PRACTICAL = FILES[f"practicals/{COURSE['practical']}.json"]
every_lesson = pytest.mark.parametrize("name", LESSONS)


def texts_of(data, leave_out=("id", "key", "type", "path", "slug", "picture", "review", "final", "check")):
    """Yield every text a reader may meet in a file."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            if name not in leave_out:
                yield from texts_of(value, leave_out)
    elif isinstance(data, list):
        for value in data:
            yield from texts_of(value, leave_out)


def all_facts(data):
    """Yield every fact in a file, however deep."""
    if isinstance(data, dict):
        if "mark" in data and "statement" in data:
            yield data
        for value in data.values():
            yield from all_facts(value)
    elif isinstance(data, list):
        for value in data:
            yield from all_facts(value)


def is_settled(fact):
    return fact["mark"] == "A" and not fact.get("lawyer") and not fact.get("cegss")


# --- whole ---------------------------------------------------------------------------------------------------------


def test_it_has_8_modules_and_34_lessons():
    assert len(MODULES) == 8
    assert [len(module["lessons"]) for module in MODULES.values()] == [4, 4, 5, 4, 5, 4, 4, 4]


@every_lesson
def test_a_lesson_has_3_to_5_practice_questions(name):
    assert 3 <= sum(block["type"] in QUESTION_TYPES for block in LESSONS[name]["body"]) <= 5


@every_lesson
def test_a_lesson_starts_from_experience_and_ends_with_what_to_do_and_what_to_remember(name):
    kinds = [block["type"] for block in LESSONS[name]["body"] if block["type"] != "emergency"]

    assert kinds[0] == "story"
    assert set(kinds[-2:]) == {"action", "key_idea"}


@every_lesson
def test_a_lesson_has_a_picture_and_every_picture_a_description(name):
    assert LESSONS[name]["picture"] in FILES["media.json"]


def test_every_picture_is_described_in_words():
    described = {name: entry["description"] for name, entry in FILES["media.json"].items()}

    assert [name for name, words in described.items() if len(words) < 20] == []
    assert len(set(described.values())) == len(described)


def test_the_check_of_each_module_has_6_to_10_questions():
    counts = [len(FILES[f"banks/{module['check']}.json"]["questions"]) for module in MODULES.values()]

    assert [count for count in counts if not 6 <= count <= 10] == []


def test_the_final_evaluation_draws_20_of_at_least_60_from_every_module():
    draws = FILES[f"quizzes/{COURSE['final']}.json"]["draws"]
    banks = [FILES[f"banks/{draw['bank']}.json"]["questions"] for draw in draws]

    assert len(draws) == 8
    assert sum(draw["count"] for draw in draws) == 20
    assert sum(len(bank) for bank in banks) >= 60
    assert all(len(bank) > draw["count"] for bank, draw in zip(banks, draws, strict=True))


def test_every_scored_question_sends_to_a_lesson_to_read_again():
    keys = {lesson["key"] for lesson in LESSONS.values()}
    reviews = {
        question["review"]
        for name, bank in FILES.items()
        if name.startswith("banks/")
        for question in bank["questions"]
    }

    assert reviews <= keys


def test_keys_and_block_ids_are_all_different():
    def ids(data):
        if isinstance(data, dict):
            yield from (value for name, value in data.items() if name in ("id", "key"))
            for value in data.values():
                yield from ids(value)
        elif isinstance(data, list):
            for value in data:
                yield from ids(value)

    found = [key for data in FILES.values() for key in ids(data)]
    assert len(found) == len(set(found))


def test_no_question_is_asked_twice():
    prompts = [block["value"]["prompt"] for block in EVERY_QUESTION.values()]

    assert sorted(prompt for prompt in set(prompts) if prompts.count(prompt) > 1) == []


# --- questions of many types ---------------------------------------------------------------------------------------


def asked(kind):
    return {name: block["value"] for name, block in EVERY_QUESTION.items() if block["type"] == kind}


def test_every_type_but_the_open_answer_is_used_in_lessons_and_in_evaluations():
    in_lessons = Counter(block["type"] for block in PRACTICE.values())
    in_banks = Counter(block["type"] for block in QUESTIONS.values())

    assert set(in_lessons) == set(in_banks) == QUESTION_TYPES
    assert min(in_lessons.values()) >= 2
    assert min(in_banks.values()) >= 2


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice", "picture_choice", "find_in_picture"])
def test_every_option_says_why(kind):
    for value in asked(kind).values():
        feedback = [option["value"]["feedback"] for option in value["options"]]
        assert min(len(words) for words in feedback) >= 15, value["prompt"]


def test_the_right_option_does_not_stand_out_by_its_place():
    places = Counter(
        [option["value"]["correct"] for option in value["options"]].index(True)
        for kind in ("single_choice", "picture_choice", "find_in_picture")
        for value in asked(kind).values()
    )

    assert max(places.values()) < sum(places.values()) / 2


@pytest.mark.parametrize("kind", ["ordering", "matching"])
def test_what_is_shown_mixed_is_not_already_in_its_place(kind):
    """Lessons mix by the hash of the ids, the same for everyone: the mix must not be the key."""
    for value in asked(kind).values():
        ids = [option["id"] for option in value["options"]]
        shown = [option["id"] for option in mixed(value["options"])]
        assert sum(here == there for here, there in zip(ids, shown, strict=True)) <= 1, value["prompt"]


def test_every_step_pair_and_word_says_why():
    parts = [
        option["value"]
        for kind in ("ordering", "matching", "gaps")
        for value in asked(kind).values()
        for option in value["options"]
    ]

    assert [part["text"] for part in parts if not part.get("feedback")] == []


def test_words_for_gaps_are_chosen_among_more_than_are_needed_and_typed_at_most_twice():
    values = list(asked("gaps").values())

    assert [value["prompt"] for value in values if not value["typed"] and len(value["extra"]) < 2] == []
    assert sum(value["typed"] for value in values) <= 2
    assert [block["value"]["prompt"] for block in QUESTIONS.values() if block["value"].get("typed")] == []


def test_a_word_for_a_gap_belongs_to_one_gap_only():
    for value in asked("gaps").values():
        words = [gap["value"]["text"] for gap in value["options"]] + [word["value"] for word in value.get("extra", [])]
        assert len(set(words)) == len(words), value["prompt"]


def test_invented_counts_are_called_an_exercise():
    tallies = [value["prompt"] for value in asked("number").values() if "de cada 100" in value.get("unit", "")]

    assert len(tallies) >= 2
    assert [prompt for prompt in tallies if not prompt.startswith("Ejercicio con números inventados")] == []


def test_a_place_to_find_lies_inside_the_picture_and_away_from_the_others():
    for value in asked("find_in_picture").values():
        spots = [(option["value"]["x"], option["value"]["y"]) for option in value["options"]]
        assert all(5 <= x <= 95 and 8 <= y <= 92 for x, y in spots), value["prompt"]
        near = [(a, b) for a in spots for b in spots if a < b and abs(a[0] - b[0]) < 15 and abs(a[1] - b[1]) < 25]
        assert near == [], value["prompt"]


def test_a_case_has_two_to_four_scenes_and_every_bad_decision_has_its_consequence():
    for value in asked("case").values():
        decisions = [decision["value"] for scene in value["scenes"] for decision in scene["value"]["decisions"]]
        assert 2 <= len(value["scenes"]) <= 4, value["prompt"]
        assert [decision["text"] for decision in decisions if len(decision["feedback"]) < 20] == []


def right_answer(content):
    """Return the answer that earns every point: on a case, the good decision in each scene."""
    kind = content["type"]
    if kind == "number":
        return [str(content["answer"])]
    if kind == "gaps" and content["typed"]:
        return [f"{gap['id']}={gap['accepted'][0]}" for gap in content["options"]]
    if kind in ("matching", "gaps"):
        return [f"{option['id']}={option['match']}" for option in content["options"]]
    if kind == "ordering":
        return [option["id"] for option in content["options"]]
    return [option["id"] for option in content["options"] if option["correct"]]


def test_every_question_can_be_answered_fully_and_not_by_silence(course):
    """The good decisions of a case lead from its first scene to its end."""
    with translation.override("es"):
        contents = [content_of(question.block.value) for question in Question.objects.filter(retired=False)]

    assert len(contents) == len(QUESTIONS)
    assert [content["prompt"] for content in contents if grade(content, right_answer(content)) != MOST_POINTS] == []
    assert [content["prompt"] for content in contents if grade(content, []) != 0] == []


@pytest.mark.parametrize("name", BANKED)
def test_a_scored_question_is_tagged_with_course_module_topic_and_difficulty(name):
    tags = set(BANKED[name]["tags"])
    module = re.search(r"(\d)\.json", name).group(1)

    assert {"curso-basico", f"modulo-{module}"} <= tags
    assert len(tags & {"fácil", "media", "difícil"}) == 1
    assert len(tags) == 4


# --- the observed visit --------------------------------------------------------------------------------------------


def test_the_course_asks_for_an_observed_visit_that_awaits_the_review_of_cegss(course):
    practical = Practical.objects.get(slug="visita-de-practica", locale=course.locale)

    assert course.practical.translation_key == practical.translation_key
    assert "CEGSS" in practical.introduction
    assert "propuesta" in practical.introduction
    assert practical.observers == 1
    assert practical.no_relatives
    assert practical.no_granter


def test_nobody_passes_the_visit_without_consent_privacy_and_safety():
    criteria = [row["value"] for row in PRACTICAL["rubric"]]
    essential = " ".join(row["text"] for row in criteria if row["essential"])

    assert 8 <= len(criteria) <= 12
    assert sum(row["essential"] for row in criteria) == 3
    assert "permiso" in essential
    assert "sin nombres" in essential
    assert "seguridad" in essential
    assert [row["text"] for row in criteria if len(row["help"]) < 20] == []


# --- settled -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_scored_question_rests_on_settled_facts_only(name):
    facts = list(all_facts(QUESTIONS[name]))

    assert facts != []
    assert [fact["statement"] for fact in facts if not is_settled(fact)] == []


@every_lesson
def test_every_law_and_every_fact_has_its_source(name):
    laws = [block for block in LESSONS[name]["body"] if block["type"] == "law"]

    assert [block["value"]["title"] for block in laws if not block["value"].get("sources")] == []
    assert [fact for fact in all_facts(LESSONS[name]) if len(fact["citation"]) < 8] == []


def test_what_is_not_settled_is_shown_as_to_be_checked(client, course, lessons):
    from courses.models import LessonPage

    unsettled = [
        (LessonPage.objects.get(translation_key=lesson["key"], locale=course.locale), block["id"])
        for lesson in LESSONS.values()
        for block in lesson["body"]
        if any(not is_settled(fact) for fact in all_facts(block))
    ]
    missing = []
    for page, block_id in unsettled:
        html = client.get(page.url).content.decode()
        block = html.partition(f'id="b-{block_id}"')[2].partition("</section>")[0]
        if "awaits-review" not in block:
            missing.append((page.slug, block_id))

    assert len(unsettled) > 0
    assert missing == []


def test_the_course_says_that_it_awaits_the_review_of_cegss_and_of_a_lawyer(client, course):
    assert "CEGSS" in COURSE["notice"]
    assert "abogad" in COURSE["notice"]
    assert COURSE["notice"] in client.get(course.url).content.decode()


# --- plain and safe ------------------------------------------------------------------------------------------------

READ_BY_PEOPLE = {name: list(texts_of(data)) for name, data in FILES.items()}
EMERGENCY_NUMBERS = re.compile(r"\b(?:110|120|122|123|125|128|1520|1534|1544|1546|1551|1555)\b")


@pytest.mark.parametrize("name", FILES)
def test_no_telephone_number_stands_in_the_course(name):
    """Four digits and more in a row are years, laws and agreements; numbers to call are an organisation's setting."""
    explained = re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:Decretos?|Acuerdos?|número|núm\.|No\.|Ley|expedientes?)[\w\s,.:°º]{0,40}?[\d-]+",
        re.IGNORECASE,
    )
    numbers = re.compile(r"(?<![\d/-])(?:\+?502[\s-]?)?\d{4}[\s-]?\d{4}(?![\d-])|(?<![\d-])\d{5,}(?![\d-])")

    found = [number for text in READ_BY_PEOPLE[name] for number in numbers.findall(explained.sub("", text))]

    assert found == []


@pytest.mark.parametrize("name", FILES)
def test_nobody_is_told_to_call_a_number(name):
    asked_to_call = re.compile(r"\b(?:llam\w+|marqu\w+|marc\w+|teléfono)\b[^.]{0,30}\b\d{3,}\b", re.IGNORECASE)

    assert [text for text in READ_BY_PEOPLE[name] if asked_to_call.search(text)] == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_shouted(name):
    assert [text for text in READ_BY_PEOPLE[name] if "!" in text or "¡" in text] == []


@pytest.mark.parametrize("name", FILES)
def test_readers_are_addressed_as_usted(name):
    familiar = re.compile(r"\b(?:tú|vos|tienes|puedes|debes|sabes|contigo|tenés|podés|sos)\b", re.IGNORECASE)

    assert [text for text in READ_BY_PEOPLE[name] if familiar.search(text)] == []


def test_the_seven_steps_are_named_as_alianmisars():
    texts = " ".join(texts_of(LESSONS["modules/06-el-ciclo-de-vigilancia/01-el-ciclo-de-siete-pasos.json"]))

    assert "ALIANMISAR" in texts


# --- other languages -----------------------------------------------------------------------------------------------


def test_article_25_stands_in_five_languages_with_credit_and_uncorrected():
    quotations = [
        block["value"] for lesson in LESSONS.values() for block in lesson["body"] if block["type"] == "quotation"
    ]

    assert {value["language"] for value in quotations} == {"quc", "kek", "mam", "cak", "cab"}
    assert [value["language"] for value in quotations if not value.get("credit")] == []
    assert [value["language"] for value in quotations if "sin corregir" not in value.get("status", "").lower()] == []


def test_every_translated_text_has_its_credit():
    texts = [text for name, data in FILES.items() if name.startswith("translations/") for text in data["texts"]]

    assert texts != []
    assert [text["path"] for text in texts if len(text["credit"]) < 10] == []
    assert [text["path"] for text in texts if "sin revisar" not in text["credit"].lower()] == []


MAYAN_WORD = re.compile(r"\b\w*[bcdkqt]ʼ\w*|\b\w*[aeiou]ʼ\w*", re.IGNORECASE)
NAMES_OF_LANGUAGES = {language.name.casefold() for language in languages().values()}


@every_lesson
def test_mayan_words_stand_only_where_they_have_a_credit(name):
    uncredited = [block for block in LESSONS[name]["body"] if block["type"] != "quotation"]
    words = {word for text in texts_of(uncredited) for word in MAYAN_WORD.findall(text)}

    assert {word for word in words if word.casefold() not in NAMES_OF_LANGUAGES} == set()


@pytest.mark.parametrize("sign", "'\u2018`\u00b4\ua78b\ua78c")
def test_mayan_text_is_written_with_the_glottal_letter_only(sign):
    mayan = [
        block["value"]["text"]
        for lesson in LESSONS.values()
        for block in lesson["body"]
        if block["type"] == "quotation"
    ]
    mayan += [
        text["text"] for name, data in FILES.items() if name.startswith("translations/") for text in data["texts"]
    ]

    assert [text for text in texts_of(mayan) if re.search(rf"\w{re.escape(sign)}", text)] == []

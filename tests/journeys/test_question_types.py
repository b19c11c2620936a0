"""Every type of question in a real browser: by touch, by keyboard, without script, on two phones, without signal."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.every_question import key
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium")]
ROOT = Path(__file__).resolve().parents[2]
LESSON = "/es/curso-basico/cuidarnos-y-trabajar-en-red/mi-compromiso/"
SET_UP = """
import json, sys
import django
django.setup()
from wagtail.models import Locale
from assessments.models import Question, QuestionVersion
from assessments.attempting import start
from courses.models import LessonPage
from people.models import Organisation
from people.joining import Newcomer, join
from tests.every_question import every_question, make_quiz, picture, put_into_lesson, recording, typed_gaps
wish = json.loads(sys.argv[1])
found = every_question(picture().pk, recording().pk)
blocks = [*found.values(), typed_gaps(found)]
if wish["lesson"]:
    lesson = LessonPage.objects.get(locale__language_code="es", url_path__endswith=wish["lesson"])
    put_into_lesson(lesson, [block for block in blocks if block["type"] != "open_answer"])
    sys.exit()
person = join(Newcomer("Candelaria", "es", "read", "self", "pin", "836152")).volunteer
wanted = [block for block in blocks if wish["kinds"] is None or block["type"] in wish["kinds"]]
quiz = make_quiz(Organisation.objects.get(is_default=True), wanted, **wish["rules"])
for question in Question.objects.filter(bank__slug=quiz.slug):
    if question.block.block_type in wish["translated"]:
        translated = question.copy_for_translation(Locale.objects.get(language_code="kek"))
        translated.content[0].value["prompt"] = "Pregunta traducida"
        translated.save()
        translated.save_revision().publish()
attempt = start(person, quiz, edition=1, manifest_hash="", language="es")
versions = QuestionVersion.objects.in_bulk([row["version"] for row in attempt.drawn])
steps = [[f"q{row['version']}", versions[row["version"]].content["type"]] for row in attempt.drawn]
print(json.dumps({"code": person.sign_in.code, "attempt": str(attempt.pk), "steps": steps}))
"""
READ = """
import json, sys
import django
django.setup()
from assessments.models import Attempt
attempt = Attempt.objects.get(pk=sys.argv[1])
rows = attempt.answers.select_related("version")
print(json.dumps({
    "saved": attempt.saved,
    "offline": attempt.was_offline,
    "points": {row.version.content["prompt"]: row.points for row in rows},
}))
"""


def in_school(school, code, argument):
    """Run a few lines inside the school's own process environment; return what they print."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "SCHOOL_VAR": str(school.var),
        "DJANGO_SETTINGS_MODULE": "cms.settings",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, argument], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout) if done.stdout else None


@dataclass
class Evaluation:
    """An attempt that waits for one person: her code, its address, its steps with their types."""

    code: str
    attempt: str
    steps: list

    @property
    def address(self):
        return f"/es/me/attempt/{self.attempt}/"

    def open_on(self, page, language="es"):
        """Sign in on a phone and open the attempt."""
        sign_in(page, self.code, "836152")
        page.goto(self.address.replace("/es/", f"/{language}/"))
        if page.has_scripts:
            page.locator("[data-quiz-count]:visible").wait_for()


@pytest.fixture
def evaluation(school):
    """Return a function that makes an evaluation of these types (None: all), some translated, for somebody new."""

    def make(kinds=None, translated=(), **rules):
        wish = {"lesson": "", "kinds": kinds, "translated": translated, "rules": rules}
        return Evaluation(**in_school(school, SET_UP, json.dumps(wish)))

    return make


@pytest.fixture(scope="module")
def lesson(school):
    in_school(school, SET_UP, json.dumps({"lesson": LESSON.removeprefix("/es")}))
    return LESSON


RIGHT_WORDS = {
    "single_choice": ["Todas las personas"],
    "multiple_choice": ["Medicinas básicas", "Personal que atiende"],
    "true_false": ["Falso"],
    "picture_choice": ["Un edificio con bandera"],
    "find_in_picture": ["La ventanilla"],
    "case": ["Preguntar por qué", "Avisar a la red"],
}
STEPS = ["Presentarse", "Mirar y preguntar", "Escribir el informe"]
PAIRS = {"Comadrona": "Acompaña partos", "Enfermera": "Vacuna"}
GAPS = ["derecho", "personas"]


def tap_answer(step, kind):
    """Answer a question rightly by tapping what a person sees (typing where she must)."""
    if kind == "ordering":
        for words in STEPS:
            step.get_by_role("button", name=re.compile(words)).tap()
    elif kind == "matching":
        for left, right in PAIRS.items():
            step.get_by_label(left).select_option(label=right)
    elif kind == "gaps":
        for number, word in enumerate(GAPS):
            fill_gap(step.locator(".gaps").locator("select, input").nth(number), word)
    elif kind == "number":
        for _one in range(10):
            step.locator("[data-step-by='1']").tap()
    elif kind == "find_in_picture":
        step.locator(".spots circle").first.tap()
    elif kind == "open_answer":
        step.get_by_role("textbox").fill("Con respeto.")
    else:
        for words in RIGHT_WORDS[kind]:
            step.locator("label", has_text=words).tap()


def fill_gap(control, word):
    if control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(label=word)
    else:
        control.fill(word)


def press_answer(page, step, kind):
    """Answer a question rightly with the keyboard alone, as a screen reader finds its parts."""
    if kind == "ordering":
        for words in STEPS:
            step.get_by_role("button", name=re.compile(words)).focus()
            page.keyboard.press("Enter")
    elif kind == "matching":
        for left, right in PAIRS.items():
            step.get_by_role("combobox", name=left).focus()
            page.keyboard.type(right[:4])
    elif kind == "gaps":
        for number, word in enumerate(GAPS):
            step.locator(".gaps").locator("select, input").nth(number).focus()
            page.keyboard.type(word)
    elif kind == "number":
        step.get_by_role("textbox").focus()
        page.keyboard.type("10")
    elif kind == "open_answer":
        step.get_by_role("textbox").focus()
        page.keyboard.type("Con respeto.")
    else:
        role = "checkbox" if kind == "multiple_choice" else "radio"
        for words in RIGHT_WORDS[kind]:
            step.get_by_role(role, name=re.compile(words)).focus()
            page.keyboard.press("Space")


def fill_answer(step, kind):
    """Answer a question rightly where no script helps."""
    if kind == "ordering":
        for place, words in enumerate(STEPS, 1):
            step.get_by_role("combobox", name=words).select_option(str(place))
    elif kind == "number":
        step.get_by_role("textbox").fill("10")
    elif kind == "find_in_picture":
        step.locator("label", has_text="La ventanilla").tap()
    else:
        tap_answer(step, kind)


def points_of(school, evaluation):
    return in_school(school, READ, evaluation.attempt)


def is_all_right(read):
    """Whether every question has all its points (the open answer waits for a person)."""
    return sorted(read["points"].values(), key=str) == [1.0] * 11 + [None]


def test_an_evaluation_of_every_type_by_touch(open_phone, evaluation, school, axe):
    paper = evaluation(minutes=30)
    page = open_phone()
    paper.open_on(page)
    page.locator("[data-quiz-count]:visible").wait_for()
    page.locator("[aria-pressed]").first.wait_for(state="attached")
    assert "30" in page.locator("[data-quiz-left]").inner_text()
    for prefix, kind in paper.steps:
        step = page.locator(f"[data-step={prefix}]")
        tap_answer(step, kind)
        axe(page)
        if page.locator("[data-quiz-next]:visible").count():
            page.locator("[data-quiz-next]").tap()
    assert page.locator("[data-quiz-missing]").is_hidden()
    page.locator("[data-quiz-send]").tap()
    page.wait_for_url(re.compile("/result/"))
    assert is_all_right(points_of(school, paper))
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('school.attempt'))") == []


def test_an_evaluation_of_every_type_by_keyboard(open_phone, evaluation, school):
    paper = evaluation()
    page = open_phone()
    paper.open_on(page)
    page.locator("[aria-pressed]").first.wait_for(state="attached")
    for prefix, kind in paper.steps:
        press_answer(page, page.locator(f"[data-step={prefix}]"), kind)
        if page.locator("[data-quiz-next]:visible").count():
            page.locator("[data-quiz-next]").focus()
            page.keyboard.press("Enter")
    page.locator("[data-quiz-send]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/result/"))
    assert is_all_right(points_of(school, paper))


def test_enter_in_a_field_goes_on_instead_of_sending(open_phone, evaluation):
    paper = evaluation(kinds=["number"])
    page = open_phone()
    paper.open_on(page)
    page.locator("[data-quiz-count]:visible").wait_for()
    page.get_by_role("textbox").first.fill("4")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(paper.address)


def test_an_evaluation_of_every_type_without_script_saved_and_sent(open_phone, evaluation, school):
    paper = evaluation()
    page = open_phone(scripts=False)
    paper.open_on(page)
    half = len(paper.steps) // 2
    for prefix, kind in paper.steps[:half]:
        fill_answer(page.locator(f"[data-step={prefix}]"), kind)
    with page.expect_navigation():
        page.locator("button[name=save]").last.tap()
    page.goto(paper.address)
    for prefix, kind in paper.steps[half:]:
        fill_answer(page.locator(f"[data-step={prefix}]"), kind)
    page.locator("[data-quiz-send]").tap()
    page.wait_for_url(re.compile("/result/"))
    assert is_all_right(points_of(school, paper))


@pytest.mark.parametrize("width", [360, 320])
def test_without_script_an_evaluation_of_every_type_does_not_scroll_sideways(open_phone, evaluation, width):
    paper = evaluation(minutes=30)
    page = open_phone(scripts=False)
    page.set_viewport_size({"width": width, "height": 640})
    paper.open_on(page)
    assert {"ordering", "matching", "gaps", "open_answer"} <= {kind for _prefix, kind in paper.steps}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    send, save = (page.locator(f".quiz__nav {name}").bounding_box() for name in ("[data-quiz-send]", "[name=save]"))
    assert min(send["height"], save["height"]) >= 48
    assert save["y"] >= send["y"] + send["height"] + 8


@pytest.mark.parametrize(("language", "other", "signs"), [("es", "¿Quién tiene", 0), ("kek", "Pregunta traducida", 1)])
def test_a_question_in_spanish_on_a_page_in_another_language_says_so(open_phone, evaluation, language, other, signs):
    paper = evaluation(["single_choice", "number"], translated=["single_choice"], reasons="sent")
    page = open_phone()
    paper.open_on(page, language)
    assert page.locator("legend", has_text=other).count() == 1
    assert page.locator("main .fallback-sign").count() == signs
    assert page.locator("legend:has-text('¿Cuántos días') + .fallback-sign").count() == signs
    page.locator("[data-quiz-next]").tap()
    page.locator("[data-quiz-send]").tap()
    page.wait_for_url(re.compile(f"/{language}/me/attempt/.*/result/"))
    for _in_place_and_reloaded in range(2):
        assert page.locator("summary", has_text=other).count() == 1
        assert page.locator("main .fallback-sign").count() == signs
        assert page.locator("summary:has-text('¿Cuántos días') .fallback-sign").count() == signs
        page.reload()


def test_answers_go_on_with_another_phone(open_phone, evaluation, school):
    paper = evaluation()
    first = open_phone()
    paper.open_on(first)
    first.locator("[aria-pressed]").first.wait_for(state="attached")
    half = len(paper.steps) // 2
    for prefix, kind in paper.steps[:half]:
        tap_answer(first.locator(f"[data-step={prefix}]"), kind)
        with first.expect_response(re.compile("/save/")):
            first.locator("[data-quiz-next]").tap()
    second = open_phone()
    paper.open_on(second)
    second.locator(f"[data-step={paper.steps[half][0]}]:visible").wait_for()
    second.locator("[aria-pressed]").first.wait_for(state="attached")
    for prefix, kind in paper.steps[half:]:
        tap_answer(second.locator(f"[data-step={prefix}]"), kind)
        if second.locator("[data-quiz-next]:visible").count():
            second.locator("[data-quiz-next]").tap()
    second.locator("[data-quiz-send]").tap()
    second.wait_for_url(re.compile("/result/"))
    assert is_all_right(points_of(school, paper))


def test_answers_given_without_signal_arrive_when_it_is_back(open_phone, evaluation, school):
    paper = evaluation(offline=True)
    page = open_phone()
    page.goto("/es/")
    paper.open_on(page)
    page.locator("[aria-pressed]").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for prefix, kind in paper.steps:
        tap_answer(page.locator(f"[data-step={prefix}]"), kind)
        if page.locator("[data-quiz-next]:visible").count():
            page.locator("[data-quiz-next]").tap()
    page.locator("[data-quiz-send]").tap()
    page.locator("[data-quiz-kept]:visible").wait_for()
    with page.expect_response(re.compile("/api/sync/")):
        page.context.set_offline(False)
    read = points_of(school, paper)
    assert is_all_right(read)
    assert read["offline"] is True


def test_an_evaluation_that_needs_signal_keeps_its_answers_over_a_reload(open_phone, evaluation, school):
    paper = evaluation(offline=False)
    page = open_phone()
    paper.open_on(page)
    page.locator("[aria-pressed]").first.wait_for(state="attached")
    page.context.set_offline(True)
    for prefix, kind in paper.steps:
        tap_answer(page.locator(f"[data-step={prefix}]"), kind)
        if page.locator("[data-quiz-next]:visible").count():
            page.locator("[data-quiz-next]").tap()
    page.locator("[data-quiz-send]").tap()
    page.locator("[data-quiz-offline]:visible").wait_for()
    page.context.set_offline(False)
    page.reload()
    page.locator("[data-quiz-count]:visible").wait_for()
    while page.locator("[data-quiz-next]:visible").count():
        page.locator("[data-quiz-next]").tap()
    page.locator("[data-quiz-send]").tap()
    page.wait_for_url(re.compile("/result/"))
    assert is_all_right(points_of(school, paper))


def test_a_recorded_voice_is_heard_deleted_and_not_promised_without_signal(open_phone, evaluation):
    paper = evaluation(kinds=["open_answer"], offline=True)
    page = open_phone(permissions=["microphone"])
    page.add_init_script(
        """
        // headless browsers have no microphone: a tone stands in
        navigator.mediaDevices.getUserMedia = async () => {
          const context = new AudioContext();
          const tone = context.createOscillator();
          const stream = context.createMediaStreamDestination();
          tone.connect(stream);
          tone.start();
          return stream.stream;
        };
        """
    )
    paper.open_on(page)
    page.locator("[data-record]").tap()
    page.locator("[data-stop]").tap()
    page.locator("[data-delete]").tap()
    page.locator("[data-record]").tap()
    page.wait_for_timeout(300)
    page.locator("[data-stop]").tap()
    page.locator("[data-hear]").tap()
    assert page.locator("input[type=file]").evaluate("input => input.files[0].size") > 0
    page.context.set_offline(True)
    page.locator("[data-quiz-send]").tap()
    page.locator("[data-quiz-voice]:visible").wait_for()
    page.context.set_offline(False)
    page.locator("[data-quiz-send]").tap()
    page.wait_for_url(re.compile("/result/"))


def test_a_question_not_understood_is_told_in_place(open_phone, evaluation):
    paper = evaluation(kinds=["single_choice"])
    page = open_phone()
    paper.open_on(page)
    page.locator("[data-quiz-count]:visible").wait_for()
    page.locator("[data-unclear]").tap()
    page.locator("[data-unclear-told]:not(:empty)").wait_for()
    assert page.locator("[data-unclear]").is_hidden()
    assert page.url.endswith(paper.address)


KINDS = [*RIGHT_WORDS, "ordering", "matching", "gaps", "number"]


def test_practice_of_every_type_tells_in_place(open_phone, lesson, axe):
    page = open_phone()
    page.goto(lesson)
    page.locator("[aria-pressed]").first.wait_for(state="attached")
    for name in [*KINDS, "typed"]:
        form = page.locator(f"form[data-practice='{key(name)}']")
        form.locator("button[type=submit]").first.tap()
        assert form.locator("[data-nothing]").is_visible(), name
        tap_answer(form, "gaps" if name == "typed" else name)
        form.locator("button[type=submit]").first.tap()
        assert form.locator(".feedback--right").is_visible(), name
        assert form.locator("[data-nothing]").is_hidden(), name
    axe(page)


def test_practice_says_almost_for_a_letter_wrong_and_shows_the_answer(open_phone, lesson):
    page = open_phone()
    page.goto(lesson)
    form = page.locator(f"form[data-practice='{key('typed')}']")
    form.locator("input").nth(0).fill("derehco")
    form.locator("button[type=submit]").first.tap()
    assert form.locator("[data-standing=near]:visible").count() == 1
    form.locator("summary").tap()
    assert "derecho" in form.locator("[data-solution]").inner_text()


def test_a_case_shows_only_the_scene_reached(open_phone, lesson):
    page = open_phone()
    page.goto(lesson)
    form = page.locator(f"form[data-practice='{key('case')}']")
    second = form.locator(f"[data-scene='{key('told')}']")
    second.wait_for(state="hidden")
    form.locator("label", has_text="Preguntar por qué").tap()
    assert second.is_visible()
    assert form.get_by_text("Le explican.").is_visible()
    form.locator("[data-from-start]").tap()
    assert second.is_hidden()


def test_steps_are_taken_back_and_told(open_phone, lesson):
    page = open_phone()
    page.goto(lesson)
    form = page.locator(f"form[data-practice='{key('ordering')}']")
    for words in STEPS:
        form.get_by_role("button", name=words).tap()
    form.get_by_role("button", name="1 Presentarse", pressed=True).tap()
    assert "Presentarse" in form.locator("[data-said]").inner_text()
    assert form.get_by_role("button", name="1 Mirar y preguntar", pressed=True).count() == 1
    assert form.get_by_role("button", name="Presentarse", pressed=False).count() == 1


def test_practice_recorded_is_ids_only(open_phone, lesson, evaluation):
    paper = evaluation(kinds=["single_choice"])
    page = open_phone()
    paper.open_on(page)
    page.goto("/es/me/")
    page.goto(lesson)
    form = page.locator(f"form[data-practice='{key('typed')}']")
    form.locator("input").nth(0).fill("derecho")
    with page.expect_request(re.compile("/api/sync/")) as told:
        form.locator("button[type=submit]").first.tap()
    chosen = [event["data"]["chosen"] for event in told.value.post_data_json["events"] if "block" in event["data"]]
    assert chosen == [[key("right-word")]]

"""From hearing what the school is to a certificate that a stranger checks."""

import re

import pytest

from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium")]
PIN = "836152"


class Walk:
    """One learner's way, by what stands on the screen: main buttons, forms, answers from the key."""

    def __init__(self, page, key, axe=None):
        self.page, self.key, self.axe, self.seen = page, key, axe, set()

    def look(self, kind):
        """Ask axe about each kind of page once in each language."""
        language = self.page.url.split("/")[3]
        if self.axe and (kind, language) not in self.seen:
            self.seen.add((kind, language))
            self.axe(self.page)

    def go_on(self):
        """Tap the one main button."""
        self.page.locator("main .button--main:visible").first.click()

    def practise(self):
        """Answer the lesson's first practice question and see why."""
        form = self.page.locator("form[data-practice]").first
        form.locator(":is(label, button).option").first.click()
        form.locator("button[type=submit]").first.click()
        self.page.locator(".feedback:visible").first.wait_for()
        if "/me/practice/" in self.page.url:
            self.look("practised")
            self.go_on()

    def finish(self):
        """Say that the lesson is finished; signed in, the deed has reached the school when the page says so."""
        self.page.locator("[data-finish] button").click()

    def answer_all(self):
        """Answer every question of an evaluation rightly and send."""
        self.answer_steps()
        self.look("attempt")
        self.page.locator("[data-quiz-send]").click()
        self.page.wait_for_url(re.compile("/result/"))

    def answer_steps(self):
        """Answer every question rightly, to the last; with script one at a time, once it has taken over."""
        if self.page.has_scripts:
            self.page.locator("[data-quiz-count]:visible").wait_for()
        while True:
            step = self.page.locator("[data-step]:visible")
            for number in range(step.count()):
                self.answer(step.nth(number))
            following = self.page.locator("[data-quiz-next]:visible")
            if not following.count():
                break
            following.click()

    def answer(self, step):
        """Answer a question rightly; answered before, it stays as it is."""
        block = self.key[re.sub(r"^\d+\.\s*", "", step.locator(".question__prompt").inner_text().strip())]
        kind, value = block["type"], block["value"]
        parts = [part["value"] for part in value.get("options", [])]
        if kind == "ordering":
            self.put_in_order(step, [part["text"] for part in parts])
        elif kind in {"matching", "gaps"}:
            words = [part["match"] if kind == "matching" else part["text"] for part in parts]
            for part, word in zip(value["options"], words, strict=True):
                step.locator(f"select[name$='.{part['id']}']").select_option(label=word)
        elif kind == "number":
            step.get_by_role("textbox").fill(str(value["answer"]))
        else:
            for option in right_options(kind, value):
                step.locator(f'input[value="{option}"]').check()

    def put_in_order(self, step, texts):
        """Tap the steps in their order; without script give each its place."""
        for place, text in enumerate(texts, 1):
            row = step.locator(".option-row", has=self.page.get_by_text(text, exact=True))
            button = row.locator("button[aria-pressed]")
            if self.page.has_scripts:
                button.wait_for()
            if not button.count():
                row.locator("select").select_option(str(place))
            elif button.get_attribute("aria-pressed") == "false":
                button.click()


def right_options(kind, value):
    """Return the ids of the options to choose, in a case those of the shortest good way."""
    if kind == "true_false":
        return ["true" if value["answer"] else "false"]
    if kind != "case":
        return [option["id"] for option in value["options"] if option["value"]["correct"]]
    taken, scene = [], 1
    while scene:
        decisions = value["scenes"][scene - 1]["value"]["decisions"]
        decision = next(decision for decision in decisions if decision["value"]["correct"])
        taken.append(decision["id"])
        scene = decision["value"].get("leads_to")
    return taken


def join(walk, pictures=False):
    page = walk.page
    page.fill("[name=name]", "María Xol")
    page.locator("label:has([name=adult][value=self])").click()
    page.locator("label:has([name=consent])").click()
    page.fill("[name=pin]", PIN)
    walk.look("join")
    walk.go_on()
    page.wait_for_url(re.compile("/me/welcome/"))
    walk.look("welcome")
    return re.sub(r"\D", "", page.locator(".code").inner_text())


def walk_the_road(walk, switch_after):
    """Follow «continue here» to the end; switch to Q'eqchi' after some steps; return how many steps there were."""
    page, steps = walk.page, 0
    while True:
        page.goto(f"/{'kek' if steps >= switch_after else 'es'}/me/curso-basico/")
        walk.look("path")
        done = int(page.locator("progress.progress-line").get_attribute("value"))
        assert done >= steps, "a step was lost"
        steps = done
        following = page.locator(".continue-card .button--main")
        target = following.get_attribute("href")
        if "certificates" in target:
            return steps
        following.click()
        page.wait_for_url(f"**{target}")
        if "/quiz/" in page.url:
            walk.look("quiz")
            walk.go_on()
            walk.answer_all()
            assert page.locator(".result").count() == 1
            walk.look("result")
        else:
            walk.look("lesson")
            with_scripts = page.locator("html.js").count()
            if with_scripts:
                with page.expect_response(re.compile("/api/sync/")):
                    walk.finish()
            else:
                walk.finish()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without script"])
def test_a_volunteer_takes_the_basic_course_and_earns_a_certificate(open_phone, answer_key, axe, scripts):
    page = open_phone(scripts)
    walk = Walk(page, answer_key, axe if scripts else None)
    page.goto("/es/")
    walk.look("home")
    assert page.locator("a.play-big[href$='.mp3']").is_visible()
    if scripts:
        page.locator(".play-big").click()
        assert page.locator(".play-big").get_attribute("aria-pressed") == "true"
    walk.go_on()
    walk.look("course")
    walk.go_on()
    walk.look("lesson")
    walk.practise()
    walk.finish()
    page.locator("a[href$='/join/']:visible").click()
    code = join(walk)
    walk.go_on()
    walk.look("me")
    if scripts:
        with page.expect_response(re.compile("/api/sync/")):
            page.locator("[data-claim-yes]").click()
    else:
        page.locator("button[name=answer][value=yes]").click()

    assert walk_the_road(walk, switch_after=20) == 43

    page.goto("/es/me/certificates/curso-basico/")
    walk.look("certificate")
    certificate = re.search(r"/certificate/(\w+)/", page.url)[1]
    assert "María Xol" in page.locator(".certificate__name").inner_text()
    pdf = page.request.get(f"/es/me/certificate/{certificate}/pdf/")
    assert pdf.body()[:5] == b"%PDF-"

    stranger = open_phone(scripts)
    stranger.goto(f"/es/c/{certificate}/")
    assert stranger.locator(".verify-answer--valid").count() == 1
    assert "María" not in stranger.locator("main").inner_text()
    stranger.fill("[name=name]", "maria xol")
    stranger.locator("form[method=post] button").click()
    assert stranger.locator(".verify-answer--valid").count() == 2
    if scripts:
        axe(stranger)

    again = open_phone(scripts)
    sign_in(again, f"{code[:4]} {code[4:]}", PIN)
    assert again.locator(f"a[href*='{certificate}']").count() == 1


def test_a_lost_connection_loses_nothing(open_phone, school, answer_key):
    page = open_phone()
    sign_in(page, school.demo["code"], school.demo["pin"])
    page.goto("/es/curso-basico/la-salud-es-un-derecho/el-codigo-de-salud/")
    page.context.set_offline(True)
    page.locator("[data-finish] button").click()
    page.locator("[data-finished] .notice--safe").wait_for()
    with page.expect_response(re.compile("/api/sync/")):
        page.context.set_offline(False)
    page.goto("/es/me/curso-basico/")
    assert page.locator("progress.progress-line").get_attribute("value") == "1"

    page.goto("/es/me/curso-basico/quiz/modulo-1/")
    page.locator("main .button--main").click()
    walk = Walk(page, answer_key)
    page.locator("[data-quiz-count]").wait_for()
    page.context.set_offline(True)
    walk.answer_steps()
    page.locator("[data-quiz-send]").click()
    page.locator("[data-quiz-kept]:visible").wait_for()
    with page.expect_response(re.compile("/api/sync/")):
        page.context.set_offline(False)
    page.goto("/es/me/curso-basico/quiz/modulo-1/")
    page.locator("main a[href*='/result/']").first.click()
    assert "8" in page.locator(".result__mark").inner_text()


def test_a_volunteer_joins_and_finishes_a_lesson_by_pictures_and_sound_only(open_phone, axe):
    """Taps pictures and pictograms only: no letter is typed, every page offers to be heard (a stand-in for the
    phone's Spanish voice, which headless browsers lack, tells that it was asked to speak)."""
    page = open_phone()
    page.add_init_script(
        """
        const voice = {lang: "es-MX", localService: true, name: "stand-in"};
        window.said = [];
        Object.defineProperty(window, "speechSynthesis", {value: {
          getVoices: () => [voice], cancel() {}, addEventListener() {}, speak(words) { window.said.push(words.text); }
        }});
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        """
    )
    page.goto("/es/join/?with=pictures")
    page.locator("[data-say='#content']:visible").click()
    assert page.evaluate("window.said.length") > 3
    page.locator("form summary").first.click()
    page.locator("label:has([name=picture_name][value=pajaro])").click()
    page.locator("[data-marks-heard]").click()
    page.locator("label:has([name=adult][value=self])").click()
    page.locator("label:has([name=consent])").click()
    for picture in "chakd":
        page.locator(f"[data-picture-row]:not([hidden]) label:has(input[value={picture}])").click()
    axe(page)
    page.locator("main .button--main").click()
    page.wait_for_url(re.compile("/me/welcome/"))
    page.locator("main .button--main").click()
    page.locator(".continue-card .button--main").click()
    page.locator("[data-say-all]").click()
    assert page.evaluate("window.said.length") > 10
    with page.expect_response(re.compile("/api/sync/")):
        page.locator("[data-finish] button").click()
    page.goto("/es/me/curso-basico/")
    assert page.locator("li.step.is-done").count() == 1

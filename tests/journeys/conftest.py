"""A real school for the journeys: its own data, the production server, a real browser."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.serving import served

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 360, "height": 640}


@pytest.fixture(scope="session")
def school(tmp_path_factory):
    with served(tmp_path_factory.mktemp("journey-school")) as found:
        yield found


def sign_in(page, code, pin):
    """Sign a learner in, until her telephone knows who learns on it: going on before would leave it signed out."""
    page.goto("/es/sign-in/")
    page.fill("[name=code]", code)
    page.fill("[name=pin]", pin)
    page.locator("main .button--main").click()
    page.locator("main[data-learner]").wait_for()
    if page.has_scripts:
        page.wait_for_function("localStorage.getItem('school.learner')")


@pytest.fixture(scope="session")
def chromium():
    # the browser's driver keeps a loop running in this thread, in which other files' tests ask the database
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        options = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-sync",
            "--no-first-run",
        ]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def open_phone(chromium, school):
    """Return a function that opens a new browser of a phone; script errors on its pages fail the test."""
    contexts, problems = [], []

    def opened(scripts=True, **options):
        context = chromium.new_context(
            viewport=PHONE,
            locale="es-GT",
            base_url=school.url,
            java_script_enabled=scripts,
            has_touch=True,
            **options,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.has_scripts = scripts
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED")
    unexpected = [problem for problem in problems if not any(words in problem for words in expected)]
    assert unexpected == []


@pytest.fixture(scope="session")
def answer_key():
    """Questions of the shipped banks with their keys, by prompt, as the banks keep them."""
    key = {}
    for path in (ROOT / "courses" / "shipped" / "curso-basico" / "banks").glob("*.json"):
        for question in json.loads(path.read_text())["questions"]:
            key[question["block"]["value"]["prompt"]] = question["block"]
    return key


@pytest.fixture(scope="session")
def axe_source():
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def axe(axe_source):
    """Return a function that asks axe about a page and fails on anything against WCAG 2.2 AA."""

    def check(page):
        page.evaluate(axe_source)
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        told = [
            f"{rule['id']}: {node['target']} {re.sub(r' +', ' ', node['failureSummary'])}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert told == [], f"{page.url}: {told[:6]}"

    return check

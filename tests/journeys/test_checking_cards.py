"""A field card checked on somebody's phone: with the network cut, after a cold start, by its code without script."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.conftest import CHROMIUM, PHONE
from tests.journeys.serving import by_code

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium")]
NAME = "Rosa Caal"
OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
LEADS_NOWHERE = ["--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>"]
ASK_SCHOOL = "fetch('/healthz', {cache: 'no-store'}).then(() => 'answered', () => 'cut')"


@pytest.fixture(scope="module")
def cards(school):
    """Three real cards by what holds of them: `valid`, `revoked` and `expired`, each with its code and link."""
    return by_code(school, "makes_cards", name=NAME)


@pytest.fixture
def start_phone(chromium, school, tmp_path):
    """Return a function that starts the same phone again, with what it kept; without `network` nothing leaves it."""
    contexts, problems = [], []

    def started(network=True):
        for context in contexts:
            context.close()
        contexts.clear()
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "phone",
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", *([] if network else LEADS_NOWHERE)],
            viewport=PHONE,
            locale="es-GT",
            base_url=school.url,
        )
        contexts.append(context)
        page = context.pages[0]
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield started
    for context in contexts:
        context.close()
    assert problems == []


def visit_once(page, address="/es/verify/"):
    """Open the checking page while there is a network, until the phone keeps it."""
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def worker_of(page):
    return page.context.service_workers[0]


def cut_network(page):
    """Cut the network of the page and of its worker, each by its own debugging session."""
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", OFFLINE)
    targets = session.send("Target.getTargets")["targetInfos"]
    worker = next(target for target in targets if target["type"] == "service_worker")
    attached = session.send("Target.attachToTarget", {"targetId": worker["targetId"], "flatten": False})
    message = {"id": 1, "method": "Network.emulateNetworkConditions", "params": OFFLINE}
    session.send("Target.sendMessageToTarget", {"sessionId": attached["sessionId"], "message": json.dumps(message)})


def look(page, link):
    """Open a card's link as the camera does, from another page; return what the answer says."""
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-card-answer][data-state]").wait_for()
    return page.locator("[data-card-answer]").get_attribute("data-state")


def says(page):
    return page.locator("[data-card-answer]").inner_text()


def type_name(page, name):
    page.fill("#card-name", name)
    page.locator("[data-card-answer] form button").click()


def noon_in(days):
    """Return noon in Guatemala so many days after today, counted as a list's age is: by days of UTC."""
    return datetime.now(UTC).replace(hour=18) + timedelta(days=days)


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def tampered(link):
    """Return a card's link with one sign of its signature changed."""
    return link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:]


NOT_VALID = "en esta fecha"
RIGHT_ANSWERS = {
    "valid": ("valid", "Esta tarjeta es válida hoy"),
    "revoked": ("not_valid", NOT_VALID),
    "expired": ("not_valid", NOT_VALID),
}


def answers_rightly(page, cards):
    """Look at every card: the right answer each, with the list's age, what it does not show, and nothing else."""
    for state, (answer, words) in RIGHT_ANSWERS.items():
        assert look(page, cards[state]["link"]) == answer, state
        told = says(page)
        assert words in told
        assert "lista de hoy" in told
        assert "Nadie" in told
        assert not scrolls_sideways(page)


def test_a_card_is_checked_with_the_network_cut_at_page_and_worker(start_phone, cards, axe):
    page = start_phone()
    visit_once(page)
    cut_network(page)
    assert (page.evaluate(ASK_SCHOOL), worker_of(page).evaluate(ASK_SCHOOL)) == ("cut", "cut")

    answers_rightly(page, cards)
    axe(page)

    look(page, cards["valid"]["link"])
    axe(page)
    type_name(page, "rosa caal")
    page.locator("[data-name=yes]").wait_for()
    type_name(page, "Marta Choc")
    page.locator("[data-name=no]").wait_for()
    assert not page.locator("[data-name=yes]").is_visible()
    assert not scrolls_sideways(page)


def test_a_phone_started_anew_without_a_network_checks_cards_and_says_how_old_its_list_is(start_phone, cards):
    visit_once(start_phone())

    page = start_phone(network=False)
    answers_rightly(page, cards)
    assert (page.evaluate(ASK_SCHOOL), worker_of(page).evaluate(ASK_SCHOOL)) == ("cut", "cut")

    page.context.clock.set_system_time(noon_in(days=3))
    assert look(page, cards["valid"]["link"]) == "valid"
    assert "lista de hace 3 días" in says(page)
    assert not page.locator("[data-list-old]").is_visible()
    page.context.clock.set_system_time(noon_in(days=45))
    assert look(page, cards["valid"]["link"]) == "valid"
    assert page.locator("[data-list-old]").is_visible()
    page.context.clock.set_system_time(noon_in(days=202))
    assert look(page, cards["valid"]["link"]) == "not_valid"


def test_a_tampered_link_is_unknown_and_still_says_that_nobody_needs_a_card(start_phone, cards, axe):
    page = start_phone()
    visit_once(page)
    cut_network(page)

    assert look(page, tampered(cards["valid"]["link"])) == "unknown"

    assert "No conocemos esta tarjeta" in says(page)
    assert "Nadie" in says(page)
    assert NAME not in says(page)
    axe(page)


def test_the_page_in_qeqchi_is_kept_for_the_day_without_a_network(start_phone, cards):
    visit_once(start_phone(), "/kek/verify/")

    page = start_phone(network=False)

    assert look(page, cards["valid"]["link"].replace("/es/", "/kek/")) == "valid"
    assert page.url.endswith("/kek/verify/")


def test_a_card_looked_at_leaves_nothing_in_the_phones_address(start_phone, cards):
    page = start_phone()
    look(page, cards["valid"]["link"])

    assert page.url.endswith("/es/verify/")
    assert page.evaluate("location.hash") == ""


def test_the_page_in_qeqchi_answers_too(open_phone, cards, axe):
    page = open_phone()

    assert look(page, cards["valid"]["link"].replace("/es/", "/kek/")) == "valid"

    assert page.locator("[data-card-answer] [data-fact=code]").inner_text().replace(" ", "") == cards["valid"]["code"]
    assert not scrolls_sideways(page)
    axe(page)


@pytest.mark.parametrize(
    ("state", "answer", "words"),
    [
        ("valid", "valid", "Esta tarjeta es válida hoy"),
        ("revoked", "invalid", NOT_VALID),
        ("expired", "invalid", NOT_VALID),
    ],
)
def test_without_script_the_page_asks_for_the_code_and_answers(open_phone, cards, state, answer, words):
    page = open_phone(scripts=False)
    page.goto(cards[state]["link"])
    assert not page.locator("[data-card-check]").is_visible()

    page.get_by_label("Código").fill(cards[state]["code"].lower())
    page.locator("main form[method=get] button").click()

    page.wait_for_url(re.compile(f"/es/c/{cards[state]['code']}/"))
    assert words in page.locator(f".verify-answer--{answer}").inner_text()
    assert NAME not in page.locator("main").inner_text()
    assert not scrolls_sideways(page)


def test_without_script_a_typed_name_hears_yes_or_no(open_phone, cards):
    page = open_phone(scripts=False)
    page.goto(f"/es/c/{cards['valid']['code']}/")

    for name, words in (("ROSA CAAL", "Sí"), ("Marta Choc", "No")):
        page.fill("#name", name)
        page.locator("main form[method=post] button").click()
        assert page.locator("[role=status]").inner_text().startswith(words)

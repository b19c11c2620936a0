"""From the course to a role, a visit and a renewal: the volunteer on her phone, the coordination on its laptop."""

import re
import time
from datetime import date, datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal import auth as totp

from tests.journeys.conftest import sign_in
from tests.journeys.serving import by_code, move_to, served

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium")]
PIN = "836152"
DESK = {"width": 1280, "height": 900}
HERE = ZoneInfo("America/Guatemala")
ALTA_VERAPAZ, GUATEMALA = "16", "0101"
ROLE = "Monitora o monitor"
PLACE = "San Pedro Carchá"
INFORMED = "Usuaria o usuario informado"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A school whose clock a journey moves."""
    with served(tmp_path_factory.mktemp("school-of-roles"), "tests.journeys.clocked:application") as found:
        yield found


@pytest.fixture
def clock(school):
    """The school's clock; it goes back to the true day at the end."""
    moved = Clock(school)
    yield moved
    if moved.days:
        moved.to(0)


class Clock:
    """How many days the school is ahead of the true day."""

    def __init__(self, school):
        self.school, self.days = school, 0

    def to(self, days):
        """Let so many days have passed since the true one; the school's worker does what has come."""
        self.days = days
        move_to(self.school, days)

    def until(self, day):
        """Let a day have come."""
        self.to((day - datetime.now(HERE).date()).days)

    @property
    def today(self):
        return datetime.now(HERE).date() + timedelta(days=self.days)


class Screen:
    """A person's browser: what she taps, and that every kind of page passes axe and fits its width."""

    def __init__(self, page, axe):
        self.page, self.axe = page, axe

    def go(self, address):
        self.page.goto(address)
        self.look()

    def look(self):
        """Ask axe about the page, and that nothing scrolls sideways."""
        assert self.page.locator("h1").count() == 1, self.page.url
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), self.page.url
        if self.page.has_scripts:
            self.axe(self.page)

    def tap(self, words, kind="button"):
        self.page.get_by_role(kind, name=words).first.click()
        self.page.wait_for_load_state()

    @property
    def words(self):
        return self.page.locator("main").inner_text()

    def says(self, *words):
        told = self.words
        for part in words:
            assert part in told, f"{self.page.url}: «{part}» is not in: {told}"

    def says_not(self, *words):
        told = self.words
        for part in words:
            assert part not in told, f"{self.page.url}: «{part}» is in: {told}"

    def downloads(self, words):
        """Tap a link that brings a file; return the file's first bytes."""
        with self.page.expect_download() as told:
            self.page.get_by_role("link", name=words).first.click()
        return told.value.path().read_bytes()[:5]


@pytest.fixture
def phone(open_phone, axe):
    """Return a function that opens somebody's phone."""
    return lambda: Screen(open_phone(), axe)


@pytest.fixture
def desk(open_phone, axe, clock):
    """Return a function that opens a laptop on which a member of staff has signed in; or a phone without script."""

    def opened(staff, scripts=True):
        screen = Screen(open_phone(scripts), axe)
        if scripts:
            screen.page.set_viewport_size(DESK)
        sign_in_staff(screen.page, staff, clock)
        return screen

    return opened


def sign_in_staff(page, staff, clock):
    """Sign in with password and second factor, as the app on her telephone shows it on the school's day."""
    page.goto("/staff/sign-in/?next=/es/facilitate/")
    page.fill("[name=login]", staff["username"])
    page.fill("[name=password]", staff["password"])
    page.locator("main .button--main").click()
    page.fill("[name=code]", six_numbers(staff, clock))
    page.locator("main .button--main").click()
    page.wait_for_url(re.compile("/es/facilitate/"))


def six_numbers(staff, clock):
    """Return what the app on a telephone shows now; where it is about to change, what it shows next."""
    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left + 0.1)
    counter = int(time.time() + clock.days * 86_400) // 30
    return totp.format_hotp_value(totp.hotp_value(staff["totp"], counter))


@pytest.fixture
def coordinator(school):
    """Somebody new each time: the same six numbers open the door once only."""
    return by_code(school, "takes_on", name="Elena", kind="coordinator", home=ALTA_VERAPAZ)


@pytest.fixture
def colleague(school):
    return by_code(school, "takes_on", name="Tomás", kind="coordinator", home=ALTA_VERAPAZ)


@pytest.fixture
def elsewhere(school):
    return by_code(school, "takes_on", name="Lucía", kind="coordinator", home=GUATEMALA)


def learns_to_monitor(school, name, home=""):
    """Somebody finishes the course and passes the practical; her code."""
    code = by_code(school, "joins", name=name, home=home)["code"]
    by_code(school, "finishes_the_course", code=code)
    by_code(school, "passes_the_practical", code=code, observer="facilitadora")
    return code


def signs_the_code_of_conduct(her):
    her.go("/es/me/roles/")
    her.look()
    her.tap("Leerlo y firmar", "link")
    her.look()
    her.tap("Firmo")
    her.says("Usted lo firmó")


def chooses_her_place(her):
    her.go("/es/me/roles/")
    her.tap("Escogerlo", "link")
    her.page.fill("[name=q]", "Carchá")
    her.tap("Buscar")
    her.page.get_by_label(PLACE).first.check()
    her.look()
    her.tap("Este es mi municipio")


def writes_her_language_down(office, code):
    office.go("/es/facilitate/evidence/")
    office.page.fill("[name=person]", code)
    office.tap("Seguir")
    office.look()
    office.tap("Idioma para entrevistar", "link")
    office.page.select_option("[name=language]", "kek")
    office.page.fill("[name=speaker_name]", "Marta Choc")
    office.look()
    office.tap("Guardar")


def confirms(office, name, kind="Dar el papel"):
    office.go("/es/register/proposals/")
    office.page.get_by_role("link", name=re.compile(f"{name}.*{kind}: {ROLE}", re.DOTALL)).click()
    office.look()
    office.tap("Confirmar el papel")
    office.says(f"Confirmado: {ROLE} para {name}.")


def makes_her_card(her):
    """She makes her card on her phone and prints it; the address in its square code."""
    her.go("/es/me/roles/")
    her.tap("Mi tarjeta", "link")
    her.look()
    her.tap(re.compile("Hacer mi tarjeta|Hacerla de nuevo"))
    her.look()
    assert her.downloads("Descargar para imprimir") == b"%PDF-"
    return her.page.locator(".field-card__code").inner_text()


def her_role_ends(her):
    """Return the last day of her role, as her page of roles says it."""
    her.go("/es/me/roles/")
    role = her.page.locator("article.card", has=her.page.get_by_role("heading", name=ROLE))
    return role.locator(".until time").get_attribute("datetime")


def asks_the_register(office, day, role=ROLE, place=PLACE):
    """Ask who may do a role in a place on a day."""
    office.go("/es/register/")
    office.page.locator("[name=role]").select_option(label=role)
    office.page.fill("[name=place]", place)
    office.page.fill("[name=day]", day.isoformat())
    office.tap("Preguntar")


def opens_in_the_register(office, name, day, standing="pueden hacerlo"):
    """Ask the register, then open a person in the answer."""
    asks_the_register(office, day)
    office.tap(re.compile(f"^\\d+ {standing}"), "link")
    office.look()
    office.tap(name, "link")
    office.look()
    return office


def plans_a_visit(office, day):
    office.go("/es/register/visits/")
    office.tap("Planificar una visita", "link")
    office.page.fill("[name=day]", day.isoformat())
    office.page.fill("[name=municipality]", PLACE)
    office.page.fill("[name=facility]", "CAP San Pedro")
    office.page.fill("[name=purpose]", "Ver cómo se atiende.")
    office.page.fill("[name=contact]", "Elena, 5555 0000")
    office.look()
    office.tap("Seguir: quién puede ir")
    return office.page.url


def asks_her_to_come(office, name):
    """Put a person on the list of the visit whose page is open; the link in the message that is sent to her."""
    office.look()
    office.tap("Buscar quién puede ir", "link")
    office.look()
    office.tap(f"Preguntarle {name}")
    office.look()
    card = office.page.locator(".visit-people li", has_text=name)
    message = unquote(card.locator("a[href^='https://wa.me/']").first.get_attribute("href"))
    return re.search(r"http://\S+", message)[0]


def says_who_went(office, visit, name):
    office.go(visit)
    office.tap("Decir qué pasó", "link")
    office.page.locator("[name=outcome][value=took_place]").check()
    office.page.get_by_label(name).check()
    office.look()
    office.tap("Guardar lo que pasó")
    office.look()


def what_a_checker_hears(checker, card, clock):
    """Open the link in a card's square code on somebody else's phone, whose clock is right."""
    link = by_code(clock.school, "link_of_card", code=card.replace(" ", ""))
    checker.page.clock.set_system_time(datetime.combine(clock.today, datetime.min.time(), HERE).replace(hour=12))
    checker.page.goto(link)
    answer = checker.page.locator("[data-card-answer][data-state]")
    answer.wait_for()
    checker.look()
    return answer.get_attribute("data-state")


def test_the_register_asks_and_answers_on_a_phone_without_script(desk, clock, coordinator):
    office = desk(coordinator, scripts=False)

    opens_in_the_register(office, "Mateo", clock.today)

    office.says("Sí. El papel vale hasta")


def test_the_map_stands_beside_its_table_on_a_phone_and_on_a_laptop(desk, clock, coordinator, colleague):
    for office in (desk(coordinator), desk(colleague, scripts=False)):
        asks_the_register(office, clock.today)
        office.tap("En el mapa", "link")
        office.look()

        assert office.page.locator("main svg path").count() > 1
        assert PLACE in office.page.locator("main table").inner_text()


def test_two_coordinators_who_confirm_at_once_leave_one_grant_and_the_second_is_told(
    school, desk, coordinator, colleague
):
    waiting = by_code(school, "waits_for_a_decision", name="Amalia Tzub")
    offices = [desk(coordinator), desk(colleague)]
    for office in offices:
        office.go(f"/es/register/proposals/{waiting['proposal']}/")

    for office in offices:
        office.tap("Confirmar el papel")

    offices[0].says("Confirmado")
    offices[1].look()
    offices[1].says("Alguien ya decidió esto", "Amalia Tzub")
    offices[1].says_not("Confirmar el papel")
    assert by_code(school, "given", code=waiting["code"]) == {"grants": 1, "periods": 1}


def test_a_coordinator_elsewhere_gets_neither_proposals_nor_people(school, desk, clock, elsewhere):
    name = "Irma Cuc"
    waiting = by_code(school, "waits_for_a_decision", name=name)
    office = desk(elsewhere)

    office.go("/es/register/proposals/")
    office.says("Nada espera")
    office.says_not(name)
    assert office.page.goto(f"/es/register/proposals/{waiting['proposal']}/").status == 403
    office.says_not(name)
    asks_the_register(office, clock.today)
    office.says_not(name, "Mateo", "Tomasa")


def test_who_learns_elsewhere_is_not_named_to_a_coordinator(school, desk, clock, elsewhere):
    name = "Olga Xol"
    learning = by_code(school, "waits_for_a_decision", name=name)
    office = desk(elsewhere)

    asks_the_register(office, clock.today, INFORMED, place="")
    office.tap(re.compile("en formación"), "link")

    office.says_not(name)
    assert office.page.goto(f"/es/register/people/{learning['person']}/").status == 404


def test_a_role_from_the_course_to_its_renewal_and_its_end(school, clock, phone, desk, coordinator):
    name = "Rosa Ixim Caal"
    code = learns_to_monitor(school, name)
    her, office = phone(), desk(coordinator)
    sign_in(her.page, code, PIN)

    signs_the_code_of_conduct(her)
    chooses_her_place(her)
    writes_her_language_down(office, code)
    her.go("/es/me/roles/")
    her.says("Espera una decisión", ROLE)
    confirms(office, name)

    her.go("/es/me/roles/")
    her.says(ROLE, PLACE, "Hasta")
    ends = date.fromisoformat(her_role_ends(her))
    first_card = makes_her_card(her)

    tomorrow = clock.today + timedelta(days=1)
    opens_in_the_register(office, name, tomorrow)
    office.says("Sí. El papel vale hasta")

    visit = plans_a_visit(office, tomorrow)
    link = asks_her_to_come(office, name)
    asked = phone()
    asked.go(link)
    asked.says_not(name, ROLE)
    asked.tap("Sí puedo")
    asked.says("Su respuesta queda guardada")
    office.go(visit)
    office.says(name, "puede ir")
    assert office.downloads("Carta de visita") == b"%PDF-"

    clock.to(2)
    office = desk(coordinator)
    says_who_went(office, visit, name)
    office.says("fue", name)

    clock.until(ends - timedelta(days=60))
    her, office = phone(), desk(coordinator)
    sign_in(her.page, code, PIN)
    her.go("/es/me/roles/")
    her.says("Su papel termina el", "Espera una decisión")
    office.go("/es/register/ends/")
    office.says(name, "Su renovación espera una decisión")
    office.tap("Su renovación espera una decisión", "link")
    office.says("ciclo")
    assert office.page.get_by_role("button", name="Confirmar el papel").count() == 0
    next_cycle = by_code(school, "opens_the_next_cycle")
    confirms(office, name, "Renovar el papel")

    assert her_role_ends(her) == next_cycle["ends"]
    second_card = makes_her_card(her)
    assert what_a_checker_hears(phone(), first_card, clock) == "not_valid"
    assert what_a_checker_hears(phone(), second_card, clock) == "valid"
    clock.until(ends + timedelta(days=1))
    opens_in_the_register(desk(coordinator), name, clock.today).says("Sí. El papel vale hasta")

    clock.until(date.fromisoformat(next_cycle["ends"]) + timedelta(days=1))
    office = opens_in_the_register(desk(coordinator), name, clock.today, "no vale")
    office.says("No. El papel terminó el")
    assert what_a_checker_hears(phone(), second_card, clock) == "not_valid"
    her = phone()
    sign_in(her.page, code, PIN)
    her.go("/es/me/roles/")
    her.says("Papeles que terminaron")

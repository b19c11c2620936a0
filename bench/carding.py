"""Field credentials: signing and printing a thousand (CPU time), and the check on a slow phone without a network."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bench.figure import Figure
from bench.phone import Phone, phone
from bench.school import School

NAME = "María Caal Poʼp"
DAYS = 200
CARDS = 1_000
PRINTED = 100
CHECKS = 20
SLOWER = 4
KEEPS_IT = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
CHECK = """async ([token, checks]) => {
  const { check } = await import(document.querySelector('link[rel="modulepreload"][href*="credential"]').href);
  const kept = async (name) => (await fetch(`/api/credentials/${name}/`, { cache: "force-cache" })).json();
  const [{ keys }, { lists }] = [await kept("keys"), await kept("status")];
  const today = new Date().toLocaleDateString("sv-SE", { timeZone: "America/Guatemala" });
  const times = [];
  while (times.length < checks) {
    const began = performance.now();
    const verdict = await check(token, keys, lists, today);
    times.push(performance.now() - began);
    if (verdict.state !== "valid") throw new Error(JSON.stringify(verdict));
  }
  return times;
}"""


def figures(school: School) -> Iterator[Figure]:
    """Sign, issue and print cards of a thousand people; check one in Chromium, the school's server stopped."""
    from certificates.credentials.cards import sheet_pdf
    from certificates.credentials.issuing import _signed, issue_card, signer_of

    grants, author = given_roles()
    signer = signer_of(grants[0].role.organisation)
    asked: dict[str, Any] = {"name": NAME, "language": "es", "shows_place": True, "signer": signer}
    signed, _cards = cpu_seconds(
        lambda: [_signed(grant, until=today(DAYS), is_plain=False, **asked) for grant in grants]
    )
    yield Figure("cards.signed_1000_s", signed, "s", "<= 2")
    issued, cards = cpu_seconds(lambda: [issue_card(grant, by=author, **asked) for grant in grants])
    yield Figure("cards.issued_1000_s", issued, "s")
    printed, _pdf = cpu_seconds(lambda: sheet_pdf(cards[:PRINTED]))
    yield Figure("cards.printed_1000_s", round(printed * CARDS / PRINTED, 1), "s")
    with phone() as checker:
        times = offline_checks(school, checker, cards[0])
    yield Figure("cards.check_ms_slow_phone", round(statistics.median(times), 1), "ms", "<= 100")


def given_roles() -> tuple[list[Any], Any]:
    """Return a thousand grants that hold today, and who gave them."""
    from django.utils import timezone

    from certificates.models import Grant, Period, Role
    from people.models import Organisation, Territory, Volunteer

    organisation = Organisation.objects.get(is_default=True)
    role, place = Role.objects.get(organisation=organisation, slug="monitora"), Territory.objects.get(code="1609")
    author, *people = Volunteer.objects.bulk_create(
        Volunteer(organisation=organisation, territory=place) for _number in range(CARDS + 1)
    )
    Grant.objects.bulk_create(Grant(volunteer=person, role=role, territory=place) for person in people)
    grants = list(Grant.objects.filter(volunteer__in=people).select_related("role__organisation", "territory__parent"))
    held = {"number": 1, "kind": Period.Kind.GRANTED, "starts_on": today(), "ends_on": today(DAYS), "by": author}
    Period.objects.bulk_create(Period(grant=grant, recorded_at=timezone.now(), **held) for grant in grants)
    return grants, author


def today(days: int = 0) -> date:
    """Return the day so many days from today."""
    from certificates.spanning import today as first

    return first() + timedelta(days=days)


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a work, and its result."""
    began = time.process_time()
    result = work()
    return round(time.process_time() - began, 2), result


def offline_checks(school: School, checker: Phone, card: Any) -> list[float]:
    """Return the milliseconds of checks on the page that the phone kept, on a slower CPU, the network cut."""
    from certificates.credentials.issuing import address_of

    window = checker.window
    with school.served():
        window.goto(f"{school.address}/es/verify/")
        window.wait_for_function(KEEPS_IT)
    window.context.set_offline(True)
    checker.ledger.devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    window.goto("about:blank")
    window.goto(address_of(card))
    window.wait_for_selector("[data-card-answer][data-state=valid]")
    times: list[float] = window.evaluate(CHECK, [card.token, CHECKS])
    return times

"""A phone's browser (Chromium) that keeps a ledger of what goes over the wire, as its DevTools tell it."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench.school import PIN

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass
class Exchange:
    """One request and its answer: bytes up and down with their headers; both 0 when it came from the phone's cache."""

    address: str
    kind: str
    up: int = 0
    down: int = 0


class Ledger:
    """Listens to one page's network events. A redirect is an exchange of its own."""

    def __init__(self, devtools: Any) -> None:
        self.devtools = devtools
        self.exchanges: dict[str, list[Exchange]] = defaultdict(list)
        self.sent: dict[str, list[int]] = defaultdict(list)
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.requestWillBeSentExtraInfo", self._headers_sent)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")

    def begin(self) -> None:
        """Forget what was noted so far."""
        self.exchanges.clear()
        self.sent.clear()

    def over_the_wire(self) -> list[Exchange]:
        """Return what really went over the wire since `begin`."""
        for request, hops in self.exchanges.items():
            for hop, headers in zip(hops, self.sent[request], strict=False):
                hop.up += headers
        return [hop for hops in self.exchanges.values() for hop in hops if hop.down]

    def _asked(self, event: dict[str, Any]) -> None:
        hops, request = self.exchanges[event["requestId"]], event["request"]
        if "redirectResponse" in event:
            hops[-1].down = event["redirectResponse"]["encodedDataLength"]
        line = len(f"{request['method']} {urlsplit(request['url']).path} HTTP/1.1\r\n\r\n")
        hops.append(Exchange(request["url"], event.get("type", ""), line + len(request.get("postData", ""))))

    def _headers_sent(self, event: dict[str, Any]) -> None:
        self.sent[event["requestId"]].append(sum(len(f"{name}: {text}\r\n") for name, text in event["headers"].items()))

    def _finished(self, event: dict[str, Any]) -> None:
        if hops := self.exchanges.get(event["requestId"]):
            hops[-1].down = int(event["encodedDataLength"])


@dataclass(frozen=True)
class Phone:
    """A browser window of 360×640 with its ledger."""

    window: Any
    ledger: Ledger

    def sign_in(self, school: str, sign_in: Any) -> None:
        """Sign in through the school's own page."""
        self.window.goto(f"{school}/es/sign-in/")
        self.window.fill("[name=code]", sign_in.code)
        self.window.fill("[name=pin]", PIN)
        self.window.click("main button.button--main")
        self.window.wait_for_url("**/es/me/")

    def forget_files(self) -> None:
        """Empty the browser's cache; the session stays."""
        self.ledger.devtools.send("Network.clearBrowserCache")

    def open(self, address: str) -> list[Exchange]:
        """Open a page until the network is quiet; return what went over the wire."""
        self.window.goto("about:blank")
        self.ledger.begin()
        self.window.goto(address, wait_until="networkidle")
        return self.ledger.over_the_wire()


@contextmanager
def phone() -> Iterator[Phone]:
    """Give a phone without anything in its cache."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        context = browser.new_context(
            viewport={"width": 360, "height": 640},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="es-GT",
        )
        window = context.new_page()
        yield Phone(window, Ledger(context.new_cdp_session(window)))
        browser.close()

"""`python -m tools.screenshots URL CODE PIN`: the README's pictures, taken from a running school with demo people."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PLACE = Path(__file__).resolve().parent.parent / "docs" / "pantallas"
LESSON = "/es/curso-basico/la-salud-es-un-derecho/favor-o-derecho/"


def main(url: str, code: str, pin: str) -> None:
    """Take the pictures at the size of a small phone."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=url, viewport={"width": 360, "height": 640}, locale="es-GT")
        for name, path in {"inicio": "/es/", "leccion": LESSON}.items():
            page.goto(path)
            page.screenshot(path=PLACE / f"{name}.png")
        page.goto("/es/sign-in/")
        page.fill("[name=code]", code)
        page.fill("[name=pin]", pin)
        page.locator("main .button--main").click()
        page.goto("/es/me/curso-basico/")
        page.evaluate("window.scrollTo(0, 420)")
        page.screenshot(path=PLACE / "camino.png")


if __name__ == "__main__":
    main(*sys.argv[1:])

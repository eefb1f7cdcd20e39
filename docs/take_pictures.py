"""Takes the pictures of the documents from a demonstration of its own, and the page that shows them.

Each is taken on a phone and on a wide screen, without script: as the service sends it (`make screenshots`).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from feedback_service.i18n import LANGUAGES, load_interfaces

HERE = Path(__file__).parent / "pictures"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# One of each script but Georgian, two of the Arabic one, whose letters differ.
CODES = ("de", "ar", "ti", "ckb", "uk")
SIZES = {"": (360, 880), "-wide": (1280, 720)}
DISTRICT = "08416"
# Texts that the second look finds something in. The number is one that nobody has.
TELLING = {
    "de": "Bitte rufen Sie mich an: 0171 3920012. Herr Müller vom Amt antwortet nicht.",
    "ar": "يرجى الاتصال بي: 0171 3920012. السيد أحمد لا يجيب على رسائلي.",
}


def main() -> None:
    """Start a demonstration, take every picture, write the page, stop."""
    if missing := [code for code in CODES if code not in load_interfaces()]:
        sys.exit(f"no catalog in locales/ for: {', '.join(missing)}")
    HERE.mkdir(exist_ok=True)
    for old in HERE.glob("*.png"):
        old.unlink()
    with demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for ending, (width, height) in SIZES.items():
            _take_all(browser, url, ending, width, height)
        browser.close()
    (HERE / "README.md").write_text(_page(), "utf-8")


@contextmanager
def demonstration() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = Path(sys.executable).with_name("feedback-service")
        demo = subprocess.Popen([command, "demo", "--data", f"{folder}/demo", "--port", str(port)])
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            demo.terminate()
            demo.wait()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/healthz").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the demonstration did not start")


def _take_all(browser: Browser, url: str, ending: str, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    page = context.new_page()
    rounds = sorted({one["round"] for one in page.request.get(f"{url}/api/v1/releases").json()})
    before, newest = rounds[-2:]
    for code in CODES:
        _take(page, f"{url}/{code}/a", f"form-{code}{ending}")
        _take(page, f"{url}/{code}/a#q-helpful", f"choices-{code}{ending}")
        # Narrow or wide, these two look alike.
        if not ending:
            _take(page, f"{url}/{code}/a", f"error-{code}", _send)
            _take(page, f"{url}/{code}/thanks", f"thanks-{code}")
        _take(page, f"{url}/{code}/results/clients/{newest}/{DISTRICT}", f"results-{code}{ending}")
        # Of the older quarter: its review is finished.
        _take(page, f"{url}/{code}/results/clients/{before}/08#themes", f"written-{code}{ending}")
        _take(page, f"{url}/{code}/replies", f"replies-{code}{ending}")
    for code in TELLING:
        _take(page, f"{url}/{code}/a", f"second-look-{code}{ending}", _tell)
    if ending:
        _take(page, f"{url}/preview/de/{DISTRICT}", "digest-de")
    context.close()


def _take(page: Page, address: str, name: str, act: Callable[[Page], None] | None = None) -> None:
    page.goto(address)
    if act:
        act(page)
    page.screenshot(path=HERE / f"{name}.png")
    print(name)


def _send(page: Page) -> None:
    page.locator("main button").click()
    page.locator("[role=alert]").scroll_into_view_if_needed()


def _tell(page: Page) -> None:
    """A text that the second look finds something in."""
    code = page.locator("html").get_attribute("data-code") or ""
    page.locator("select").select_option(DISTRICT)
    page.locator("textarea").fill(TELLING[code])
    page.locator("main button").click()
    page.locator("mark").first.wait_for()


def _page() -> str:
    """The page of all pictures: a heading a kind, a row a language."""
    kinds = {
        "form": "The form", "choices": "Scales and problems", "error": "An answer that is missing",
        "second-look": "Before a text is sent that seems to name somebody", "thanks": "The thank-you",
        "results": "The results of a district", "written": "What people wrote: themes, then quotes",
        "replies": "You said, we did",
    }  # fmt: skip
    lines = ["# Pictures of the pages", ""]
    lines += ["From a demonstration, all answers invented; `make screenshots` takes them anew.", ""]
    for kind, words in kinds.items():
        lines += [f"## {words}", "", "| language | on a phone | on a wide screen |", "|---|---|---|"]
        for code in (code for code in CODES if (HERE / f"{kind}-{code}.png").exists()):
            own = LANGUAGES[code].own_name
            names = [f"{kind}-{code}{ending}.png" for ending in SIZES]
            shown = [f"![{words}, {own}]({name})" if (HERE / name).exists() else "" for name in names]
            lines.append(f"| {own} | {' | '.join(shown)} |")
        lines.append("")
    lines += ["## A digest for a district's decision-makers", ""]
    lines += ["![A digest in German, on a wide screen](digest-de.png)"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

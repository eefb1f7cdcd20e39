"""Takes the pictures of the documents from a demonstration of its own (`make screenshots`)."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent / "pictures"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = 360, 1000


def main() -> None:
    """Start a demonstration, take every picture, stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = Path(sys.executable).with_name("feedback-service")
        demo = subprocess.Popen([command, "demo", "--data", f"{folder}/demo", "--port", str(port)])
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            _take_all(f"http://127.0.0.1:{port}")
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


def _take_all(url: str) -> None:
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        phone = browser.new_page(viewport={"width": PHONE, "height": 760})
        desk = browser.new_page(viewport={"width": DESK, "height": 900})
        newest = phone.request.get(f"{url}/api/v1/releases").json()[0]["round"]
        for code in ("de", "ar", "uk"):
            _take(phone, f"{url}/{code}/a", f"form-{code}")
            _take(phone, f"{url}/{code}/results/clients/{newest}/08416", f"results-{code}")
        phone.goto(f"{url}/ar/a")
        phone.locator("main button").click()
        phone.screenshot(path=HERE / "error-ar.png")
        _take(phone, f"{url}/ar/thanks", "thanks-ar")
        _take(desk, f"{url}/preview/de/08416", "digest-de")
        browser.close()


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.screenshot(path=HERE / f"{name}.png")
    print(name)


if __name__ == "__main__":
    main()

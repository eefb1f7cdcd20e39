"""What each form costs on a poor connection: bytes, requests, and the time until it can be used.

Bytes are counted on a socket, heads included, as sent (`raw`) and packed (`gzip`). Time runs in Chromium on
a network of 400 kbit/s and 400 ms, with nothing kept from before, from the call to open the page until its
first field is visible and enabled; medians. The floor is a bare page of one field and as many bytes, in the
same run.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from bare import one_field
from feedback_service.i18n import load_interfaces
from serving import founded, running, serve_ours

FORMS = ("a", "b")
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FIELD = "fieldset select, fieldset input"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one page: bytes on the wire, requests of a browser, seconds until it can be used."""

    raw: int
    packed: int
    requests: int
    with_script: float
    without: float
    floor: float


def _serve_bare(_argument: str, port: int) -> None:
    uvicorn.run(one_field(), port=port, log_level="warning", server_header=False, date_header=False)


def bytes_of(port: int, path: str, encoding: str) -> int:
    """What comes back over the socket for one request, to its end."""
    asked = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(asked.encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    if not received.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(received.split(b"\r\n")[0].decode())
    return len(received)


def opened(browser: Browser, url: str, *, script: bool) -> tuple[float, int]:
    """One cold visit on the slow network: seconds until the first field can be used, and requests."""
    context = browser.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.send("Network.emulateNetworkConditions", SLOW)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(FIELD).first.wait_for(state="visible")
    usable = time.perf_counter() - begun
    if not page.locator(FIELD).first.is_enabled():
        raise RuntimeError(f"{url}: the first field is not enabled")
    page.wait_for_load_state("load")
    context.close()
    return usable, len(requests)


def _cost(browser: Browser, ours: int, bare: int, path: str, visits: int) -> Cost:
    packed = bytes_of(ours, path, "gzip")
    padding = packed - bytes_of(bare, "/0", "identity")
    url = f"http://127.0.0.1:{ours}{path}"
    requests = {opened(browser, url, script=True)[1]}

    def median(address: str, script: bool) -> float:
        runs = [opened(browser, address, script=script) for _ in range(visits)]
        requests.update(count for _, count in runs)
        return statistics.median(seconds for seconds, _ in runs)

    return Cost(
        bytes_of(ours, path, "identity"),
        packed,
        max(requests),
        median(url, True),
        median(url, False),
        median(f"http://127.0.0.1:{bare}/{padding}", False),
    )


def main() -> None:
    """Print a line a language and form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", default=",".join(load_interfaces()))
    parser.add_argument("--visits", type=int, default=3)
    chosen = parser.parse_args()
    folder = tempfile.mkdtemp()
    founded(Path(folder))
    with (
        running(serve_ours, folder) as ours,
        running(_serve_bare, "") as bare,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        print("          raw    gzip  requests  usable s  no script  floor  ratio")
        for path in (f"/{code}/{form}" for code in chosen.languages.split(",") for form in FORMS):
            _print(path, _cost(browser, ours, bare, path, chosen.visits))
        browser.close()


def _print(path: str, cost: Cost) -> None:
    print(
        f"{path:<6}{cost.raw:>7}{cost.packed:>8}{cost.requests:>10}{cost.with_script:>10.2f}"
        f"{cost.without:>11.2f}{cost.floor:>7.2f}{cost.with_script / cost.floor:>7.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()

"""What another site makes a browser send is refused and not stored; our own form and a link to it work.

In a real Chromium: another port of this machine is another origin of the same site, another name of it is
another site.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

FIELDS = "region=08416&access=no"
SITE = b"sec-fetch-site"
ELSEWHERE = pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site", "cross-site"])


@dataclass(slots=True)
class Elsewhere:
    """A site of somebody else's; its pages are given by a test."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    def page(self, host: str, content: str) -> str:
        """Show a page, and give its address."""
        self.pages["/trap"] = content
        return f"http://{host}:{self.port}/trap"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(made.pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Elsewhere(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def _form(here: Any, head: str = "") -> str:
    """A page that sends a form to us as soon as it is opened."""
    inputs = "".join(
        f"<input name={name} value={value}>"
        for name, value in (pair.split("=") for pair in FIELDS.split("&"))
    )
    return (
        f"{head}<form method=post action={here.url}/de/a>{inputs}</form>"
        "<script>document.forms[0].submit()</script>"
    )


def _status_of_post(page: Page, here: Any, address: str) -> int:
    with page.expect_response(lambda reply: reply.request.method == "POST") as reply:
        page.goto(address, wait_until="commit")
    assert reply.value.url == f"{here.url}/de/a"
    return int(reply.value.status)


@ELSEWHERE
@pytest.mark.parametrize("head", ["", "<meta name=referrer content=no-referrer>"], ids=["", "no referrer"])
def test_a_form_that_another_site_sends_is_refused(
    here: Any, elsewhere: Elsewhere, chromium: Browser, host: str, head: str
) -> None:
    page = chromium.new_page()
    assert _status_of_post(page, here, elsewhere.page(host, _form(here, head))) == 403
    expect(page.locator("body")).to_contain_text("von einer anderen Internetseite")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert here.stored() == 0
    page.close()


@ELSEWHERE
def test_a_fetch_by_another_site_s_script_is_refused_and_a_frame_stays_empty(
    here: Any, elsewhere: Elsewhere, chromium: Browser, host: str
) -> None:
    page = chromium.new_page()
    page.goto(elsewhere.page(host, f"<iframe src={here.url}/de/a></iframe>"))
    frame = page.frames[1]
    assert frame.locator("form").count() == 0, "our page can be shown in another's"
    page.evaluate(
        "([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors', body, headers:"
        " {'content-type': 'application/x-www-form-urlencoded'}}).catch(() => null)",
        [f"{here.url}/de/a", FIELDS],
    )
    assert here.replies == [403]
    # Nor can it read anything of ours.
    assert page.evaluate("(url) => fetch(url).then(() => 'read', () => 'refused')", f"{here.url}/de/a") == (
        "refused"
    )
    assert here.stored() == 0
    page.close()


@ELSEWHERE
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_who_follows_a_link_from_elsewhere_can_answer(
    here: Any, elsewhere: Elsewhere, chromium: Browser, host: str, script: bool
) -> None:
    context = chromium.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(elsewhere.page(host, f"<a href={here.url}/de/a>feedback</a>"))
    page.locator("a").click()
    page.locator("select[name=region]").select_option("08416")
    page.locator("main button").click()
    expect(page).to_have_url(f"{here.url}/de/thanks")
    assert here.stored() == 1
    context.close()


def test_a_browser_that_does_not_say_where_it_comes_from_is_known_by_its_origin(
    here: Any, elsewhere: Elsewhere, chromium: Browser
) -> None:
    """Our own form says `Origin: null`, as pages under no-referrer do."""
    here.unsent.add(SITE)
    for host in ("127.0.0.1", "localhost"):
        page = chromium.new_page()
        assert _status_of_post(page, here, elsewhere.page(host, _form(here))) == 403
        page.close()
    assert here.stored() == 0
    for script in (True, False):
        context = chromium.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(f"{here.url}/de/a")
        page.locator("select[name=region]").select_option("08416")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.locator("main button").click()
        expect(page).to_have_url(f"{here.url}/de/thanks")
        assert sent.value.all_headers()["origin"] in ("null", here.url)
        context.close()
    assert here.stored() == 2

"""Every reply of every address keeps out of caches, of other sites' logs and of frames.

Seen by plain HTTP and by Chromium. Figures and replies alone, which are the same for everybody, may be kept
by who didn't come from our own pages: by a program, not by Chromium, which here comes from the start page.
The addresses come from the application's own table of routes, so that a new one can't be forgotten.
"""

from __future__ import annotations

import http.client
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser
from starlette.routing import Route

from feedback_service.i18n import load_interfaces
from feedback_service.intake.open_rounds import OpenRounds
from feedback_service.intake.spool import Spool
from feedback_service.settings import Settings
from feedback_service.storage.session import open_store
from feedback_service.web import OneDoor, Parts, create_app

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What would tell a phone, a cache or a proxy when and by which program it was answered, or let it come back.
NEVER = {"set-cookie", "etag", "last-modified", "server", "date", "expires", "age", "via", "x-powered-by"}
ALL_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
Header = tuple[str, str]
# What is published.
KEPT = re.compile(r"/(de|ar)/(results/.*|replies(/(?!thanks|answer)\w+)?)")


@dataclass(frozen=True, slots=True)
class Published:
    """A served installation that has published a round, and all its addresses."""

    url: str
    addresses: list[tuple[str, str]]


@pytest.fixture(scope="module")
def published(shared_installation: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """As a demonstration, which has addresses that others have not."""
    round_id = shared_installation.json("rounds", "close", "clients")["round"]
    shared_installation.json("rounds", "count", "clients")
    shared_installation.json("rounds", "release", "clients")
    store = open_store(shared_installation.data)
    spool = Spool(tmp_path_factory.mktemp("spool"), 64)
    app = create_app(Parts(store, spool, OpenRounds(store), load_interfaces(), Settings(demo=True)))
    with shared_installation.serving({"FEEDBACK_DEMO": "true"}) as served:
        yield Published(served.url, list(_addresses(app, round_id)))
    spool.close()


def _addresses(app: Any, round_id: str) -> Iterator[tuple[str, str]]:
    """Every method and address, with everything that may stand for a name in it."""
    while not isinstance(app, OneDoor):
        app = app.app
    fillings = {
        "lang": ["de", "ar", "xx"], "slug": ["a", "b", "unknown"], "survey": ["clients", "unknown"],
        "round": [round_id, "2001-Q1"], "region": ["08", "08416", "08.csv", "08416.json", "unknown"],
        "file": [round_id, f"{round_id}.json", f"{round_id}.csv", "unknown"], "name": ["clients", "unknown"],
        "token": ["unknown"],
    }  # fmt: skip
    routes = [*app.people.routes]
    for one in app.api.routes:
        # FastAPI keeps a router that it took in as it is.
        routes += one.original_router.routes if hasattr(one, "original_router") else [one]
    for route in routes:
        assert isinstance(route, Route | APIRoute), f"{route}: say here how its addresses are found"
        names = re.findall(r"{(\w+)}", route.path)
        assert set(names) <= set(fillings), f"{route.path}: say here what may stand in it"
        for filled in itertools.product(*(fillings[name] for name in names)):
            path = route.path.format(**dict(zip(names, filled, strict=True)))
            yield from ((method, path) for method in sorted(route.methods or ()))


def _faults(status: int, headers: list[Header], has_content: bool, *, kept: bool = False) -> list[str]:
    """What is wrong with a reply's headers. `kept` is what is published, asked for from elsewhere."""
    have = {name.lower(): value for name, value in headers}
    faults = [f"has {name}" for name in sorted((NEVER - {"etag"} if kept else NEVER) & set(have))]
    wanted = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    if kept:
        wanted["cache-control"] = "public, max-age=3600"
        faults += [] if have.get("etag", "").startswith('W/"') else ["lacks etag"]
        varies = {one.strip() for one in have.get("vary", "").split(",")}
        faults += [] if {"Sec-Fetch-Site", "Accept"} <= varies else ["may be given to a person from here"]
    if has_content:
        wanted |= {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
        policy = [part.strip() for part in have.get("content-security-policy", "").split(";")]
        faults += [f"allows {part}" for part in policy if "unsafe" in part or "*" in part]
        faults += [
            f"lacks {part}" for part in ("default-src 'none'", "frame-ancestors 'none'") if part not in policy
        ]
    faults += [f"{name} is {have.get(name)}" for name, value in wanted.items() if have.get(name) != value]
    return faults + (["has two of a kind"] if len(have) != len(headers) else [])


def _ask(
    url: str, method: str, path: str, body: str = "", more: dict[str, str] | None = None
) -> tuple[int, list[Header], bytes]:
    """One request, without a library that tidies the reply up."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request(method, path, body, (FORM if body else {}) | (more or {}))
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, reply.getheaders(), content


def _own_style(path: str, faults: list[str]) -> list[str]:
    """The demonstration's preview of a mail brings its style with it, as a mail does."""
    return [one for one in faults if not (path.startswith("/preview/") and "style-src" in one)]


def test_every_address_by_every_method_and_as_chromium_sees_it(
    published: Published, chromium: Browser
) -> None:
    statuses, kinds = set(), Counter[bool]()
    known = {path for _, path in published.addresses}
    assert len(known) > 60
    for method, path in itertools.product(sorted(ALL_METHODS), sorted(known)):
        status, headers, content = _ask(published.url, method, path)
        statuses.add((method, status))
        kept = status == 200 and method in ("GET", "HEAD") and KEPT.fullmatch(path) is not None
        faults = _own_style(path, _faults(status, headers, bool(content) or method == "HEAD", kept=kept))
        kinds[kept] += 1
        assert faults == [], (method, path, status)
        forgets = {name.lower(): value for name, value in headers}.get("clear-site-data")
        is_thanks = re.fullmatch("/(de|ar)/(thanks|forget)", path) and method in ("GET", "HEAD")
        assert forgets == ('"cache", "storage"' if is_thanks else None), (method, path)
    assert {("GET", 200), ("HEAD", 200), ("GET", 404), ("POST", 404), ("PUT", 405)} <= statuses
    assert not {status for _, status in statuses} & {500, 501}
    assert kinds[True] > 20 and kinds[False] > 200
    _chromium_sees_the_same(published, chromium)


def _chromium_sees_the_same(published: Published, chromium: Browser) -> None:
    page = chromium.new_page()
    replies: dict[str, tuple[int, list[Header]]] = {}

    def keep(reply: Any) -> None:
        every = [(one["name"], one["value"]) for one in reply.headers_array()]
        replies[urlsplit(reply.url).path] = (reply.status, every)

    page.goto(f"{published.url}/de/")
    page.on("response", keep)
    reading = sorted({path for method, path in published.addresses if method == "GET"})
    page.evaluate(
        "(all) => Promise.all(all.map((path) => fetch(path, {redirect: 'manual'}).then((r) => r.text())))",
        reading,
    )
    for _ in range(100):
        if set(replies) == set(reading):
            break
        # The browser tells of a reply a moment after the page has it.
        page.wait_for_timeout(50)
    assert set(replies) == set(reading)
    for path, (status, headers) in replies.items():
        assert _own_style(path, _faults(status, headers, True)) == [], (path, status)
    assert page.context.cookies() == []
    page.close()


SECRET = "CanaryAnswer in an error"
WRONG = [
    (303, "POST", "/de/a", "region=08", {}),
    (307, "GET", "/de", "", {}),
    (400, "POST", "/de/a", "comment=%ff", {}),
    (400, "POST", "/de/a", SECRET, {"Content-Type": "text/plain"}),
    (400, "POST", "/de/a", f"envelope={SECRET}", {}),
    (403, "POST", "/de/a", f"comment={SECRET}", {"Sec-Fetch-Site": "cross-site"}),
    (404, "GET", "/nothing/is/here/at/all", "", {}),
    (405, "PUT", "/ar/a", SECRET, {}),
    (409, "POST", "/ar/a", "round=2001-Q1&region=08", {}),
    (413, "POST", "/ar/a", "x" * 70_000, {}),
    (413, "POST", "/api/v1/submissions", "x" * 70_000, {}),
    (422, "POST", "/ar/a", "region=", {}),
    (422, "POST", "/de/delete", "receipt=1", {}),
    (422, "POST", "/api/v1/submissions", '{"survey": 1}', {}),
]


def test_every_kind_of_mistake(here: Any) -> None:
    for expected, method, path, body, more in WRONG:
        status, headers, content = _ask(here.url, method, path, body, more)
        assert status == expected, (method, path)
        assert _faults(status, headers, bool(content)) == [], (method, path, status)
        assert SECRET.encode() not in content
    # What is no HTTP is answered by the HTTP library, without headers of ours; no browser sends such a thing.
    status, headers, content = _ask(here.url, "GET", "/de/a", "", {"Content-Length": "x"})
    assert status == 400 and not NEVER & {name.lower() for name, _ in headers}
    assert content == b"Invalid HTTP request received."


def test_too_many_and_an_error_of_ours(here: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setattr("feedback_service.intake.rate_limit.BURST", 0)
    for path in ("/de/a", "/de/delete", "/api/v1/submissions"):
        status, headers, content = _ask(here.url, "POST", path, "region=08")
        assert (status, _faults(status, headers, bool(content))) == (429, [])
        assert int(dict(headers)["retry-after"]) >= 1
    monkeypatch.setattr("feedback_service.intake.rate_limit.BURST", 1000)
    here.now += 3600

    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("feedback_service.intake.receive.Door.receive", broken)
    monkeypatch.setattr("feedback_service.channels.api._read_submission", broken)
    for path, word in (("/ar/a", 'dir="rtl"'), ("/api/v1/submissions", '"code":"internal"')):
        status, headers, content = _ask(here.url, "POST", path, f"region=08&comment={SECRET}")
        assert (status, _faults(status, headers, bool(content))) == (500, [])
        assert word in content.decode() and SECRET.encode() not in content
    # Where not even a page can be made:
    monkeypatch.setattr("feedback_service.channels.pages.Pages.page", broken)
    status, headers, content = _ask(here.url, "GET", "/ar/a")
    assert (status, _faults(status, headers, True), content) == (500, [], b"500\n")
    printed = "".join(capfd.readouterr())
    assert "unhandled ValueError at" in printed and SECRET not in printed


def test_the_check_above_finds_what_is_wrong() -> None:
    good = [
        ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]  # fmt: skip
    assert _faults(200, good, True) == []
    for place in range(len(good)):
        assert _faults(200, good[:place] + good[place + 1 :], True)
    for name in NEVER:
        assert _faults(200, [*good, (name, "x")], True) == [f"has {name}"]
    assert _faults(200, [*good, good[0]], True) == ["has two of a kind"]
    kept = [("Cache-Control", "public, max-age=3600"), ("ETag", 'W/"x"'), ("Vary", "Accept, Sec-Fetch-Site")]
    assert _faults(200, [*kept, *good[1:]], True, kept=True) == []
    assert _faults(200, [*kept, *good[1:]], True)
    for place in range(len(kept)):
        assert _faults(200, [*kept[:place], *kept[place + 1 :], *good[1:]], True, kept=True)

"""The end of a quarter: who is still filling in the form loses nothing, whenever they send it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

COMMAND = Path(sys.executable).with_name("feedback-service")
COMMENT = "أريد أن أتعلم الألمانية"


@contextmanager
def _grace(installation: Any, url: str) -> Iterator[subprocess.Popen[str]]:
    """`rounds close clients --grace 2h` in the middle of its wait, and the new form is out."""
    words = ["rounds", "close", "clients", "--grace", "2h", "--data", str(installation.data)]
    before = _round_of(url)
    process = subprocess.Popen(
        [COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=installation.environment(),
        stdin=subprocess.DEVNULL,
        # A shell lets what it runs in the background ignore Ctrl+C, and the tests may run there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    for _ in range(1200):
        if _round_of(url) != before:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _round_of(url: str) -> str:
    found = re.search(r'name="round" value="([^"]+)"', httpx2.get(f"{url}/ar/a").text)
    assert found
    return found[1]


def _states(installation: Any) -> dict[str, str]:
    rounds = installation.json("rounds", "list")
    return {str(one["round"]): str(one["state"]) for one in rounds if one["survey"] == "clients"}


def _fill_in(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/ar/a")
    page.locator("select[name=region]").select_option("08416")
    page.locator("input[name=access][value=no]").check()
    page.locator("textarea[name=comment]").fill(COMMENT)
    return page


@pytest.mark.parametrize("script", [True, False], ids=["sealed in the browser", "without script"])
def test_an_arabic_answer_is_taken_in_the_grace_and_comes_back_for_the_new_round_after_it(
    installation: Any, chromium: Browser, script: bool
) -> None:
    with installation.serving() as served:
        phone = chromium.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
        in_time, late = _fill_in(phone, served.url), _fill_in(phone, served.url)
        old = _round_of(served.url)
        with _grace(installation, served.url) as waiting:
            in_time.locator("main button").click()
            expect(in_time).to_have_url(f"{served.url}/ar/thanks")
            waiting.send_signal(signal.SIGINT)
            _, err = waiting.communicate(timeout=60)
            assert waiting.returncode == 1 and f"rounds close clients --round {old}" in err
        assert _states(installation)[old] == "ending"
        closed = installation.json("rounds", "close", "clients")
        assert closed["round"] == old and closed["opened"] == _round_of(served.url) != old
        # After the grace: told so, with everything that was filled in; the next press sends it.
        late.locator("main button").click()
        expect(late.locator("[role=alert]")).to_be_visible()
        expect(late.locator("textarea[name=comment]")).to_have_value(COMMENT)
        expect(late.locator("input[name=access][value=no]")).to_be_checked()
        expect(late.locator("select[name=region]")).to_have_value("08416")
        late.locator("main button").click()
        expect(late).to_have_url(f"{served.url}/ar/thanks")
        phone.close()
    installation.json("rounds", "close", "clients")
    for name in (old, closed["opened"]):
        counted = installation.json("rounds", "count", "clients", "--round", name)
        assert (counted["answers"], counted["invalid"]) == (1, 0), name


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["asked to end", "killed"])
def test_a_grace_that_somebody_ends_leaves_the_round_ending_and_the_next_command_closes_it(
    installation: Any, how: signal.Signals
) -> None:
    with installation.serving() as served:
        old = _round_of(served.url)
        with _grace(installation, served.url) as waiting:
            waiting.send_signal(how)
            out, err = waiting.communicate(timeout=60)
        assert "is open until" in out and (how is signal.SIGKILL or "is ending" in err)
        assert _states(installation)[old] == "ending"
        told = [one["found"] for one in installation.json("doctor")["findings"]]
        assert f"The round {old} is ending: answers sent under it are still taken." in told
        assert installation.json("rounds", "close", "clients")["round"] == old
        assert _states(installation)[old] == "closed"


def test_a_grace_without_the_next_key_or_a_duration_is_refused_and_changes_nothing(installation: Any) -> None:
    (old,) = _states(installation)
    for text in ("soon", "2", "0m"):
        done = installation.run("rounds", "close", "clients", "--grace", text)
        assert done.code == 1 and f"“{text}” is no duration" in done.err
    for key in (installation.data / "keys").glob("clients-*.pub"):
        if old not in key.name:
            key.unlink()
    done = installation.run("rounds", "close", "clients", "--grace", "2h")
    assert done.code == 1 and "feedback-service keys create clients" in done.err
    assert _states(installation) == {old: "open"}


def test_a_grace_is_waited_out_and_then_the_round_is_closed(installation: Any) -> None:
    (old,) = _states(installation)
    done = installation.run("rounds", "close", "clients", "--grace", "1s", "--json")
    assert done.code == 0 and done.err == "" and done.json["round"] == old
    assert _states(installation)[old] == "closed"
    assert len(_states(installation)) == 2

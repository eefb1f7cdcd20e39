"""Who answered and then reads results leaves no copy of them on the phone; who opens them from a mail may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def service(shared_installation: Any) -> Iterator[Any]:
    for step in ("close", "count", "release"):
        shared_installation.json("rounds", step, "clients")
    with shared_installation.serving() as served:
        yield served


def _cached(profile: Path, word: str) -> list[str]:
    """The files of the browser's cache that name an address."""
    files = [path for path in (profile / "Default" / "Cache").rglob("*") if path.is_file()]
    return [path.name for path in files if word.encode() in path.read_bytes()]


def test_after_answering_results_and_replies_stay_out_of_the_cache(
    service: Any, launcher: Any, tmp_path: Path
) -> None:
    context = launcher.profile(tmp_path)
    page = context.new_page()
    page.goto(f"{service.url}/de/a")
    page.locator("select[name=region]").select_option("08416")
    page.locator("main button").click()
    page.wait_for_url(f"{service.url}/de/thanks")
    page.locator('main a[href="/de/results/"]').click()
    page.wait_for_url(f"{service.url}/de/results/")
    page.locator("main section h2 a").click()
    page.wait_for_url("**/results/clients/*")
    page.go_back()
    page.locator('main a[href="/de/replies"]').click()
    page.wait_for_url(f"{service.url}/de/replies")
    context.close()
    assert _cached(tmp_path, "/de/results/") == [] and _cached(tmp_path, "/de/replies") == []


def test_the_search_above_finds_what_somebody_opened_from_elsewhere(
    service: Any, launcher: Any, tmp_path: Path
) -> None:
    context = launcher.profile(tmp_path)
    page = context.new_page()
    page.goto(f"{service.url}/de/results/")
    context.close()
    assert _cached(tmp_path, "/de/results/")


def test_thanks_takes_away_what_was_kept_before(service: Any, launcher: Any, tmp_path: Path) -> None:
    context = launcher.profile(tmp_path)
    page = context.new_page()
    page.goto(f"{service.url}/de/results/")
    page.goto(f"{service.url}/de/a")
    page.locator("select[name=region]").select_option("08416")
    page.locator("main button").click()
    page.wait_for_url(f"{service.url}/de/thanks")
    context.close()
    assert _cached(tmp_path, "/de/results/") == []

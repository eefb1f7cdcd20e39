"""The demonstration, as a newcomer starts it: no question asked, and the second start goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from feedback_service.disclosure.check import problems

COMMAND = Path(sys.executable).with_name("feedback-service")
RESPONDENTS = 900


@contextmanager
def _demo(folder: Path, port: int) -> Iterator[str]:
    words = ["demo", "--data", str(folder), "--port", str(port), "--respondents", str(RESPONDENTS)]
    process = subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        printed = ""
        assert process.stdout is not None
        while "Stop with Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        _until_healthy(port)
        yield printed
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _until_healthy(port: int) -> None:
    transport = httpx2.HTTPTransport(retries=8)
    with httpx2.Client(transport=transport) as http:
        assert http.get(f"http://127.0.0.1:{port}/healthz").status_code == 200


def test_the_demo_shows_invented_figures_that_hold_and_a_second_start_goes_on(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    with _demo(tmp_path / "demo", unused_tcp_port) as printed:
        addresses = [word for word in printed.split() if word.startswith("http://")]
        assert len(addresses) == 6
        for address in addresses:
            page = httpx2.get(address)
            assert page.status_code == 200, address
            said = ("invented", "erfunden", "غير حقيقية", "вигадані")
            assert any(word in page.text for word in said), address
        releases = _releases(unused_tcp_port)
        assert len(releases) == 4
        assert [problems(release) for release in releases] == [[]] * 4
        state = [row for row in releases[0]["rows"] if row["level"] == "state"]
        assert state and any(release["withheld"] for release in releases)
    with _demo(tmp_path / "demo", unused_tcp_port):
        assert _releases(unused_tcp_port) == releases


def _releases(port: int) -> list[dict[str, list[dict[str, object]]]]:
    base = f"http://127.0.0.1:{port}/api/v1/releases"
    return [httpx2.get(f"{base}/{one['survey']}/{one['round']}").json() for one in httpx2.get(base).json()]


def test_a_folder_with_real_answers_is_never_made_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('operator = "Real"\n')
    done = subprocess.run([COMMAND, "demo", "--data", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1 and "is no demonstration" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]

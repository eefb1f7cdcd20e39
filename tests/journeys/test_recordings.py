"""A question is heard: imported beside the survey, fetched when somebody presses play, backed up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Request, expect

# An MPEG-1 Layer III frame of 32 kbit/s and 44.1 kHz without a sound in it, a second of them.
_FRAME = bytes.fromhex("fffb10c4") + bytes(100)
SILENCE = _FRAME * 38


def _import_spoken(installation: Any, folder: Path) -> None:
    folder.mkdir()
    file = folder / "clients.yaml"
    installation.json("surveys", "export", "clients", "--out", str(file))
    text = file.read_text("utf-8")
    spoken = text.replace("  name: trust\n", "  name: trust\n  audio: {de: trust-de.mp3}\n", 1)
    assert spoken != text
    file.write_text(spoken, "utf-8")
    done = installation.run("surveys", "import", str(file))
    assert done.code == 1 and "There is no recording trust-de.mp3 beside the survey file" in done.err
    (folder / "trust-de.mp3").write_bytes(SILENCE)
    assert installation.json("surveys", "import", str(file))["recordings"] == 1
    # Exported and taken back from elsewhere, it is the same survey with the same recordings.
    elsewhere = folder / "elsewhere" / "clients.yaml"
    elsewhere.parent.mkdir()
    installation.json("surveys", "export", "clients", "--out", str(elsewhere))
    assert installation.json("surveys", "import", str(elsewhere))["version"] == 2


def test_a_recording_is_heard_only_when_asked_for_and_survives_a_restore(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    _import_spoken(installation, tmp_path / "survey")
    installation.json("rounds", "close", "clients")
    with installation.serving() as served:
        page = chromium.new_context().new_page()
        made: list[Request] = []
        page.on("request", lambda request: made.append(request))
        page.goto(f"{served.url}/de/a")
        expect(page.locator("#q-trust audio")).to_be_visible()
        assert [one.url for one in made] == [f"{served.url}/de/a"]
        page.evaluate(
            "() => new Promise((heard, failed) => { const player = document.querySelector('audio');"
            " player.ontimeupdate = () => player.currentTime > 0 && heard(); player.play().catch(failed); })"
        )
        assert {one.url for one in made[1:]} == {f"{served.url}/audio/clients/trust-de.mp3"}
        assert page.evaluate("document.querySelector('audio').duration") > 0.9
        page.context.close()
    assert installation.json("audit", "storage")["findings"] == 0
    installation.json("backup", "--to", str(tmp_path / "b.tar"))
    again = type(installation)(tmp_path / "again", installation.passphrase_file)
    again.json("restore", str(tmp_path / "b.tar"))
    assert (again.data / "audio" / "clients" / "trust-de.mp3").read_bytes() == SILENCE

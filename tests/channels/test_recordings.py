"""Recordings are played whole and in parts, and no other file of the machine can be."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from feedback_service.storage.recordings import (
    OtherRecording,
    RecordingMissing,
    RecordingTooLarge,
    keep_recordings,
)
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey

SOUND = bytes(range(256)) * 8


def _spoken(name: str = "trust-de.mp3") -> Questionnaire:
    document: Any = copy.deepcopy(dict(standing_survey("clients").document))
    next(one for one in document["questions"] if one["name"] == "trust")["audio"] = {"de": name}
    return read_document(document)


@pytest.fixture
def spoken(site: Any, tmp_path: Path) -> Any:
    """A site whose open round has a recording of one question in German."""
    (tmp_path / "trust-de.mp3").write_bytes(SOUND)
    (tmp_path / "secret.mp3").write_bytes(b"SECRET")
    assert keep_recordings(site.store, _spoken(), tmp_path) == 1
    with site.store.begin() as connection:
        add_survey(connection, _spoken())
    site.close_clients_round()
    site.open_rounds.renew_now()
    return site


def test_a_recording_comes_whole_or_in_parts_with_its_type(spoken: Any) -> None:
    whole = spoken.http.get("/audio/clients/trust-de.mp3")
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert whole.headers["content-type"] == "audio/mpeg" and whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "no-store" and "content-encoding" not in whole.headers
    part = spoken.http.get("/audio/clients/trust-de.mp3", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, SOUND[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(SOUND)}"
    told = {"range": "bytes=0-1", "if-range": '"x"'}
    assert spoken.http.get("/audio/clients/trust-de.mp3", headers=told).status_code == 206
    beyond = spoken.http.get("/audio/clients/trust-de.mp3", headers={"range": "bytes=9999-"})
    assert beyond.status_code == 416
    for reply in (whole, part, beyond):
        assert not {"etag", "last-modified", "set-cookie"} & set(reply.headers)
    assert spoken.http.head("/audio/clients/trust-de.mp3").headers["content-length"] == str(len(SOUND))


@pytest.mark.parametrize(
    "path",
    [
        "clients/secret.mp3", "counsellors/trust-de.mp3", "clients/../clients/trust-de.mp3/..",
        "clients/%2e%2e",
        "clients/..%2f..%2fsettings.toml", "%2e%2e/feedback.sqlite",
        "clients/", "", "clients/trust-de.mp3%00",
        "..%2fkeys/clients-2026-Q4.key",
    ],
)  # fmt: skip
def test_nothing_else_can_be_named(spoken: Any, path: str) -> None:
    reply = spoken.http.get(f"/audio/{path}")
    assert reply.status_code in (307, 404) and b"SECRET" not in reply.content


def test_the_player_stands_where_there_is_a_recording_in_the_page_s_language(spoken: Any) -> None:
    page = spoken.http.get("/de/a")
    assert page.text.count("<audio") == 1
    assert 'preload="none" src="/audio/clients/trust-de.mp3" aria-label="' in page.text
    assert "media-src 'self'" in page.headers["content-security-policy"]
    assert "<audio" not in spoken.http.get("/ar/a").text and "<audio" not in spoken.http.get("/de/b").text


def test_a_name_is_one_recording_for_good_and_nothing_is_written_where_one_lacks(
    spoken: Any, tmp_path: Path
) -> None:
    kept = sorted(path.name for path in spoken.store.audio_folder.rglob("*.mp3"))
    assert kept == ["trust-de.mp3"]
    assert keep_recordings(spoken.store, _spoken(), tmp_path / "elsewhere") == 1
    with pytest.raises(RecordingMissing):
        keep_recordings(spoken.store, _spoken("other-de.mp3"), tmp_path)
    (tmp_path / "big.mp3").write_bytes(bytes(3 * 1024**2))
    with pytest.raises(RecordingTooLarge):
        keep_recordings(spoken.store, _spoken("big.mp3"), tmp_path)
    (tmp_path / "trust-de.mp3").write_bytes(b"changed")
    with pytest.raises(OtherRecording):
        keep_recordings(spoken.store, _spoken(), tmp_path)
    assert sorted(path.name for path in spoken.store.audio_folder.rglob("*")) == ["clients", "trust-de.mp3"]

"""A survey may carry recordings: safe names, languages of its own, and part of what answers are sealed to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.surveys.audio import content_type
from feedback_service.surveys.document import InvalidQuestionnaire, read_document
from feedback_service.surveys.yaml_form import read_yaml, standing_survey, write_yaml

Make = Callable[..., dict[str, Any]]


def test_recordings_of_some_languages_are_read_and_change_the_fingerprint(
    question: Make, document: Make
) -> None:
    plain = read_document(document(question("a")))
    spoken = read_document(document(question("a", audio={"de": "a-de.opus"}), question("b")))
    assert spoken.question("a") is not None and spoken.questions[1].audio == {"de": "a-de.opus"}
    assert (plain.recordings, spoken.recordings) == ((), ("a-de.opus",))
    other = read_document(document(question("a", audio={"de": "a2-de.opus"}), question("b")))
    assert other.fingerprint != spoken.fingerprint
    assert read_yaml(write_yaml(spoken)).fingerprint == spoken.fingerprint
    assert standing_survey("clients").recordings == ()


@pytest.mark.parametrize(
    "name",
    [
        "../a.opus", "a/b.opus", "/a.opus", "a.wav", "a.opus.exe", "A.opus", ".opus", "a", "", "a\n.opus",
        "a.opus\n", "ä.opus", "a" * 70 + ".opus", "..", "a..opus", ["a.opus"], {"x": "y"},
    ],
)  # fmt: skip
def test_a_name_that_could_lead_elsewhere_or_is_no_recording_is_refused(
    question: Make, document: Make, name: object
) -> None:
    with pytest.raises(InvalidQuestionnaire, match="question “a”, audio"):
        read_document(document(question("a", audio={"de": name})))


@pytest.mark.parametrize("audio", ["a.opus", ["a.opus"], {"fr": "a.opus"}, "", 1])
def test_only_a_table_of_the_survey_s_languages_is_taken(
    question: Make, document: Make, audio: object
) -> None:
    with pytest.raises(InvalidQuestionnaire, match="question “a”, audio"):
        read_document(document(question("a", audio=audio)))


def test_every_ending_has_a_type() -> None:
    assert [content_type(f"a.{one}") for one in ("opus", "ogg", "mp3", "m4a")] == [
        "audio/ogg", "audio/ogg", "audio/mpeg", "audio/mp4",
    ]  # fmt: skip

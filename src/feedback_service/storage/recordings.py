"""Recordings of questions, in the data folder: `audio/SURVEY/NAME`.

A name stands in the questionnaire, to which every answer is sealed. So a name means one recording for good:
another one needs another name.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..surveys.questionnaire import Questionnaire
from .session import Store

LARGEST = 2 * 1024 * 1024


class RecordingMissing(FeedbackError):
    """A survey names a recording that is neither beside it nor here already."""

    status = 422
    code = "recording-missing"
    message = "There is no recording %(name)s beside the survey file. Nothing was imported."


class RecordingTooLarge(FeedbackError):
    """A recording that takes long on a slow connection."""

    status = 422
    code = "recording-too-large"
    message = "The recording %(name)s is larger than %(most)s MB. Nothing was imported."


class OtherRecording(FeedbackError):
    """The name is taken by another recording, which people may be hearing in an open round."""

    status = 409
    code = "recording-other"
    message = (
        "There is another recording %(name)s of this survey already. Give the new one a new name,"
        " in the survey file too. Nothing was imported."
    )


def recording_path(store: Store, survey: str, name: str) -> Path:
    """Where a recording lies. Only for names that a questionnaire has: those are safe."""
    return store.audio_folder / survey / name


def keep_recordings(store: Store, questionnaire: Questionnaire, beside: Path) -> int:
    """Copy the survey's recordings from the folder `beside`; gives how many it names.

    All are looked at before the first is written.
    Raises `RecordingMissing`, `RecordingTooLarge`, `OtherRecording`.
    """
    names = questionnaire.recordings
    contents = {name: _read(store, questionnaire.name, name, beside) for name in names}
    for name, content in contents.items():
        if content is not None:
            write_durably(recording_path(store, questionnaire.name, name), content)
    return len(names)


def _read(store: Store, survey: str, name: str, beside: Path) -> bytes | None:
    """A new recording's content; `None` where it is here already."""
    given, here = beside / name, recording_path(store, survey, name)
    if not given.is_file():
        if here.exists():
            return None
        raise RecordingMissing(name=name)
    if given.stat().st_size > LARGEST:
        raise RecordingTooLarge(name=name, most=LARGEST // 1024**2)
    content = given.read_bytes()
    if not here.exists():
        return content
    if here.read_bytes() != content:
        raise OtherRecording(name=name)
    return None

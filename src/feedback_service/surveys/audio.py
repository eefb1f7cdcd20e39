"""Recordings of questions, for who would rather hear them: one file a question and language, by its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

# Content types by the endings that a recording may have.
AUDIO_TYPES = {"opus": "audio/ogg", "ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.(?:opus|ogg|mp3|m4a)\Z")


def audio_problems(raw: object, languages: Collection[str]) -> list[str]:
    """What is wrong with a question's `audio`: file names by language, of some of the languages or all."""
    if not isinstance(raw, Mapping):
        return ["is not a table of languages and file names"]
    unknown = [f"“{code}” is none of the survey's languages" for code in raw if code not in languages]
    return unknown + [
        f"“{name}” is no short lower-case name that ends in .{', .'.join(AUDIO_TYPES)}"
        for name in raw.values()
        if not (isinstance(name, str) and _NAME.match(name))
    ]


def content_type(name: str) -> str:
    """The content type of a recording of that name."""
    return AUDIO_TYPES[name.rpartition(".")[2]]

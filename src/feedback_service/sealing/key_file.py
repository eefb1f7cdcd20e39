"""The readable half of key files: what they are of, and the public key; nothing here holds a secret.

`SURVEY-ROUND.pub` is all readable; `.key`, `.cards` and `.reviewers` show the same above what is wrapped in
them.
"""

from __future__ import annotations

import json
from typing import Any

from ..errors import FeedbackError
from .keys import PublicKey, from_base64url, to_base64url

FORMAT = "feedback-round-key/1"
CARDS_FORMAT = "feedback-round-cards/1"
REVIEWERS_FORMAT = "feedback-reviewers-key/1"


class InvalidKeyFile(FeedbackError):
    """A file that is no round key of ours."""

    status = 422
    code = "key-file-invalid"
    message = "%(file)s is not a key file of a round."


def head_of(survey: str, round_id: str, public_key: PublicKey, file_format: str = FORMAT) -> dict[str, Any]:
    """What stands readable in every file of a round's key."""
    return {
        "format": file_format,
        "survey": survey,
        "round": round_id,
        "public_key": to_base64url(public_key.to_bytes()),
    }


def public_file(survey: str, round_id: str, public_key: PublicKey) -> str:
    """The text of `SURVEY-ROUND.pub`."""
    return as_text(head_of(survey, round_id, public_key))


def read_public_file(text: str, name: str) -> tuple[str, str, PublicKey]:
    """Survey, round and key of a `.pub` file. Raises `InvalidKeyFile`."""
    if "wrapped" in read_document(text, name):
        raise InvalidKeyFile(file=name)
    return read_public_half(text, name)


def read_public_half(text: str, name: str) -> tuple[str, str, PublicKey]:
    """The same of any file of a round's key: each shows its public half. Raises `InvalidKeyFile`."""
    document = read_document(text, name, FORMAT, CARDS_FORMAT, REVIEWERS_FORMAT)
    try:
        key = PublicKey.from_bytes(from_base64url(document["public_key"]))
        return str(document["survey"]), str(document["round"]), key
    except (KeyError, TypeError, ValueError, AttributeError, FeedbackError):
        raise InvalidKeyFile(file=name) from None


def as_text(document: dict[str, Any]) -> str:
    """A key file's text."""
    return json.dumps(document, indent=1) + "\n"


def read_document(text: str, name: str, *formats: str) -> dict[str, Any]:
    """A key file's JSON, of one of the formats (a round's if none is named). Raises `InvalidKeyFile`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidKeyFile(file=name) from None
    if not isinstance(document, dict) or document.get("format") not in (formats or (FORMAT,)):
        raise InvalidKeyFile(file=name)
    return document

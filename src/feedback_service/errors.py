"""Every error that a person or a client may meet: a class, an HTTP status, a code, a sentence.

A code is never reused. The sentence is an English message id (`N_` marks it for the catalogs);
`i18n` renders it in the reader's language. Facts that fill it must never hold what somebody answered:
names of questions, limits and file names only.
"""

from __future__ import annotations

import traceback
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802  gettext's own name for "mark, don't translate yet"
    """Mark a message for extraction where it can't be translated yet."""
    return message


class FeedbackError(Exception):
    """Base of all errors that have a sentence for people; `facts` fill its placeholders."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    message: ClassVar[str] = N_("Something went wrong here. Nothing was stored. Please try again.")

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    def __str__(self) -> str:
        return self.message % self.facts


def describe(error: BaseException) -> str:
    """Class, file and line of an error; never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"unhandled {type(error).__name__} at {where}"

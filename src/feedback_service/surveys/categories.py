"""The categories in which a closed question is counted: its choices and, always last, `_none`.

`_none` means "no answer, or not asked"; with it every record is in the base of every question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NO_ANSWER = "_none"

Kind = Literal["select_one", "select_multiple"]
PublishClass = Literal["local", "wide", "state"]


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """A closed question as it is counted: `choices` in the survey's order, `_none` last."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    publish: PublishClass
    scale: bool = False

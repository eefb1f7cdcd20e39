"""`feedback-themes/1`: what the comments of a round were about, for the state as a whole.

One more frozen atom: n is the number of comments, k = 10, and each theme's count gets the noise of a
multiple choice. Its secret follows from the set of answers, and the noise is bound to what was picked: the
same answers and the same themes can only ever give the same figures, and two sets of themes share no noise.
A comment has at most three themes, as an answer has at most three picks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from ..surveys.categories import NO_ANSWER
from .display import show
from .noise import ReleaseSecret, Subject, draw
from .parameters import PERCENT_FROM, V
from .protected import atom_digest
from .thresholds import shipped

FORMAT: Final = "feedback-themes/1"
LEAST_COMMENTS: Final = 10
"""The fewest comments that figures of themes are published for."""
MOST_THEMES: Final = 3
ATOM: Final = "comments"
QUESTION: Final = "themes"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a count of themes is made from.

    `picked` has each comment's themes, by name; a comment that fits none counts as `_none`.
    """

    survey: str
    round: str
    audience: str
    themes: Sequence[str]
    picked: Sequence[Sequence[str]]

    @property
    def records(self) -> str:
        """What the noise is bound to: SHA-256 over all picks, in no order of comments; hex."""
        picks = sorted(",".join(sorted(one)) for one in self.picked)
        return sha256("|".join(picks).encode()).hexdigest()


def parameters() -> dict[str, int]:
    """What the file prints under `parameters`."""
    return {"k": LEAST_COMMENTS, "V": V, "percent_from": PERCENT_FROM}


def themes_document(reviewed: Reviewed, secret: ReleaseSecret, issued: str) -> dict[str, Any] | None:
    """The file's content; `None` where there are too few comments, or the survey has no themes.

    Raises `ValueError` where a comment has more themes than three, twice the same, or one that isn't the
    survey's.
    """
    n = len(reviewed.picked)
    for picks in reviewed.picked:
        if len(picks) > MOST_THEMES or len(set(picks)) < len(picks) or not set(picks) <= set(reviewed.themes):
            raise ValueError("a comment's themes are not lawful")
    if n < LEAST_COMMENTS or not reviewed.themes:
        return None
    choices = (*reviewed.themes, NO_ANSWER)
    subject = Subject(
        survey=reviewed.survey,
        round=reviewed.round,
        audience=reviewed.audience,
        atom=ATOM,
        issue=1,
        question=QUESTION,
        n=n,
        records=reviewed.records,
    )
    noise = draw(secret, subject, "select_multiple", len(choices), shipped())
    noisy = tuple(x + e for x, e in zip(_raw(choices, reviewed.picked), noise, strict=True))
    shown = show("select_multiple", choices, noisy, n, scale=False)
    return {
        "format": FORMAT,
        "survey": reviewed.survey,
        "round": reviewed.round,
        "audience": reviewed.audience,
        "issued": issued,
        "parameters": parameters(),
        "n": n,
        "themes": list(choices),
        "noisy": list(noisy),
        "count": list(shown.count),
        "pct": list(shown.pct) if shown.pct else None,
        "digest": atom_digest(n, {QUESTION: noisy}),
    }


def as_text(document: dict[str, Any]) -> str:
    """The file: JSON in UTF-8, indented by one."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _raw(choices: Sequence[str], picked: Iterable[Sequence[str]]) -> list[int]:
    counted = Counter(name for picks in picked for name in (picks or (NO_ANSWER,)))
    return [counted[name] for name in choices]

"""`comments next` on a terminal: one comment after the other, and what to do with each.

Nothing is written to a file for an editor: what somebody wrote would lie on the disk, unsealed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import FeedbackError
from ..moderation.deciding import (
    UnknownComment,
    Waiting,
    approve,
    find,
    name_themes,
    redact,
    reject,
    reviewer_name,
    still_personal,
    translate,
    waiting,
)
from ..moderation.marking import without_marked
from ..moderation.opening import Review
from ..surveys.themes import theme_labels
from .comments_shown import show, told_of

_KEYS = (
    "m take out all that is marked   e write it anew   t translate   h themes\n"
    "a approve   s approve for the state   r reject   n next   q quit"
)


def can_walk() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def walk(review: Review, reviewer: str) -> bool:
    """Walk a reviewer through all that waits; False where there is no terminal, or nothing waits."""
    if not can_walk():
        return False
    if not any(waiting(review)):
        return False
    steps = _Walk(review, reviewer or input("Who are you? "))
    own = reviewer_name(steps.reviewer)
    ids = [one.id for one in waiting(review) if own not in one.draft.approved_by]
    for place, comment_id in enumerate(ids, start=1):
        if not steps.one(comment_id, f"{place} of {len(ids)}"):
            break
    if len(ids) == 0:
        print("You have approved all that waits. It needs somebody else now.")
    return True


@dataclass(slots=True)
class _Walk:
    """One reviewer at one round."""

    review: Review
    reviewer: str

    def one(self, comment_id: str, place: str) -> bool:
        """Until it is decided or left; False where the reviewer wants to stop."""
        while True:
            try:
                one = find(self.review, comment_id)
            except UnknownComment:
                print(f"\n{place}: decided by somebody else meanwhile.")
                return True
            print(f"\n{place}")
            for line in show(self.review, one):
                print(line)
            print(_KEYS)
            # One letter and nothing else: a pasted line is no command.
            key = input("> ").strip().lower()
            if key in ("n", "q"):
                return key == "n"
            if self._done(one, key):
                return True

    def _done(self, one: Waiting, key: str) -> bool:
        """Do what a key says; whether the comment is done with here."""
        steps: Mapping[str, Callable[[Waiting], bool]] = {
            "m": lambda one: self._kept(redact(self.review, one, without_marked(one.text))),
            "e": lambda one: self._kept(redact(self.review, one, _typed("The text"))),
            "t": self._translate,
            "h": self._themes,
            "a": lambda one: self._approve(one, for_state=False),
            "s": lambda one: self._approve(one, for_state=True),
            "r": self._reject,
        }
        if key not in steps:
            return False
        try:
            return steps[key](one)
        except FeedbackError as error:
            print(error)
            return False

    @staticmethod
    def _kept(_draft: object) -> bool:
        return False

    def _translate(self, one: Waiting) -> bool:
        language = input("Language [de]: ").strip() or "de"
        translate(self.review, one, language, _typed("The translation"))
        return False

    def _themes(self, one: Waiting) -> bool:
        for name, label in theme_labels(self.review.questionnaire, "de").items():
            print(f"    {name:<14} {label}")
        name_themes(self.review, one, input("At most three, with spaces between: ").split())
        return False

    def _approve(self, one: Waiting, *, for_state: bool) -> bool:
        sure = (
            bool(still_personal(one))
            and input("Something is marked. Is it nobody's? yes/no: ").strip() == "yes"
        )
        if input("Let it through as it stands here? yes/no: ").strip() != "yes":
            return False
        done = approve(self.review, one, self.reviewer, "state" if for_state else "region", sure=sure)
        print(told_of(one, done))
        return True

    def _reject(self, one: Waiting) -> bool:
        if input("It is destroyed. yes/no: ").strip() != "yes":
            return False
        reject(self.review, one)
        print(f"{one.id[:8]} is rejected and destroyed.")
        return True


def _typed(what: str) -> str:
    """Lines until one that is a full stop alone: a text may have empty ones."""
    print(f"{what}, then a line with a full stop and nothing else:")
    lines: list[str] = []
    while (line := input()).strip() != ".":
        lines.append(line)
    return "\n".join(lines)

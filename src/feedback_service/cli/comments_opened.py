"""Opens a round's comments for a command, and the options that all of these have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ..moderation.opening import Review, open_review
from ..rounds.choosing import choose_round
from ..rounds.key_folder import private_path, reviewers_path
from ..storage.comments import find_batch
from ..storage.rounds import Round, all_rounds
from ..storage.session import Store
from .common import installation, reviewers_passphrase, stages

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]
Key = Annotated[Path | None, typer.Option("--key", help="The .reviewers file, if it lies elsewhere.")]
Reviewer = Annotated[str, typer.Option("--reviewer", help="Who you are; forgotten when it is decided.")]


@dataclass(frozen=True, slots=True)
class Opened:
    """A round whose comments can be read, with the key file that opened them."""

    review: Review
    round: Round
    file: Path


def open_comments(survey: str, round_name: str | None, key: Path | None, data: Path) -> Opened:
    """Open them with the reviewers' key. Raises what `open_review` raises, and for an unknown round."""
    store, settings = installation(data)
    chosen = under_review(store, survey, round_name)
    file = key or reviewers_path(private_path(store.key_folder, survey, chosen.round))
    secret = reviewers_passphrase(settings)
    with stages() as stage:
        stage("opening the comments")
        return Opened(open_review(store, chosen, file, secret, settings.review_eyes), chosen, file)


def under_review(store: Store, survey: str, round_name: str | None) -> Round:
    """The named round, or the oldest that has comments under review."""
    with store.read() as connection:
        if round_name is None:
            for one in all_rounds(connection, survey):
                if find_batch(connection, one.number):
                    return one
        return choose_round(connection, survey, round_name, ["counted", "released"], ["shredded"])

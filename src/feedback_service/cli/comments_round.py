"""`comments key|finish`: the beginning and the end of a round's review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..clock import today
from ..moderation.finishing import finish, unnamed_themes
from ..rounds.destroying import destroy_file
from ..rounds.key_folder import reviewers_path
from ..rounds.reviewers import make_reviewers_key, refuse_existing
from ..rounds.trustees import find_key
from ..sealing.wrapping import derive
from ..settings import load_settings
from .cards import AskCards, CardsFile, Yes, confirm, opening
from .comments_opened import Key, Survey, open_comments, under_review
from .common import (
    DEFAULT_DATA,
    Data,
    Json,
    Memory,
    Out,
    RoundName,
    derivation,
    installation,
    reviewers_passphrase,
    stages,
)
from .trustees import KeyFile, rounds_here


def make_key(
    survey: Survey,
    round_name: RoundName = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="The file to write; else beside the round's key.")
    ] = None,
    kdf_memory: Memory = 1024,
    key: KeyFile = None,
    cards: AskCards = False,
    cards_file: CardsFile = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """For key-holders: take the key to a round's comments out, under a passphrase for its reviewers."""
    settings, out = load_settings(data), Out(as_json)
    here = rounds_here(data)
    round_id = round_name or _round_under_review(data, survey)
    place = find_key(data / "keys", survey, round_id, key, here)
    file = out_file or reviewers_path(place.key_file)
    refuse_existing(file)
    secret = opening(settings, place.key_file, cards, cards_file)
    words = reviewers_passphrase(settings, twice=True)
    with stages() as stage:
        stage("opening the round's key")
        make_reviewers_key(place, secret, file, derive(words, derivation(kdf_memory)))
    out.line(f"Written to {file}. Give it to the reviewers; it opens the round's comments and nothing else.")
    out.finish({"survey": survey, "round": round_id, "file": str(file)})


def finish_review(
    survey: Survey,
    reject_rest: Annotated[bool, typer.Option("--reject-rest", help="Destroy what is not decided.")] = False,
    yes: Yes = False,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """End a round's review: publish its themes, destroy everything else that is left of the comments."""
    opened, out = open_comments(survey, round_name, key, data), Out(as_json)
    name = f"{survey}-{opened.round.round}"
    unnamed = unnamed_themes(opened.review)
    if unnamed:
        out.line(
            f"Of {unnamed} comments nobody said what they are about: there will be no figures of themes."
        )
    confirm(name, "This destroys all that is left of the comments. Nobody can undo it.", yes=yes)
    done = finish(opened.review, today(), reject_rest=reject_rest)
    if done.themes:
        out.line(f"{survey} {opened.round.round}: the themes of {done.comments} comments are published.")
    else:
        out.line(f"{survey} {opened.round.round}: {done.comments} comments, no figures of themes.")
    # After what is done was said: the file may lie where this process can't write.
    destroy_file(opened.file)
    out.line(
        f"What was written is destroyed here, and {opened.file}. Quotes stay. Still to be destroyed by hand:"
    )
    out.line("other copies of that file, the .figures and .export files, backups made since the count.")
    out.finish(
        {"survey": survey, "round": opened.round.round, "comments": done.comments, "themes": done.themes}
    )


def _round_under_review(data: Path, survey: str) -> str:
    store, _ = installation(data)
    return under_review(store, survey, None).round

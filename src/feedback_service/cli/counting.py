"""`rounds count|export|import`: a round from its sealed answers to the ledger, here or by way of two files.

Counting opens no connection to anything and listens to nothing.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ..core_dumps import refuse_core_dumps
from ..errors import FeedbackError
from ..rounds.choosing import choose_round
from ..rounds.counting import Counted, count_round, refuse_shredded
from ..rounds.counting_file import CountedFile, count_file, read_head
from ..rounds.exporting import export_round
from ..rounds.importing import import_figures
from ..rounds.key_folder import private_path
from ..settings import load_settings
from ..storage.envelopes import count as envelopes_of
from .cards import AskCards, CardsFile, opening
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, counter, installation

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]
KeyFile = Annotated[Path | None, typer.Option("--key", help="The round's key file, if it lies elsewhere.")]
# Starting processes takes longer than opening some thousand envelopes.
_WORTH_PROCESSES = 20_000


class FileMissing(FeedbackError):
    """A file that a command was pointed to."""

    status = 404
    code = "file-missing"
    message = "There is no file %(file)s. A survey's name has no dot and no slash in it."


class KeyNotNamed(FeedbackError):
    """A file is counted where there is no installation to look for keys in."""

    status = 422
    code = "key-not-named"
    message = "Say where the round's key is: --key FILE."


def is_file(word: str) -> bool:
    """Whether a word means a file: a survey's name has neither a dot nor a slash."""
    return "." in word or os.sep in word


def count(
    survey_or_file: Annotated[
        str,
        typer.Argument(
            metavar="SURVEY|FILE", help="A survey's name, or a file that “rounds export” wrote (with a dot)."
        ),
    ],
    round_name: RoundName = None,
    key: KeyFile = None,
    cards: AskCards = False,
    cards_file: CardsFile = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help="FILE only: where the figures go; else beside it, as .figures."),
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Open, check and count a closed round with its key, protect the figures, write them to the ledger.

    From a FILE: on the machine with the keys, without the installation; the figures go to a file.
    """
    if is_file(survey_or_file):
        _count_file(Path(survey_or_file), key, cards, cards_file, out_file, data, Out(as_json))
        return
    store, settings = installation(data)
    with store.read() as connection:
        chosen = choose_round(
            connection, survey_or_file, round_name, ["closed"], ["counted", "released", "shredded"]
        )
        waiting = envelopes_of(connection, chosen.number)
    key_file = key or private_path(store.key_folder, survey_or_file, chosen.round)
    refuse_shredded(chosen)
    secret = opening(settings, key_file, cards, cards_file)
    with executor_for(waiting) as executor, counter("opening") as progress:
        done = count_round(store, chosen, key_file, secret, executor, progress)
    _tell(Out(as_json), done, chosen.survey, chosen.round, {})


def _count_file(
    file: Path,
    key: Path | None,
    ask: bool,
    cards_file: Path | None,
    out_file: Path | None,
    data: Path,
    out: Out,
) -> None:
    if not file.is_file():
        raise FileMissing(file=file)
    if key is None:
        raise KeyNotNamed
    secret = opening(load_settings(data), key, ask, cards_file)
    figures = out_file or file.with_suffix(".figures")
    with executor_for(read_head(file).envelopes) as executor, counter("opening") as progress:
        done = count_file(file, key, secret, figures, executor, progress)
    if done.follows:
        out.line(f"Its figures follow those of {', then '.join(done.follows)}: import them in this order.")
    out.line(f"Written to {figures}. Bring it to the installation: feedback-service rounds import {figures}")
    _tell(out, done, done.survey, done.round, {"file": str(figures), "follows": list(done.follows)})


def _tell(out: Out, done: Counted | CountedFile, survey: str, round_id: str, more: dict[str, object]) -> None:
    verb = "was counted before, from the same answers" if done.again else "is counted"
    out.line(f"{survey}: round {round_id} {verb}: {done.answers} answers in {done.atoms} groups.")
    if done.comments and not done.again:
        out.line(f"{done.comments} comments are sealed for their reviewers: feedback-service comments list")
    if done.invalid:
        out.line(f"{done.invalid} envelopes did not open, were copies, or held no lawful answer.")
    out.finish(
        {
            "survey": survey,
            "round": round_id,
            "answers": done.answers,
            "invalid": done.invalid,
            "atoms": done.atoms,
            "comments": done.comments,
            "again": done.again,
            **more,
        }
    )


def export(
    survey: Survey,
    out_file: Annotated[Path, typer.Option("--out", help="The file to write, like clients.export.")],
    round_name: RoundName = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Write a closed round, still sealed, to a file for the machine with the keys."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(connection, survey, round_name, ["closed"], ["counted", "released"])
    with counter("writing") as progress:
        done = export_round(store, chosen, out_file, progress)
    size = out_file.stat().st_size
    out.line(f"{survey}: round {chosen.round}, {done.envelopes} envelopes, {size} bytes in {out_file}.")
    out.line(f"Count it where the key is: feedback-service rounds count {out_file} --key FILE")
    out.line(f"SHA-256 of the content {done.digest}")
    out.finish(
        {
            "survey": survey,
            "round": chosen.round,
            "envelopes": done.envelopes,
            "file": str(out_file),
            "bytes": size,
            "sha256": done.digest,
        }
    )


def import_(
    file: Annotated[Path, typer.Argument(help="The figures that “rounds count FILE” wrote.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Take the figures of a round that was counted elsewhere into the ledger."""
    store, _ = installation(data)
    out = Out(as_json)
    if not file.is_file():
        raise FileMissing(file=file)
    done = import_figures(store, file)
    one = done.round
    verb = "was imported or counted before; nothing was changed" if done.again else "is counted"
    out.line(f"{one.survey}: round {one.round} {verb}. Next: feedback-service rounds release {one.survey}")
    out.finish({"survey": one.survey, "round": one.round, "atoms": done.atoms, "again": done.again})


@contextmanager
def executor_for(envelopes: int) -> Iterator[Executor | None]:
    """Processes for large rounds; each opens with the key in its own memory and nothing else."""
    if envelopes < _WORTH_PROCESSES:
        yield None
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, refuse_core_dumps) as pool:
        yield pool

"""`rounds shred`: destroys a released round's key and answers, after somebody has typed its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..rounds.choosing import choose_round
from ..rounds.destroying import destroy_round_files, named_round
from ..rounds.shredding import refuse_unreleased, shred_round
from ..storage.comments import find_batch
from ..storage.rounds import MIXABLE, RoundState
from .cards import Yes, confirm
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation, read_text, stages
from .counting import FileMissing, is_file

_REMINDER = (
    "Still to be destroyed by hand: printed cards, copies of the key and of the reviewers' file elsewhere"
    " (sticks, backups; on the machine where rounds are counted: feedback-service rounds shred FILE.key)."
)


def shred(
    survey_or_file: Annotated[
        str,
        typer.Argument(
            metavar="SURVEY|FILE",
            help="A survey's name; or a key file, on a machine without the installation.",
        ),
    ],
    round_name: RoundName = None,
    yes: Yes = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Destroy a released round's key and answers, for good. What was published stays.

    With a FILE: destroy that key file, and what lies for the same round beside it.
    """
    if is_file(survey_or_file):
        _shred_key_file(Path(survey_or_file), yes=yes, out=Out(as_json))
        return
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(connection, survey_or_file, round_name, ["released"], _also(round_name))
    refuse_unreleased(chosen)
    name = f"{chosen.survey}-{chosen.round}"
    with store.read() as connection:
        batch = find_batch(connection, chosen.number)
    if batch and batch.number:
        # Said even with --yes: whoever automates this should see it in the log.
        out.line(
            f"The review of {batch.number} comments is not finished: what nobody decided, and all themes, are"
            f" lost. To keep them, first: feedback-service comments finish {chosen.survey} --round"
            f" {chosen.round}"
        )
    confirm(name, "This destroys the round's key and its answers. Nobody can undo it.", yes=yes)
    with stages() as stage:
        done = shred_round(store, chosen, stage)
    out.line(f"{name}: {done.envelopes} envelopes deleted; destroyed: {_listed(done.files)}.")
    out.line(
        f"Looked again: 0 envelopes of the round are here, and none of the {done.keys_left} private key files"
        " left is its key. What was published stays."
    )
    out.line(_REMINDER)
    out.finish(
        {
            "survey": chosen.survey,
            "round": chosen.round,
            "envelopes": done.envelopes,
            "destroyed": [str(path) for path in done.files],
            "left": 0,
        }
    )


def _also(round_name: str | None) -> list[RoundState]:
    """A round that is named is taken in any state, and refused with what it lacks."""
    return ["shredded"] if round_name is None else ["shredded", *MIXABLE, "closed", "counted"]


def _shred_key_file(file: Path, *, yes: bool, out: Out) -> None:
    if not file.is_file():
        raise FileMissing(file=file)
    survey, round_id = named_round(read_text(file), file.name)
    confirm(
        f"{survey}-{round_id}",
        "This destroys the key file. Only after the round's report is out: without it nobody can count.",
        yes=yes,
    )
    files = destroy_round_files(file.with_suffix(".key"))
    out.line(f"Destroyed: {_listed(files)}.")
    out.line(_REMINDER)
    out.finish({"survey": survey, "round": round_id, "destroyed": [str(path) for path in files]})


def _listed(files: list[Path] | tuple[Path, ...]) -> str:
    return ", ".join(path.name for path in files) or "no file (no key of the round was here)"

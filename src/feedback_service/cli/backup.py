"""`backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..rounds.backing_up import NAME, NotSqlite, back_up
from ..rounds.restoring import restore as run_restore
from ..settings import load_settings
from .common import DEFAULT_DATA, Data, Json, Out, installation, stages
from .counting import FileMissing


def backup(
    to: Annotated[Path, typer.Option("--to", help=f"The file to write; in a folder it is {NAME}.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Write the one backup: store, settings, public keys. The one that was there is overwritten.

    Private keys are not in it, nor what has come since the last mix. Run it right after a mix and a close.
    """
    store, _ = installation(data)
    out = Out(as_json)
    with stages() as stage:
        done = back_up(store, to, stage)
    verb = "replaces the one before" if done.replaced else "is written"
    out.line(f"{done.target} {verb} ({done.size} bytes). Keep no other one of an open round.")
    out.line("Not in it: private keys, and what has come since the last mix.")
    out.finish({"file": str(done.target), "bytes": done.size, "replaced": done.replaced})


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Make an installation out of a backup, in a folder that is empty or not there."""
    out = Out(as_json)
    if not file.is_file():
        raise FileMissing(file=file)
    if load_settings(data).database_url is not None:
        raise NotSqlite
    with stages() as stage:
        stage("restoring")
        done = run_restore(file, data)
    for one in done.rounds:
        out.line(f"{one.survey:<16}{one.round:<10}{one.state}")
    out.line(f"Restored to {data}. What had come since the last mix before the backup is not in it.")
    out.line(f"Bring the private keys to {data / 'keys'} if they lay there. Next: feedback-service doctor")
    rounds = [{"survey": one.survey, "round": one.round, "state": one.state} for one in done.rounds]
    out.finish({"data": str(data), "rounds": rounds})

"""`keys create`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..clock import today
from ..rounds.choosing import require_survey
from ..rounds.founding import ROUNDS_PER_SITTING, make_missing_keys
from ..rounds.opening import next_quarter
from ..sealing.wrapping import derive
from .common import DEFAULT_DATA, Data, Json, Memory, Out, derivation, installation, passphrase


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help="Keys of rounds.", no_args_is_help=True)
    group.callback()(_several)
    group.command()(create)
    return group


def _several() -> None:
    """Keys of rounds."""


def create(
    survey: Annotated[str, typer.Argument(help="The survey's name.")],
    kdf_memory: Memory = 1024,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Make keys for the coming four rounds, independent of one another, in one sitting."""
    store, settings = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        require_survey(connection, survey)
        first = next_quarter(connection, survey, today())
    made = make_missing_keys(
        store.key_folder,
        [survey],
        first,
        lambda: derive(passphrase(settings, twice=True), derivation(kdf_memory)),
    )
    if made:
        out.line(f"Made in {store.key_folder}: {', '.join(made)}. Keep copies elsewhere.")
    else:
        out.line(f"The next {ROUNDS_PER_SITTING} rounds have their keys; nothing was changed.")
    out.finish({"made": made})

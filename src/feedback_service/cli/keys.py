"""`keys create|verify`, and the group that cards belong to (`trustees.py`)."""

from __future__ import annotations

import typer

from ..clock import today
from ..rounds.choosing import require_survey
from ..rounds.founding import ROUNDS_PER_SITTING, make_missing_keys
from ..rounds.key_folder import rounds_with
from ..rounds.opening import next_quarter
from ..rounds.sitting import begin_sitting
from ..rounds.trustees import choose_key, find_key
from ..rounds.unlocking import unlock
from ..sealing.wrapping import WrappingKey
from ..settings import load_settings
from .cards import AskCards, CardsFile, opening
from .common import (
    DEFAULT_DATA,
    Data,
    Json,
    Memory,
    Out,
    RoundName,
    derivation,
    installation,
    passphrase,
    stages,
)
from .trustees import KeyFile, KeySurvey, combine, round_of, rounds_here, split


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help="Keys of rounds, and cards for trustees.", no_args_is_help=True)
    for command in (create, split, combine, verify):
        group.command()(command)
    return group


def create(
    survey: KeySurvey, kdf_memory: Memory = 1024, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Make keys for the coming four rounds, independent of one another, in one sitting."""
    store, settings = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        require_survey(connection, survey)
        first = next_quarter(connection, survey, today(), settings.quarters_of(survey))
    made = make_missing_keys(
        store.key_folder,
        [survey],
        first,
        lambda: begin_sitting(store.key_folder, passphrase(settings, twice=True), derivation(kdf_memory)),
    )
    if made:
        out.line(f"Made in {store.key_folder}: {', '.join(made)}. Keep copies elsewhere.")
    else:
        out.line(f"The next {ROUNDS_PER_SITTING} rounds have their keys; nothing was changed.")
    out.finish({"made": made})


def verify(
    survey: KeySurvey,
    round_name: RoundName = None,
    key: KeyFile = None,
    ask: AskCards = False,
    cards_file: CardsFile = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Prove that the passphrase, or cards, open keys and fit the public keys in use. Changes nothing."""
    out, folder, settings = Out(as_json), data / "keys", load_settings(data)
    here = rounds_here(data)
    by_cards = ask or cards_file is not None
    named = round_name or round_of(key, survey)
    if named is None and by_cards:
        named = choose_key(folder, survey, rounds_with(folder, survey, ".cards"))
    rounds = [named] if named else rounds_with(folder, survey, ".key")
    places = [find_key(folder, survey, one, key, here) for one in rounds]
    if not places:
        choose_key(folder, survey, rounds)
    secret = opening(settings, places[0].key_file, ask, cards_file)
    derived: list[WrappingKey] = []
    for place in places:
        with stages() as stage:
            stage(f"opening {place.key_file.name}")
            unlock(place.key_file, place.wanted, secret, [place.ledger_folder], derived)
        fits = ", ".join(place.fits) or "its own public half"
        out.line(f"{survey} {place.wanted.round}: opens, and fits {fits}.")
    out.finish(
        [
            {"survey": survey, "round": one.wanted.round, "opens": True, "fits": list(one.fits)}
            for one in places
        ]
    )

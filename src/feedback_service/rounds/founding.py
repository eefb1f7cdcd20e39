"""Founds an installation: database, regions, both standing surveys, keys for four rounds, one open round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..mixing.code_keys import CodeKeys
from ..regions.directory import baden_wuerttemberg
from ..sealing.wrapping import WrappingKey
from ..storage.machines import register
from ..storage.mail_keys import make_missing_mail_key
from ..storage.recipients import all_recipients
from ..storage.regions import put_regions
from ..storage.rounds import Round, all_rounds
from ..storage.session import Store, make_store
from ..storage.surveys import add_survey, survey_names
from ..surveys.questionnaire import Questionnaire
from ..surveys.yaml_form import STANDING, standing_survey
from .calendar import Quarter
from .key_folder import has_keys, make_keys, make_ledger_key
from .opening import open_round
from .this_machine import this_machine

ROUNDS_PER_SITTING = 4


@dataclass(frozen=True, slots=True)
class Founded:
    """What was made; empty where it was there already."""

    store: Store
    keys: tuple[str, ...]
    opened: tuple[Round, ...]


def found(
    folder: Path, database_url: str | None, first: Quarter, wrapping: Callable[[], WrappingKey]
) -> Founded:
    """Make or complete an installation; safe to repeat. `wrapping` is asked only if keys must be made."""
    store = make_store(folder, database_url)
    for name in ("spool", "tmp"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    CodeKeys(store.mix_folder, store.spool_folder).make_missing()
    with store.read() as connection:
        sealed = len(all_recipients(connection))
    make_missing_mail_key(store.mail_folder, store.spool_folder, sealed)
    machine = this_machine(store.spool_folder)
    with store.begin() as connection:
        register(connection, machine)
        if not survey_names(connection):
            put_regions(connection, baden_wuerttemberg().regions.values())
            for questionnaire in standing_surveys():
                add_survey(connection, questionnaire)
        waiting = [name for name in survey_names(connection) if not all_rounds(connection, name)]
    keys = make_missing_keys(store.key_folder, waiting, first, wrapping)
    with store.begin() as connection:
        opened = [open_round(connection, store.key_folder, name, first) for name in waiting]
    return Founded(store, tuple(keys), tuple(opened))


def standing_surveys() -> list[Questionnaire]:
    """The two shipped questionnaires."""
    return [standing_survey(name) for name in STANDING]


def make_missing_keys(
    key_folder: Path, surveys: Sequence[str], first: Quarter, wrapping: Callable[[], WrappingKey]
) -> list[str]:
    """Keys for four rounds of each survey from `first` on, in one sitting; gives those made.

    The first sitting of a folder makes the ledger's key too.
    """
    missing = [
        (survey, str(first.plus(ahead)))
        for survey in surveys
        for ahead in range(ROUNDS_PER_SITTING)
        if not has_keys(key_folder, survey, str(first.plus(ahead)))
    ]
    if not missing:
        return []
    key = wrapping()
    make_ledger_key(key_folder, key)
    for survey, round_id in missing:
        make_keys(key_folder, survey, round_id, key)
    return [f"{survey}-{round_id}" for survey, round_id in missing]

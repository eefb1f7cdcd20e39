"""All checks of an installation. What can't be read is a finding, and the rest is still looked at."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..disclosure.check_chain import chain_problems
from ..errors import FeedbackError
from ..intake.flood import FloodGate
from ..rounds.backing_up import noted_target
from ..rounds.calendar import Quarter
from ..rounds.key_folder import has_keys, load_ledger_key
from ..rounds.opening import next_quarter, opens_now
from ..settings import Settings, load_settings
from ..storage.comments import find_batch, waiting_comments
from ..storage.ledger import all_entries
from ..storage.releases import release_body, release_heads
from ..storage.rounds import MIXABLE, Round, all_rounds
from ..storage.session import Store, open_store
from ..storage.surveys import survey_by_fingerprint, survey_names
from . import installation, keys, looking, machine, quarters, waiting
from .examine_mail import examine_mail
from .finding import Finding

_KEYS_LOOKED_FOR = 4


@dataclass(frozen=True, slots=True)
class Place:
    """What is examined, when, and with which environment."""

    folder: Path
    at: datetime
    environment: Mapping[str, str]


def examine(place: Place) -> list[Finding]:
    """Every check that can be made. Reads only."""
    settings, problem = _settings(place.folder)
    named = installation.Named(settings.operator, settings.contact, settings.demo) if settings else None
    found = [installation.check_settings(problem, named)]
    store, problem = _store(place.folder, settings)
    found.append(installation.check_database(problem))
    if store:
        found += _of_store(place, store, settings or Settings())
    found += _of_machine(place)
    found += _of_keys(place, settings)
    return found


def _settings(folder: Path) -> tuple[Settings | None, str | None]:
    try:
        return load_settings(folder), None
    except FeedbackError as error:
        return None, str(error)
    except OSError as error:
        return None, f"{error.filename}: {error.strerror}."


def _store(folder: Path, settings: Settings | None) -> tuple[Store | None, str | None]:
    try:
        return open_store(folder, settings.database_url if settings else None), None
    except FeedbackError as error:
        return None, str(error)
    except SQLAlchemyError as error:
        # Its text would name statements; the class says enough.
        return (
            None,
            f"The database can't be read ({type(error).__name__}). Restore a backup (docs/operating.md).",
        )


def _of_store(place: Place, store: Store, settings: Settings) -> Iterator[Finding]:
    spools = looking.read_spools(store.spool_folder)
    with store.read() as connection:
        yield installation.check_surveys(survey_names(connection))
        rounds = all_rounds(connection)
        for survey in survey_names(connection):
            yield from _of_survey(place, store, connection, survey, settings.quarters_of(survey))
        yield from _floods(rounds, spools, settings)
        yield _releases(connection, store)
        due = [_enough(connection, one, spools) for one in rounds if one.state in MIXABLE]
    yield waiting.check_mix(looking.since_last_mix(store, place.at), due)
    mixable = {one.number for one in rounds if one.state in MIXABLE}
    yield waiting.check_stranded(sum(n for number, n in spools.waiting.items() if number not in mixable))
    yield waiting.check_damaged(spools.damaged)
    yield waiting.check_unreadable(spools.unreadable)
    yield waiting.check_halves(spools.lost)
    yield from examine_mail(store, settings, place.at.date())
    yield from _room(place.folder, spools)
    yield _backup(place)


def _of_survey(
    place: Place, store: Store, connection: Connection, survey: str, asked: Collection[int]
) -> Iterator[Finding]:
    today = place.at.date()
    rounds = all_rounds(connection, survey)
    following = next_quarter(connection, survey, today, asked)
    later = not opens_now(connection, survey, following, today)
    yield quarters.check_open(survey, rounds, today, str(following) if later else None)
    closes = next((one.closes for one in rounds if one.state == "open"), None)
    ready = _ready(store.key_folder, survey, following)
    yield quarters.check_keys_ready(survey, ready, closes, today)
    yield from quarters.check_unfinished(survey, rounds, today)
    batches = {one: find_batch(connection, one.number) for one in rounds}
    under_review = {
        one.round: (batch.number, waiting_comments(connection, one.number))
        for one, batch in batches.items()
        if batch
    }
    yield from quarters.check_review(survey, under_review)


def _ready(folder: Path, survey: str, first: Quarter) -> int:
    """How many of the coming rounds have their key, without a gap."""
    ahead = 0
    while ahead < _KEYS_LOOKED_FOR and has_keys(folder, survey, str(first.plus(ahead))):
        ahead += 1
    return ahead


def _floods(rounds: list[Round], spools: looking.Spools, settings: Settings) -> Iterator[Finding]:
    gate = FloodGate(settings.expected_answers)
    for one in rounds:
        if one.state in MIXABLE:
            answers = one.mixed + spools.waiting.get(one.number, 0)
            yield quarters.check_flood(one.survey, one, answers, gate.limit(one.survey))


def _enough(connection: Connection, one: Round, spools: looking.Spools) -> waiting.Enough:
    asked = survey_by_fingerprint(connection, one.survey, one.fingerprint)
    return waiting.enough(
        spools.waiting.get(one.number, 0),
        codes=asked is not None and asked.has_codes,
        required=asked is not None and asked.access == "code-required",
    )


def _releases(connection: Connection, store: Store) -> Finding:
    key = load_ledger_key(store.key_folder)
    entries = all_entries(connection)
    newest = {head.survey: head for head in reversed(release_heads(connection))}
    problems: list[str] = []
    for head in newest.values():
        found = release_body(connection, head.survey, head.round)
        try:
            wrong = chain_problems(json.loads(found[1] if found else b""), key, entries)
        except (ValueError, LookupError, TypeError):
            wrong = ["it can't be read"]
        problems += [f"{head.survey} {head.round}: {one}" for one in wrong]
    names = [f"{head.survey} {head.round}" for head in newest.values()]
    return installation.check_releases(names, problems, key_known=key is not None)


def _room(folder: Path, spools: looking.Spools) -> Iterator[Finding]:
    database = sum(path.stat().st_size for path in folder.glob("*.sqlite"))
    needed = machine.room_needed(database, spools.sizes)
    yield machine.check_room(str(folder), looking.free_bytes(folder), needed)
    if _apart(folder):
        spool = folder / "spool"
        needed = machine.room_needed(0, spools.sizes)
        yield machine.check_room(str(spool), looking.free_bytes(spool), needed)


def _apart(folder: Path) -> bool:
    """Whether the spools lie on a file system of their own."""
    spool = folder / "spool"
    return spool.is_dir() and spool.stat().st_dev != folder.stat().st_dev


def _backup(place: Place) -> Finding:
    target = noted_target(place.folder)
    if target is None or not target.exists():
        return installation.check_backup(str(target) if target else None, None)
    made = datetime.fromtimestamp(target.stat().st_mtime, UTC)
    return installation.check_backup(str(target), place.at - made)


def _of_machine(place: Place) -> Iterator[Finding]:
    mounts = looking.read_system("/proc/self/mountinfo")
    spool = place.folder / "spool"
    data_kind = looking.file_system(place.folder, mounts)
    yield machine.check_file_system(str(place.folder), data_kind)
    if _apart(place.folder):
        yield machine.check_file_system(str(spool), looking.file_system(spool, mounts))
    yield machine.check_clock(place.at, looking.newest_write(place.folder))
    if place.folder.is_dir():
        yield machine.check_mode(str(place.folder), place.folder.stat().st_mode & 0o777)
    swaps = looking.read_system("/proc/swaps")
    yield machine.check_swap(None if swaps is None else len(swaps.splitlines()) - 1)
    yield machine.check_core_dumps(looking.core_limit())


def _of_keys(place: Place, settings: Settings | None) -> Iterator[Finding]:
    files = looking.key_files(place.folder / "keys")
    yield keys.check_wrapped(files)
    yield keys.check_readable(files)
    path = settings.passphrase_file if settings else None
    inside = path is not None and path.resolve().is_relative_to(place.folder.resolve())
    mode = path.stat().st_mode & 0o777 if path and path.exists() else None
    yield keys.check_passphrase_file(str(path) if path else None, inside=inside, mode=mode)
    yield keys.check_unattended(place.environment.get("FEEDBACK_ROUND_KEY_FILE"))

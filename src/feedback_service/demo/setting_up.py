"""Sets the demonstration up: founds an installation and brings two past quarters to their releases.

Every invented answer is sealed, spooled, mixed, opened, counted, protected and released by the code that
real ones travel through. Killed and started again, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from ..intake.slot import Packed, answer
from ..intake.spool import Spool
from ..rounds.calendar import Quarter
from ..rounds.closing import close_round
from ..rounds.counting import count_round
from ..rounds.founding import found
from ..rounds.key_folder import private_path
from ..rounds.releasing import release_round
from ..sealing.keys import PublicKey
from ..sealing.seal import SealingContext, seal
from ..sealing.wrapping import Derivation, derive
from ..settings import SETTINGS_FILE, Settings, settings_text
from ..storage.regions import read_directory
from ..storage.replies import add_once
from ..storage.rounds import MIXABLE, Round, all_rounds
from ..storage.session import Store
from ..storage.surveys import survey_by_fingerprint
from .invented import invent
from .passphrase import DEMO_PASSPHRASE
from .replies import invented_replies
from .reviewing import is_reviewed, review_comments

RESPONDENTS = 4000
PAST_QUARTERS = 2
_SMALL = Derivation(memory_kib=8 * 1024, passes=1, lanes=1)
_CLIENTS_SHARE = 0.82
_DAYS_TO_RELEASE = 4
_DAYS_TO_REVIEW = 18
_REPLIES_TO_NEWEST = 3

Progress = Callable[[str], None]


def set_up(
    folder: Path, today: date, respondents: int = RESPONDENTS, progress: Progress = lambda _step: None
) -> Store:
    """Make the demonstration in `folder`, or finish one that was begun."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / SETTINGS_FILE).exists():
        text = settings_text(operator="", contact="", public_url="http://127.0.0.1:8000", demo=True)
        (folder / SETTINGS_FILE).write_text(text, "utf-8")
    current = Quarter.of(today)
    store = found(folder, None, current.plus(-PAST_QUARTERS), lambda: derive(DEMO_PASSPHRASE, _SMALL)).store
    for past in range(-PAST_QUARTERS, 0):
        for one in _rounds_of(store, current.plus(past)):
            _bring_to_release(store, one, respondents // PAST_QUARTERS, progress)
            if not is_reviewed(store, one):
                progress(f"reviewing comments of {one.survey} {one.round}")
                _review(store, one, today, to_the_end=past < -1)
        _reply(store, current.plus(past), today, most=_REPLIES_TO_NEWEST if past == -1 else None)
    return store


def is_demo(folder: Path, settings: Settings) -> bool:
    """Whether `folder` may be used for a demonstration: a new one, or one that is one already."""
    return settings.demo or not (folder / SETTINGS_FILE).exists()


def _rounds_of(store: Store, quarter: Quarter) -> list[Round]:
    with store.read() as connection:
        return [one for one in all_rounds(connection) if one.round == str(quarter)]


def _bring_to_release(store: Store, one: Round, respondents: int, progress: Progress) -> None:
    quarter = Quarter.parse(one.round)
    if one.state == "open":
        progress(f"inventing answers for {one.survey} {one.round}")
        share = _CLIENTS_SHARE if one.survey == "clients" else 1 - _CLIENTS_SHARE
        _answer_round(store, one, round(respondents * share))
    if one.state in MIXABLE:
        progress(f"closing and mixing {one.survey} {one.round}")
        close_round(store, store.key_folder, one, quarter.last_day)
    if one.state not in ("counted", "released"):
        progress(f"counting {one.survey} {one.round}")
        count_round(store, one, private_path(store.key_folder, one.survey, one.round), DEMO_PASSPHRASE)
    if one.state != "released":
        release_round(store, one, quarter.last_day + timedelta(days=_DAYS_TO_RELEASE))


def _review(store: Store, one: Round, today: date, *, to_the_end: bool) -> None:
    done = Quarter.parse(one.round).last_day + timedelta(days=_DAYS_TO_REVIEW)
    review_comments(store, one, _SMALL, min(done, today), to_the_end=to_the_end)


def _reply(store: Store, quarter: Quarter, today: date, most: int | None) -> None:
    issued = quarter.last_day + timedelta(days=_DAYS_TO_RELEASE)
    with store.begin() as connection:
        for one in invented_replies(str(quarter), issued, today, most):
            add_once(connection, one)


def _answer_round(store: Store, one: Round, number: int) -> None:
    with store.read() as connection:
        questionnaire = survey_by_fingerprint(connection, one.survey, one.fingerprint)
        directory = read_directory(connection)
    if questionnaire is None:
        raise LookupError("a round without its questionnaire")
    sealing = SealingContext(one.survey, one.round, one.fingerprint, PublicKey.from_bytes(one.public_key))
    spool = Spool(store.spool_folder)
    try:
        group: list[Packed] = []
        for invented in invent(questionnaire, directory, one.round, number):
            envelope = seal(sealing, lang=invented.lang, channel="web", answers=invented.answers)
            id_ = invented.receipt.id_for(invented.answers)
            group.append(answer(one.number, invented.receipt.tag, id_, envelope).packed())
        spool.store(group)
    finally:
        spool.close()

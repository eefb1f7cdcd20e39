"""Codes at the mix: spent once, for one answer, and afterwards nothing pairs the two."""

from __future__ import annotations

import random
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from feedback_service.intake.code_key import CodeKey
from feedback_service.intake.slot import Pending, answer, tombstone
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import Spool
from feedback_service.mixing import mix as module
from feedback_service.mixing.code_keys import PRIVATE_FILE, CodeKeys
from feedback_service.mixing.mix import mix
from feedback_service.sealing.code_field import open_code, seal_code
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.sealing.keys import PrivateKey
from feedback_service.secret import Secret
from feedback_service.storage.access_codes import add_codes, fresh_codes, totals
from feedback_service.storage.rounds import Round, add_round, move
from feedback_service.storage.schema import access_code, envelope
from feedback_service.storage.session import Store, make_store, open_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Access
from feedback_service.surveys.yaml_form import standing_survey

Put = Callable[..., None]
TheRound = Callable[..., Round]
InSpools = Callable[[Store], list[Pending]]
Send = Callable[..., Pending]
MakeSpool = Callable[..., Spool]


def _macs(number: int, seed: str = "") -> list[bytes]:
    return [random.Random(f"{seed}{one}").randbytes(32) for one in range(number)]


def _with_codes(folder: Path, access: Access, macs: Collection[bytes] = ()) -> Store:
    """An installation with the round 1, whose survey takes codes."""
    store = make_store(folder)
    questionnaire = read_document({**standing_survey("clients").document, "access": access})
    with store.begin() as connection:
        add_survey(connection, questionnaire)
        add_round(
            connection,
            survey="clients",
            round_id="2026-Q4",
            closes=date(2026, 12, 31),
            fingerprint=questionnaire.fingerprint,
            public_key=PrivateKey.generate().public.to_bytes(),
            mixing_key=Secret(bytes(range(32))),
            pepper=Secret(bytes(32)),
        )
        add_codes(connection, 1, macs or _macs(200))
    (folder / "spool").mkdir()
    CodeKeys(store.mix_folder, store.spool_folder).make_missing()
    return store


@pytest.fixture
def optional(tmp_path: Path) -> Store:
    return _with_codes(tmp_path / "data", "code-optional")


@pytest.fixture
def required(tmp_path: Path) -> Store:
    return _with_codes(tmp_path / "data", "code-required")


def _sent(store: Store, code: bytes | None = None, tag: bytes = b"", id_: bytes = b"") -> Pending:
    field = seal_code(CodeKey(store.spool_folder).current(), code)
    body = secrets.token_bytes(ENVELOPE_BYTES)
    return answer(1, tag or secrets.token_bytes(16), id_ or secrets.token_bytes(16), body, field)


def _rows(store: Store) -> dict[bytes, bool]:
    """Bodies in the store, and whether they are verified."""
    with store.read() as connection:
        return {row.body: row.verified for row in connection.execute(envelope.select())}


def _spent(store: Store) -> set[bytes]:
    query = access_code.select().where(access_code.c.spent.is_(True))
    with store.read() as connection:
        return {bytes(row.mac) for row in connection.execute(query)}


def test_an_answer_with_a_fresh_code_is_verified_and_its_code_is_spent(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(optional), _macs(30)
    with_code = [_sent(optional, code) for code in codes]
    without = [_sent(optional) for _ in range(25)]
    put(spool, *with_code, *without)
    mix(optional, closing=[the_round(optional)])
    rows = _rows(optional)
    assert all(rows[one.envelope] for one in with_code)
    assert not any(rows[one.envelope] for one in without)
    assert _spent(optional) == set(codes)


@pytest.mark.parametrize("access", ["code-optional", "code-required"])
def test_used_and_unknown_codes_count_as_open_or_not_at_all(
    tmp_path: Path, make_spool: MakeSpool, put: Put, the_round: TheRound, access: Access
) -> None:
    store = _with_codes(tmp_path / "data", access)
    spool, codes = make_spool(store), _macs(30)
    put(spool, *[_sent(store, code) for code in codes])
    mix(store)
    used = [_sent(store, code) for code in _spent(store)]
    unknown = [_sent(store, code) for code in _macs(10, "unknown")]
    bare = [_sent(store) for _ in range(5)]
    put(spool, *used, *unknown, *bare)
    mix(store, closing=[the_round(store)])
    rows = _rows(store)
    assert Counter(rows.values())[True] == 30
    late = [one.envelope for one in used + unknown + bare]
    if access == "code-required":
        assert not set(late) & rows.keys()
    else:
        assert [rows[body] for body in late] == [False] * len(late)
    assert _spent(store) == set(codes)


def test_one_code_verifies_one_answer_and_the_contest_is_counted(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(optional), _macs(40)
    copied = codes[0]
    several = [_sent(optional, copied) for _ in range(4)]
    put(spool, *several, *[_sent(optional, code) for code in codes[1:]])
    mix(optional, closing=[the_round(optional)])
    rows = _rows(optional)
    assert sorted(rows[one.envelope] for one in several) == [False, False, False, True]
    assert the_round(optional).contested == 1
    assert len(_spent(optional)) == 40


def test_who_wins_a_contest_does_not_depend_on_the_order_of_arrival(
    tmp_path: Path, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    codes = _macs(20)
    tags = [secrets.token_bytes(16) for _ in range(6)]
    winners = set()
    for turn in (1, -1):
        store = _with_codes(tmp_path / f"data{turn}", "code-optional")
        spool = make_spool(store)
        several = [_sent(store, codes[0], tag, tag) for tag in tags[::turn]]
        put(spool, *several, *[_sent(store, code) for code in codes[1:]])
        mix(store, closing=[the_round(store)])
        rows = _rows(store)
        winners.add(next(one.tag for one in several if rows[one.envelope]))
    assert len(winners) == 1


def test_the_same_form_sent_twice_with_its_code_is_no_contest(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(optional), _macs(25)
    sent = [_sent(optional, code) for code in codes]
    again = [
        _sent(optional, code, one.tag, one.id) for code, one in zip(codes, sent, strict=True) for _ in "ab"
    ]
    put(spool, *sent, *again)
    mix(optional, closing=[the_round(optional)])
    assert list(_rows(optional).values()) == [True] * 25
    assert the_round(optional).contested == 0


def test_the_same_answer_sent_again_with_a_code_becomes_verified(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(optional), _macs(30)
    sent = [_sent(optional) for _ in range(30)]
    put(spool, *sent)
    mix(optional)
    put(spool, *[_sent(optional, code, one.tag, one.id) for code, one in zip(codes, sent, strict=True)])
    mix(optional, closing=[the_round(optional)])
    rows = _rows(optional)
    assert len(rows) == 30 and all(rows.values())
    assert _spent(optional) == set(codes)


def test_ten_of_each_pool_stay_and_their_codes_still_count_later(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound, in_spools: InSpools
) -> None:
    spool, codes = make_spool(optional), _macs(30)
    put(spool, *[_sent(optional, code) for code in codes], *[_sent(optional) for _ in range(30)])
    report = mix(optional)
    assert (report.stored, report.staying) == (40, 20)
    assert len(_spent(optional)) == 20
    old_keys = CodeKeys(optional.mix_folder, optional.spool_folder).all()
    mix(optional, closing=[the_round(optional)])
    assert Counter(_rows(optional).values()) == {True: 30, False: 30}
    assert _spent(optional) == set(codes)
    assert len(old_keys) == 2


def test_what_stays_is_sealed_to_the_new_key_with_and_without_a_code(
    optional: Store, make_spool: MakeSpool, put: Put, in_spools: InSpools
) -> None:
    spool, codes = make_spool(optional), _macs(30)
    sent = [_sent(optional, code) for code in codes] + [_sent(optional) for _ in range(30)]
    put(spool, *sent)
    before = {one.code_field for one in sent}
    mix(optional)
    staying = in_spools(optional)
    newest = CodeKeys(optional.mix_folder, optional.spool_folder).all()[0]
    assert len(staying) == 20 and not before & {one.code_field for one in staying}
    opened = [open_code([newest], one.code_field) for one in staying]
    assert None not in opened
    assert len(set(opened) & set(codes)) == 10


def test_fewer_than_ten_verified_answers_are_stored_as_open_at_the_close(
    required: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(required), _macs(9)
    put(spool, *[_sent(required, code) for code in codes])
    mix(required, closing=[the_round(required)])
    assert list(_rows(required).values()) == [False] * 9


def test_below_twenty_of_each_pool_nothing_moves(optional: Store, make_spool: MakeSpool, put: Put) -> None:
    spool = make_spool(optional)
    put(spool, *[_sent(optional, code) for code in _macs(19)], *[_sent(optional) for _ in range(19)])
    key = CodeKey(optional.spool_folder).current().to_bytes()
    report = mix(optional)
    assert report.below_threshold and report.staying == 38 and _rows(optional) == {}
    assert CodeKey(optional.spool_folder).current().to_bytes() == key


def test_a_deletion_takes_a_verified_answer_away_too(
    required: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool, codes = make_spool(required), _macs(30)
    sent = [_sent(required, code) for code in codes]
    put(spool, *sent)
    mix(required)
    put(spool, tombstone(1, sent[0].tag), tombstone(1, sent[1].tag))
    mix(required, closing=[the_round(required)])
    assert _rows(required).keys() == {one.envelope for one in sent[2:]}


def test_without_the_mix_s_key_answers_go_as_open_and_the_operator_is_told(
    required: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool = make_spool(required)
    sent = [_sent(required, code) for code in _macs(30)]
    put(spool, *sent)
    (required.mix_folder / PRIVATE_FILE).unlink()
    report = mix(required, closing=[the_round(required)])
    assert report.unreadable == 30
    assert _rows(required) == {one.envelope: False for one in sent}


def test_the_total_that_is_shown_is_rounded_down_and_changes_at_a_mix_only(
    optional: Store, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    spool = make_spool(optional)
    put(spool, *[_sent(optional) for _ in range(57)])
    assert the_round(optional).mixed == 0
    mix(optional)
    assert the_round(optional).mixed == 40
    mix(optional, closing=[the_round(optional)])
    assert the_round(optional).mixed == 50


class Killed(BaseException):
    """Stands for kill -9."""


def _killed(*_all: object, **_named: object) -> None:
    raise Killed


@pytest.mark.parametrize("stage", ["spend", "vacuum", "carry", "refill", "forget"])
def test_killed_at_any_stage_each_code_verifies_its_answer_in_the_end(
    required: Store,
    make_spool: MakeSpool,
    put: Put,
    the_round: TheRound,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    spool, codes = make_spool(required), _macs(60)
    sent = [_sent(required, code) for code in codes]
    put(spool, *sent[:40])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        match stage:
            case "spend":
                patch.setattr(module, "spend", _killed)
            case "vacuum":
                patch.setattr(Store, "vacuum", _killed)
            case "carry":
                patch.setattr(module, "carry", _killed)
            case "refill":
                patch.setattr(SlotFile, "refill", _killed)
            case "forget":
                patch.setattr(CodeKeys, "forget_all_but", _killed)
        mix(required)
    put(spool, *sent[40:])
    mix(required)
    mix(required, closing=[the_round(required)])
    assert _rows(required) == {one.envelope: True for one in sent}
    assert _spent(required) == set(codes)
    assert the_round(required).contested == 0


def test_codes_printed_in_two_goes_lie_sorted_as_one(tmp_path: Path) -> None:
    macs = _macs(120)
    one_go = _with_codes(tmp_path / "one", "code-optional", macs)
    two_goes = _with_codes(tmp_path / "two", "code-optional", macs[:50])
    with two_goes.begin() as connection:
        add_codes(connection, 1, macs[50:])
    for store in (one_go, two_goes):
        with store.read() as connection:
            listed = [bytes(row.mac) for row in connection.execute(access_code.select())]
            assert listed == sorted(macs)
            assert fresh_codes(connection, 1, macs) == set(macs)
            assert totals(connection, 1).printed == 120


def test_the_file_is_the_same_whatever_the_order_of_spending(
    tmp_path: Path, make_spool: MakeSpool, put: Put, the_round: TheRound
) -> None:
    """Two orders of arrival, the same envelopes and keys: byte for byte the same store."""
    codes = _macs(60)
    template = _with_codes(tmp_path / "template", "code-optional", _macs(200))
    sent = [_sent(template, code) for code in codes] + [_sent(template) for _ in range(60)]
    contents = []
    for name, turn in (("up", 1), ("down", -1)):
        store = _copy(template, tmp_path / name)
        spool = make_spool(store)
        for start in range(0, 120, 30):
            put(spool, *[replace(one) for one in sent[::turn][start : start + 30]])
        mix(store, closing=[the_round(store)])
        contents.append(_masked((tmp_path / name / "feedback.sqlite").read_bytes()))
    assert contents[0] == contents[1]


def _copy(store: Store, folder: Path) -> Store:
    shutil.copytree(store.folder, folder)
    return open_store(folder)


def _masked(content: bytes) -> bytes:
    masked = bytearray(content)
    # SQLite's own change counters count transactions, not answers.
    masked[92:100] = masked[24:28] = b""
    return bytes(masked)


def test_what_waits_for_a_round_that_is_over_stays_and_is_told_with_and_without_a_code(
    required: Store, make_spool: MakeSpool, put: Put, in_spools: InSpools
) -> None:
    """As after a restored database: nothing may be dropped that an operator could still look into."""
    spool = make_spool(required)
    sent = [_sent(required, code) for code in _macs(25)] + [_sent(required) for _ in range(25)]
    put(spool, *sent)
    with required.begin() as connection:
        move(connection, 1, ["open"], "closed")
    report = mix(required)
    assert report.stranded == len(sent) and _rows(required) == {}
    assert {one.envelope for one in in_spools(required)} == {one.envelope for one in sent}


def test_the_command_says_that_the_mix_s_key_is_gone(
    new_installation: Callable[..., Any], tmp_path: Path
) -> None:
    """Through the real commands: the operator must hear of it."""
    installation = new_installation()
    file, cards = tmp_path / "clients.yaml", tmp_path / "cards.csv"
    installation.json("surveys", "export", "clients", "--out", str(file))
    text = file.read_text("utf-8").replace("audience: clients", "audience: clients\naccess: code-optional")
    file.write_text(text, "utf-8")
    installation.json("surveys", "import", str(file))
    installation.json("rounds", "close", "clients")
    installation.json("codes", "print", "clients", "--count", "50", "--out", str(cards))
    with installation.serving() as served:
        for _ in range(25):
            sent = {"region": "08416", "comment": secrets.token_hex(4)}
            assert httpx2.post(f"{served.url}/de/a", data=sent).status_code == 303
    (installation.data / "mix" / PRIVATE_FILE).unlink()
    done = installation.run("mix")
    assert done.code == 1 and "25 answers went as open" in done.out

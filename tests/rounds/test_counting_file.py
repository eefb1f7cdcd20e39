"""Counting from a file, and taking the figures back: the same ledger and releases as counting in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from feedback_service.disclosure.ledger import BrokenChain, UnsignedEntry, append, read_table, verify_chain
from feedback_service.disclosure.ledger_file import InvalidLedgerFile, ledger_document
from feedback_service.rounds import counting_file, importing
from feedback_service.rounds.choosing import UnknownRound, UnknownSurvey, WrongState
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.counting import RoundShredded, count_round
from feedback_service.rounds.counting_file import (
    CountedFile,
    InvalidFigures,
    count_file,
    read_figures,
    read_head,
)
from feedback_service.rounds.export_file import InvalidExport
from feedback_service.rounds.exporting import LedgerPubMissing, export_round
from feedback_service.rounds.importing import (
    Imported,
    LedgerMovedOn,
    OthersFirst,
    import_figures,
)
from feedback_service.rounds.key_folder import counted_path, load_ledger_key, private_path
from feedback_service.rounds.releasing import release_round
from feedback_service.rounds.remembering import OtherAnswers
from feedback_service.rounds.unlocking import KeyNotHere, WrongKey, WrongLedgerKey
from feedback_service.sealing.cards import Cards
from feedback_service.sealing.keys import PrivateKey, to_base64url
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import WrongPassphrase
from feedback_service.secret import Secret
from feedback_service.storage.ledger import all_entries
from feedback_service.storage.rounds import Round, move
from feedback_service.storage.session import Store, open_store

TheRound = Callable[..., Round]
Send = Callable[[Store, Round, int], None]
Contents = Callable[[Store], dict[str, bytes]]
Execute = Callable[..., int]
DAY = date(2027, 1, 4)


@dataclass(frozen=True, slots=True)
class Machines:
    """The installation, without any private key, and the folder of the machine that has them."""

    web: Store
    keys: Path
    passphrase: Secret

    def key(self, survey: str = "clients", round_id: str = "2026-Q4") -> Path:
        return private_path(self.keys, survey, round_id)

    def export(self, one: Round) -> Path:
        path = self.keys.parent / f"{one.survey}-{one.round}.export"
        export_round(self.web, one, path)
        return path

    def count(self, export: Path, name: str = "") -> CountedFile:
        head = read_head(export)
        key = self.key(head.asked.survey, head.asked.round)
        return count_file(export, key, self.passphrase, self.figures(export, name))

    def figures(self, export: Path, name: str = "") -> Path:
        return export.with_name(name or export.stem).with_suffix(".figures")

    def bring_back(self, export: Path) -> Imported:
        return import_figures(self.web, self.figures(export))


@pytest.fixture
def machines(closed: Store, tmp_path: Path, passphrase: Secret) -> Machines:
    """Two machines: the private files lie on one, the public ones and the answers on the other."""
    keys = tmp_path / "private"
    keys.mkdir()
    for path in closed.key_folder.iterdir():
        if path.suffix == ".key":
            path.rename(keys / path.name)
    return Machines(closed, keys, passphrase)


@pytest.fixture
def export(machines: Machines, the_round: TheRound) -> Path:
    return machines.export(the_round(machines.web))


def _close_other(machines: Machines, the_round: TheRound, send: Send) -> Path:
    """The counsellors' round, closed with answers and exported."""
    one = the_round(machines.web, survey="counsellors")
    send(machines.web, one, 40)
    close_round(machines.web, machines.web.key_folder, one, date(2027, 1, 1))
    return machines.export(one)


def test_a_count_from_a_file_needs_no_database_and_gives_signed_figures(
    machines: Machines, export: Path
) -> None:
    done = machines.count(export)
    assert (done.survey, done.round, done.answers, done.invalid) == ("clients", "2026-Q4", 300, 0)
    assert not done.again and done.follows == ()
    found = read_figures(machines.figures(export))
    verify_chain(found.entries, load_ledger_key(machines.web.key_folder))
    assert len(read_table(found.entries).atoms) == done.atoms > 5
    assert counted_path(machines.key()).exists()
    assert sorted(path.suffix for path in machines.keys.iterdir() if path.suffix != ".key") == [".counted"]


def test_the_figures_tell_no_raw_total(machines: Machines, export: Path) -> None:
    machines.count(export)
    told = json.loads(machines.figures(export).read_text())
    assert set(told) == {
        "format",
        "survey",
        "round",
        "fingerprint",
        "public_key",
        "follows",
        "ledger",
        "comments",
    }
    # Each comment is sealed; how many there are is published with their themes.
    assert set(told["comments"]) == {"public_key", "secret", "sealed", "signature"}


def test_both_ways_give_the_same_ledger_and_the_same_release_to_the_byte(
    machines: Machines, export: Path, the_round: TheRound, tmp_path: Path
) -> None:
    in_place = tmp_path / "in-place"
    shutil.copytree(machines.web.folder, in_place)
    shutil.copytree(machines.keys, in_place / "keys", dirs_exist_ok=True)
    other = open_store(in_place)
    count_round(
        other, the_round(other), private_path(other.key_folder, "clients", "2026-Q4"), machines.passphrase
    )
    machines.count(export)
    assert not machines.bring_back(export).again
    with machines.web.read() as one, other.read() as two:
        assert all_entries(one) == all_entries(two)
        assert all(entry.signature for entry in all_entries(one))
    releases = [release_round(store, the_round(store), DAY).body for store in (machines.web, other)]
    assert releases[0] == releases[1]
    beside = [counted_path(folder / "clients-2026-Q4.key") for folder in (machines.keys, other.key_folder)]
    assert beside[0].read_bytes() == beside[1].read_bytes()


def _figures_of(path: Path) -> dict[str, object]:
    """A figures file without its comments, whose seals are random."""
    told = json.loads(path.read_text())
    assert len(told.pop("comments")["sealed"]) > 2
    return dict(told)


def test_counted_again_the_file_gives_the_same_figures(machines: Machines, export: Path) -> None:
    machines.count(export)
    again = machines.count(export, "again")
    assert again.again
    assert _figures_of(machines.figures(export, "again")) == _figures_of(machines.figures(export))


def test_workers_and_progress_change_nothing(machines: Machines, export: Path) -> None:
    machines.count(export)
    seen = list[tuple[int, int]]()
    out = machines.figures(export, "again")
    with ThreadPoolExecutor(3) as pool:
        count_file(export, machines.key(), machines.passphrase, out, pool, lambda *told: seen.append(told))
    assert _figures_of(out) == _figures_of(machines.figures(export)) and seen[-1] == (300, 300)


def test_trustees_count_with_cards(
    machines: Machines, export: Path, the_round: TheRound, give_cards: Callable[..., Cards]
) -> None:
    for name in ("clients-2026-Q4.key", "ledger.key"):
        shutil.copy(machines.keys / name, machines.web.key_folder / name)
    cards = give_cards(machines.web, the_round(machines.web))
    elsewhere = machines.keys.parent / "cards" / "clients-2026-Q4.key"
    elsewhere.parent.mkdir()
    shutil.copy(machines.web.key_folder / "clients-2026-Q4.cards", elsewhere.with_suffix(".cards"))
    by_cards = machines.figures(export, "by-cards")
    count_file(export, elsewhere, cards, by_cards)
    machines.count(export)
    assert _figures_of(by_cards) == _figures_of(machines.figures(export))


def test_importing_again_changes_nothing(machines: Machines, export: Path, contents: Contents) -> None:
    machines.count(export)
    machines.bring_back(export)
    before = contents(machines.web)
    assert machines.bring_back(export).again
    assert contents(machines.web) == before


def test_two_rounds_exported_together_make_one_chain(
    machines: Machines, export: Path, the_round: TheRound, send: Send
) -> None:
    other = _close_other(machines, the_round, send)
    assert machines.count(export).follows == ()
    assert machines.count(other).follows == ("clients 2026-Q4",)
    with pytest.raises(OthersFirst, match="clients 2026-Q4: import that first"):
        machines.bring_back(other)
    machines.bring_back(export)
    machines.bring_back(other)
    with machines.web.read() as connection:
        verify_chain(all_entries(connection), load_ledger_key(machines.web.key_folder))
    for survey in ("clients", "counsellors"):
        release_round(machines.web, the_round(machines.web, survey=survey), DAY)


def test_counted_again_a_second_round_keeps_its_place(
    machines: Machines, export: Path, the_round: TheRound, send: Send
) -> None:
    other = _close_other(machines, the_round, send)
    for path in (export, other):
        machines.count(path)
    for path in (export, other):
        machines.count(path, f"again-{path.stem}")
        again, first = (machines.figures(path, name) for name in (f"again-{path.stem}", ""))
        assert _figures_of(again) == _figures_of(first)


def test_a_ledger_that_has_moved_on_takes_the_file_after_a_new_export(
    machines: Machines, export: Path, the_round: TheRound, send: Send, contents: Contents
) -> None:
    machines.count(export)
    _close_other(machines, the_round, send)
    _count_in_place(machines, the_round)
    before = contents(machines.web)
    with pytest.raises(LedgerMovedOn, match=r"“counsellors” 2026-Q4.*export the round again"):
        machines.bring_back(export)
    assert contents(machines.web) == before
    first = read_figures(machines.figures(export))
    again = machines.export(the_round(machines.web))
    assert machines.count(again).again
    machines.bring_back(again)
    assert read_table(read_figures(machines.figures(again)).entries) == read_table(first.entries)
    with machines.web.read() as connection:
        verify_chain(all_entries(connection), load_ledger_key(machines.web.key_folder))


def _count_in_place(machines: Machines, the_round: TheRound) -> None:
    """Somebody counts the counsellors' round with copies of its key and the ledger's at the installation."""
    folder = machines.web.key_folder
    for name in ("counsellors-2026-Q4.key", "ledger.key"):
        shutil.copy(machines.keys / name, folder / name)
    one = the_round(machines.web, survey="counsellors")
    count_round(machines.web, one, folder / "counsellors-2026-Q4.key", machines.passphrase)


def test_a_file_of_other_answers_is_never_counted_again(
    machines: Machines, export: Path, the_round: TheRound, execute: Execute
) -> None:
    machines.count(export)
    execute(
        machines.web, "DELETE FROM envelope WHERE key = (SELECT min(key) FROM envelope WHERE round_id = 1)"
    )
    less = machines.export(the_round(machines.web))
    before = {path.name: path.read_bytes() for path in machines.keys.parent.glob("*.figures")}
    with pytest.raises(OtherAnswers):
        machines.count(less)
    assert {path.name: path.read_bytes() for path in machines.keys.parent.glob("*.figures")} == before


def test_a_round_counted_in_place_takes_no_other_figures(
    machines: Machines, export: Path, the_round: TheRound, execute: Execute, contents: Contents
) -> None:
    machines.count(export)
    execute(
        machines.web, "DELETE FROM envelope WHERE key = (SELECT min(key) FROM envelope WHERE round_id = 1)"
    )
    for path in machines.keys.iterdir():
        if path.suffix == ".key":
            shutil.copy(path, machines.web.key_folder)
    key = private_path(machines.web.key_folder, "clients", "2026-Q4")
    count_round(machines.web, the_round(machines.web), key, machines.passphrase)
    before = contents(machines.web)
    with pytest.raises(OtherAnswers):
        machines.bring_back(export)
    assert contents(machines.web) == before


def test_a_damaged_file_counts_nothing_and_leaves_nothing(machines: Machines, export: Path) -> None:
    whole = export.read_bytes()
    for damaged in (whole[:-40], whole[:-40] + bytes(40)):
        export.write_bytes(damaged)
        with pytest.raises(InvalidExport):
            machines.count(export)
        assert not machines.figures(export).exists() and not counted_path(machines.key()).exists()


def test_a_wrong_key_passphrase_or_ledger_key_counts_nothing(
    machines: Machines, export: Path, passphrase: Secret, tmp_path: Path
) -> None:
    out = machines.figures(export)
    with pytest.raises(WrongKey):
        count_file(export, machines.key(round_id="2027-Q1"), passphrase, out)
    with pytest.raises(WrongPassphrase):
        count_file(export, machines.key(), Secret(b"wrong horse"), out)
    with pytest.raises(KeyNotHere):
        count_file(export, tmp_path / "nothing.key", passphrase, out)
    whole = export.read_bytes()
    head = json.loads(whole[: whole.index(b"\n")])
    head["ledger"]["public_key"] = LedgerKey.generate().public.as_document()["public_key"]
    export.write_bytes(json.dumps(head, ensure_ascii=False).encode() + whole[whole.index(b"\n") :])
    with pytest.raises(WrongLedgerKey):
        count_file(export, machines.key(), passphrase, out)
    assert not out.exists() and not counted_path(machines.key()).exists()


def test_killed_before_the_figures_were_written_it_gives_the_same_next_time(
    machines: Machines, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(counting_file, "write_durably", killed)
        machines.count(export)
    assert counted_path(machines.key()).exists() and not machines.figures(export).exists()
    assert machines.count(export).again
    assert not machines.bring_back(export).again


@pytest.mark.parametrize("step", ["append_entries", "move"])
def test_an_import_that_was_killed_is_finished_by_the_next(
    machines: Machines, export: Path, the_round: TheRound, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    machines.count(export)

    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(importing, step, killed)
        machines.bring_back(export)
    assert the_round(machines.web).state == "closed"
    assert not machines.bring_back(export).again
    assert the_round(machines.web).state == "counted"


def _replaced(machines: Machines, export: Path, name: str, value: object) -> None:
    path = machines.figures(export)
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))


def test_figures_that_the_ledgers_key_did_not_sign_are_refused(
    machines: Machines, export: Path, contents: Contents
) -> None:
    machines.count(export)
    entries = read_figures(machines.figures(export)).entries
    table, first = read_table(entries), entries[0]
    for sign in (None, LedgerKey.generate().sign):
        forged = append(first.previous, table, first.position, sign)
        _replaced(machines, export, "ledger", ledger_document(forged))
        before = contents(machines.web)
        with pytest.raises(UnsignedEntry):
            machines.bring_back(export)
        assert contents(machines.web) == before


def test_a_changed_figure_breaks_the_chain(machines: Machines, export: Path, contents: Contents) -> None:
    machines.count(export)
    text = machines.figures(export).read_text()
    machines.figures(export).write_text(text.replace('\\"n\\":', '\\"n\\":1', 1))
    before = contents(machines.web)
    with pytest.raises(BrokenChain):
        machines.bring_back(export)
    assert contents(machines.web) == before


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("format", "feedback-figures/1", InvalidFigures),
        ("fingerprint", "00" * 32, InvalidFigures),
        ("fingerprint", 5, InvalidFigures),
        ("public_key", "AAAA", InvalidFigures),
        ("survey", "counsellors", WrongState),
        ("survey", "nobody", UnknownSurvey),
        ("round", "1999-Q1", UnknownRound),
        ("round", "2027-Q1", WrongState),
        ("ledger", {"format": "feedback-ledger/2", "entries": []}, InvalidLedgerFile),
        ("ledger", [], InvalidLedgerFile),
        ("follows", None, InvalidFigures),
    ],
)
def test_figures_of_another_round_or_kind_are_refused(
    machines: Machines, export: Path, contents: Contents, name: str, value: object, said: type[Exception]
) -> None:
    machines.count(export)
    _replaced(machines, export, name, value)
    before = contents(machines.web)
    with pytest.raises(said):
        machines.bring_back(export)
    assert contents(machines.web) == before


@pytest.mark.parametrize("part", ["sealed", "secret", "public_key", "signature"])
def test_comments_that_were_not_signed_with_the_figures_are_refused_before_anything_is_taken(
    machines: Machines, export: Path, contents: Contents, part: str
) -> None:
    machines.count(export)
    good = machines.figures(export).read_text()
    told = json.loads(good)["comments"]
    machines.count(export, "again")
    other = json.loads(machines.figures(export, "again").read_text())["comments"]
    changed = told["sealed"][1:] if part == "sealed" else other[part]
    if part == "public_key":
        changed = to_base64url(PrivateKey.generate().public.to_bytes())
    _replaced(machines, export, "comments", {**told, part: changed})
    before = contents(machines.web)
    with pytest.raises(InvalidFigures, match="signed"):
        machines.bring_back(export)
    assert contents(machines.web) == before
    machines.figures(export).write_text(good)
    assert not machines.bring_back(export).again


def test_signed_entries_of_another_round_are_not_this_ones(
    machines: Machines, export: Path, the_round: TheRound, send: Send
) -> None:
    other = _close_other(machines, the_round, send)
    machines.count(other)
    theirs = json.loads(machines.figures(other).read_text())
    machines.count(export)
    _replaced(machines, export, "ledger", theirs["ledger"])
    with pytest.raises(InvalidFigures, match="another round than it says"):
        machines.bring_back(export)


def test_without_the_ledgers_public_key_or_after_shredding_nothing_is_imported(
    machines: Machines, export: Path, the_round: TheRound
) -> None:
    machines.count(export)
    public = machines.web.key_folder / "ledger.pub"
    public.rename(public.with_suffix(".away"))
    with pytest.raises(LedgerPubMissing):
        machines.bring_back(export)
    public.with_suffix(".away").rename(public)
    with machines.web.begin() as connection:
        move(connection, the_round(machines.web).number, ["closed"], "shredded")
    with pytest.raises(RoundShredded):
        machines.bring_back(export)

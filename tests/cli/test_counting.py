"""`rounds count|export|import|shred` as commands: a survey's name or a file, and what each then needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def export(installation: Any, closed_round: str, tmp_path: Path) -> Path:
    path = tmp_path / "clients.export"
    told = installation.json("rounds", "export", "clients", "--out", str(path))
    assert (told["envelopes"], told["bytes"]) == (0, path.stat().st_size) and len(told["sha256"]) == 64
    return path


def _key(installation: Any, closed_round: str) -> str:
    return str(installation.data / "keys" / f"clients-{closed_round}.key")


def test_a_file_is_counted_beside_it_and_imported(installation: Any, closed_round: str, export: Path) -> None:
    told = installation.json("rounds", "count", str(export), "--key", _key(installation, closed_round))
    assert told["file"] == str(export.with_suffix(".figures")) and told["again"] is False
    done = installation.run("rounds", "import", told["file"])
    assert done.code == 0 and "rounds release clients" in done.out
    assert installation.json("rounds", "import", told["file"])["again"] is True
    assert installation.json("rounds", "count", "clients")["again"] is True


def test_a_word_with_a_dot_or_a_slash_is_a_file(
    installation: Any, closed_round: str, export: Path, tmp_path: Path
) -> None:
    missing = installation.run("rounds", "count", str(tmp_path / "nothing"))
    assert missing.code == 1 and "There is no file" in missing.err
    unnamed = installation.run("rounds", "count", str(export))
    assert unnamed.code == 1 and "--key FILE" in unnamed.err
    survey = installation.run("rounds", "count", "export")
    assert survey.code == 1 and "There is no survey “export”" in survey.err


@pytest.mark.parametrize(
    "words", [("rounds", "import"), ("rounds", "count", "--key", "x.key"), ("rounds", "shred")]
)
def test_another_file_is_refused_in_a_sentence(
    installation: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"format": "feedback-release/1"}\n')
    done = installation.run(*words[:2], str(other), *words[2:])
    assert done.code == 1 and "other.json" in done.err and done.err.count("\n") == 1


def test_an_open_round_is_not_exported(installation: Any, tmp_path: Path) -> None:
    done = installation.run("rounds", "export", "clients", "--out", str(tmp_path / "x.export"))
    assert done.code == 1 and "is closed" in done.err and not (tmp_path / "x.export").exists()


def test_shredding_asks_back_and_says_what_is_left_to_do(installation: Any, closed_round: str) -> None:
    early = installation.run("rounds", "shred", "clients", "--round", closed_round, "--yes")
    assert early.code == 1 and "Only a released round is shredded" in early.err
    installation.json("rounds", "count", "clients")
    installation.json("rounds", "release", "clients")
    unasked = installation.run("rounds", "shred", "clients")
    assert unasked.code == 1 and "--yes" in unasked.err and Path(_key(installation, closed_round)).exists()
    done = installation.run("rounds", "shred", "clients", "--yes")
    assert done.code == 0 and "0 envelopes of the round are here" in done.out
    assert "printed cards" in done.out and "copies of the key" in done.out
    assert not Path(_key(installation, closed_round)).exists()
    again = installation.json("rounds", "shred", "clients", "--round", closed_round, "--yes")
    assert (again["destroyed"], again["left"]) == ([], 0)
    for words in ((), ("--round", closed_round)):
        refused = installation.run("rounds", "count", "clients", *words)
        assert refused.code == 1 and "was shredded" in refused.err
    states = {(one["survey"], one["round"]): one["state"] for one in installation.json("rounds", "list")}
    assert states["clients", closed_round] == "shredded"
    assert installation.json("releases", "verify") == {f"clients {closed_round}": []}


def test_a_key_file_is_shredded_where_there_is_no_installation(
    installation: Any, closed_round: str, tmp_path: Path
) -> None:
    elsewhere = type(installation)(tmp_path / "nothing here", installation.passphrase_file)
    key = _key(installation, closed_round)
    assert elsewhere.run("rounds", "shred", key).code == 1 and Path(key).exists()
    told = elsewhere.json("rounds", "shred", key, "--yes")
    assert told["destroyed"] == [key] and not Path(key).exists()


def test_whoever_has_ledger_pub_finds_a_forged_release(
    installation: Any, closed_round: str, tmp_path: Path
) -> None:
    installation.json("rounds", "count", "clients")
    installation.json("rounds", "release", "clients")
    out = tmp_path / "published"
    installation.json("releases", "export", "--out", str(out))
    elsewhere = type(installation)(tmp_path / "nothing here", installation.passphrase_file)
    files = [str(path) for path in sorted(out.glob("*.json"))]
    assert elsewhere.json("releases", "verify", *files) == {files[0]: []}
    release = Path(files[0])
    release.write_text(release.read_text().replace('"invalid": 0', '"invalid": 9'))
    forged = elsewhere.run("releases", "verify", *files)
    assert forged.code == 1 and "the figures are not the ledger's" in forged.out
    (out / "ledger.pub").unlink()
    release.write_text(release.read_text().replace('"invalid": 9', '"invalid": 0'))
    unknown = elsewhere.run("releases", "verify", *files)
    assert unknown.code == 0 and "signatures were not checked" in unknown.out

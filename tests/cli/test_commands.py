"""Commands without a terminal: what they print, how they end, and that an error is a sentence."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest


def test_init_makes_both_surveys_keys_for_four_quarters_and_one_open_round_each(installation: Any) -> None:
    rounds = installation.json("rounds", "list")
    assert [(one["survey"], one["state"]) for one in rounds] == [("clients", "open"), ("counsellors", "open")]
    assert len(list((installation.data / "keys").glob("*.key"))) == 9
    again = installation.json("init", "--yes")
    assert (again["opened"], again["keys"]) == ([], [])
    assert [one["name"] for one in installation.json("surveys", "list")] == ["clients", "counsellors"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("rounds", "count", "clients"), "No round of “clients” is closed"),
        (("rounds", "release", "clients"), "No round of “clients” is counted"),
        (("rounds", "close", "nobody"), "There is no survey “nobody”"),
        (("rounds", "close", "clients", "--round", "1999-Q1"), "has no round"),
        (("rounds", "open", "clients"), "is open. Close it first"),
        (("rounds", "open", "clients", "--round", "soon"), "names no round"),
        (("digests", "preview", "--region", "08416"), "no round of which every survey is released"),
        (("digests", "preview", "--region", "99999"), "There is no region with the key 99999"),
        (("releases", "export", "--out", "out", "--format", "docx"), "can't be written"),
    ],
)
def test_an_error_is_one_sentence_with_a_way_out(
    installation: Any, words: tuple[str, ...], sentence: str
) -> None:
    done = installation.run(*words)
    assert done.code == 1 and done.out == ""
    assert sentence in done.err and "Traceback" not in done.err
    assert done.err.count("\n") == 1
    as_json = installation.run(*words, "--json")
    assert as_json.code == 1 and sentence in as_json.json["error"]["message"]


def test_without_an_installation_or_a_passphrase_it_says_what_to_do(
    installation: Any, tmp_path: Path
) -> None:
    elsewhere = type(installation)(tmp_path / "elsewhere", tmp_path / "missing")
    assert "feedback-service init" in elsewhere.run("mix").err
    done = elsewhere.run("init", "--yes", "--kdf-memory", "8")
    assert done.code == 1 and "can't be used" in done.err
    assert (
        not list((tmp_path / "elsewhere" / "keys").glob("*"))
        if (tmp_path / "elsewhere" / "keys").exists()
        else True
    )


def test_mix_below_its_threshold_ends_well_and_says_so(installation: Any) -> None:
    done = installation.run("mix")
    assert done.code == 0 and "Fewer than 20" in done.out


def test_a_count_with_the_wrong_passphrase_says_so_and_changes_nothing(
    installation: Any, tmp_path: Path
) -> None:
    installation.json("rounds", "close", "clients")
    before = (installation.data / "feedback.sqlite").read_bytes()
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    done = installation.run(
        "rounds", "count", "clients", environment={"FEEDBACK_PASSPHRASE_FILE": str(wrong)}
    )
    assert done.code == 1 and "does not open this key" in done.err
    other = installation.data / "keys" / f"counsellors-{installation.json('rounds', 'list')[0]['round']}.key"
    done = installation.run("rounds", "count", "clients", "--key", str(other))
    assert done.code == 1 and "is not the key of" in done.err
    assert (installation.data / "feedback.sqlite").read_bytes() == before


def test_counting_and_releasing_again_is_byte_identical(installation: Any, tmp_path: Path) -> None:
    installation.json("rounds", "close", "clients")
    installation.json("rounds", "count", "clients")
    installation.json("rounds", "release", "clients")
    before = (installation.data / "feedback.sqlite").read_bytes()
    assert installation.json("rounds", "count", "clients")["again"] is True
    assert installation.json("rounds", "release", "clients")["again"] is True
    assert (installation.data / "feedback.sqlite").read_bytes() == before
    files = installation.json("releases", "export", "--out", str(tmp_path / "out"))["files"]
    assert sorted(Path(name).suffix for name in files) == [".csv", ".json", ".json", ".pub"]
    assert installation.json("releases", "verify") == {f"clients {_round_of(files)}": []}


def _round_of(files: list[str]) -> str:
    return Path(files[0]).stem.removeprefix("clients-")


def test_regions_are_taken_over_whole_or_not_at_all(installation: Any, tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text("ags,name\n08416041,Tübingen\n08416036,Rottenburg\n")
    assert installation.json("regions", "import", str(good))["levels"]["municipality"] == 2
    bad = tmp_path / "bad.csv"
    bad.write_text("ags,name\n08416009,Bodelshausen\n0841,Nowhere\n")
    done = installation.run("regions", "import", str(bad))
    assert done.code == 1 and "Line 3" in done.err
    orphan = tmp_path / "orphan.csv"
    orphan.write_text("ags,name\n09999001,Elsewhere\n")
    assert "There is no region with the key" in installation.run("regions", "import", str(orphan)).err
    levels = [one["level"] for one in installation.json("regions", "list")]
    assert levels.count("municipality") == 2


def test_a_survey_goes_out_and_comes_back_unchanged_and_a_broken_one_is_refused(
    installation: Any, tmp_path: Path
) -> None:
    file = tmp_path / "clients.yaml"
    installation.json("surveys", "export", "clients", "--out", str(file))
    assert installation.json("surveys", "import", str(file))["version"] == 1
    file.write_text(file.read_text().replace("      ar: نعم\n", "", 1))
    refused = installation.run("surveys", "import", str(file))
    assert refused.code == 1 and "no text in ar" in refused.err and "“access”" in refused.err


def test_every_group_and_command_explains_itself(installation: Any) -> None:
    for words in (("rounds", "count"), ("surveys", "import"), ("keys", "create"), ("demo",)):
        done = installation.run(*words, "--help")
        assert done.code == 0 and "--data" in done.out and "--json" in done.out


def test_a_damaged_slot_is_reported_and_stays(installation: Any) -> None:
    with installation.serving():
        pass
    path = installation.data / "spool" / "web-0" / "a.spool"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE slot SET used = 1 WHERE number = 5")
    database.close()
    for _ in range(2):
        done = installation.run("rounds", "close", "clients", "--json")
        assert json.loads(done.out)["damaged"] == 1 and done.code == 1


def test_init_without_a_terminal_asks_nothing_and_makes_nothing(tmp_path: Path, installation: Any) -> None:
    elsewhere = type(installation)(tmp_path / "elsewhere", installation.passphrase_file)
    done = elsewhere.run("init")
    assert done.code == 1 and "Use --yes" in done.err
    assert not elsewhere.data.exists()

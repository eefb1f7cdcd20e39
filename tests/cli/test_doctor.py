"""`doctor` at the terminal and in a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_new_installation_gets_advice_only_and_exits_0(installation: Any) -> None:
    done = installation.run("doctor")
    assert done.code == 0, done.out
    lines = done.out.splitlines()
    levels = [line.split()[0] for line in lines[:-1]]
    assert levels == sorted(levels, key=["advice", "fine"].index) and {"advice", "fine"} == set(levels)
    assert lines[-1].startswith("0 to be done now, ")
    assert all(" To do: " in line for line in lines[:-1] if line.startswith("advice"))


def test_beside_a_running_serve_it_sees_what_must_be_done_and_exits_1(installation: Any) -> None:
    with installation.serving():
        assert installation.json("doctor")["now"] == 0
        installation.data.chmod(0o777)
        done = installation.run("doctor", "--json")
    assert done.code == 1 and done.json["now"] == 1
    (urgent,) = [one for one in done.json["findings"] if one["level"] == "now"]
    assert urgent["todo"] == f"chmod 700 {installation.data}"


def test_where_there_is_no_installation_it_says_how_to_make_one(installation: Any, tmp_path: Path) -> None:
    elsewhere = type(installation)(tmp_path / "elsewhere", installation.passphrase_file)
    done = elsewhere.run("doctor")
    assert done.code == 1 and done.out.startswith("now") and "feedback-service init" in done.out
    assert not elsewhere.data.exists()

"""`backup` and `restore` at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_backup_is_made_beside_a_running_serve_replaced_and_restored(
    installation: Any, tmp_path: Path
) -> None:
    target = tmp_path / "b.tar"
    with installation.serving():
        assert installation.json("backup", "--to", str(target))["replaced"] is False
        assert installation.json("backup", "--to", str(target))["replaced"] is True
    assert any(f"{target} is 0 days old." == one["found"] for one in installation.json("doctor")["findings"])
    assert installation.json("audit", "storage")["findings"] == 0
    again = type(installation)(tmp_path / "again", installation.passphrase_file)
    rounds = installation.json("rounds", "list")
    told = again.json("restore", str(target))
    assert [one["round"] for one in told["rounds"]] == [one["round"] for one in rounds]
    assert again.json("rounds", "list") == rounds
    assert again.json("doctor")["now"] == 0
    with again.serving():
        pass
    refused = again.run("restore", str(target))
    assert refused.code == 1 and "is not empty" in refused.err and refused.err.count("\n") == 1


def test_what_cannot_be_backed_up_or_restored_is_one_sentence(installation: Any, tmp_path: Path) -> None:
    inside = installation.run("backup", "--to", str(installation.data / "b.tar"))
    assert inside.code == 1 and "in the data folder" in inside.err
    elsewhere = type(installation)(tmp_path / "again", installation.passphrase_file)
    missing = elsewhere.run("restore", str(tmp_path / "b.tar"))
    assert missing.code == 1 and "There is no file" in missing.err
    server = {"FEEDBACK_DATABASE_URL": "postgresql://x/y"}
    no_backup = elsewhere.run("restore", str(installation.passphrase_file), environment=server)
    assert no_backup.code == 1 and "pg_dump" in no_backup.err
    no_backup = elsewhere.run("restore", str(installation.passphrase_file))
    assert no_backup.code == 1 and "no file that “feedback-service backup” wrote" in no_backup.err
    assert not elsewhere.data.exists()

"""No address of an office lies open: not in a file, a log, another command's output or an error."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from feedback_service.deliver.links_in_mail import confirm_address, leave_address
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.recipients import all_recipients
from feedback_service.storage.session import open_store

ENVIRONMENT = {"FEEDBACK_MAIL_FROM": "Feedback <sender@feedback.example>"}
MARK = "canaryoffice"
OFFICES = [f"{MARK}-{number:02}@amt-{number}.example" for number in range(50)]


def _shapes(mark: str) -> re.Pattern[bytes]:
    """A mark in the forms in which it may lie in a file."""
    raw = mark.encode()
    shapes = [raw, mark.encode("utf-16-le"), mark.encode("utf-16-be"), raw.hex().encode()]
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        shapes.append(coded[4 : 4 * (len(raw) // 3)])
    return re.compile(b"|".join(re.escape(shape) for shape in shapes), re.IGNORECASE)


def _found(pattern: re.Pattern[bytes], folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and pattern.search(path.read_bytes())]


@pytest.fixture
def listed(installation: Any, tmp_path: Path) -> Any:
    """An installation with fifty offices, added one by one and from a list."""
    file = tmp_path / "offices.csv"
    lines = [f"{address},08416,de," for address in OFFICES[:49]]
    file.write_text("\n".join(["address,region,language,formats", *lines]), "utf-8")
    assert installation.run("recipients", "import", str(file), environment=ENVIRONMENT).code == 0
    added = installation.run("recipients", "add", OFFICES[49], "--region", "08", environment=ENVIRONMENT)
    assert added.code == 0 and MARK not in added.out + added.err
    return installation


def test_no_file_of_an_installation_and_no_log_holds_an_address(listed: Any, tmp_path: Path) -> None:
    pattern = _shapes(MARK)
    store = open_store(listed.data)
    key = read_mail_key(store.mail_folder)
    with store.read() as connection:
        ids = [one.id for one in all_recipients(connection)]
    assert len(ids) == 50
    served = listed.start()
    for one in ids[:5]:
        for make in (confirm_address, leave_address):
            address = make(served.url, "de", key, one)
            assert MARK not in httpx2.get(address).text
            assert httpx2.post(address).status_code == 200
        assert httpx2.post(f"{served.url}/de/digests/leave/{OFFICES[0]}").status_code == 404
    printed = served.stop()
    assert _found(pattern, listed.data) == []
    assert not pattern.search(printed.encode()) and "/digests/" not in printed
    assert MARK.encode() not in (listed.data / "feedback.sqlite").read_bytes()
    backup = tmp_path / "stick" / "b.tar"
    backup.parent.mkdir()
    listed.json("backup", "--to", str(backup))
    assert _found(pattern, backup.parent) == []


def test_the_search_above_would_find_them(tmp_path: Path) -> None:
    pattern = _shapes(MARK)
    for number, content in enumerate((OFFICES[0], OFFICES[0].upper(), OFFICES[0].encode().hex())):
        (tmp_path / str(number)).write_text(f"x{content}x")
    (tmp_path / "3").write_bytes(base64.b64encode(OFFICES[0].encode()))
    (tmp_path / "4").write_bytes(OFFICES[0].encode("utf-16-le"))
    assert len(_found(pattern, tmp_path)) == 5


def test_only_the_list_shows_them(listed: Any) -> None:
    shown = listed.json("recipients", "list")
    assert sorted(one["address"] for one in shown) == sorted(OFFICES)
    commands = [
        ("recipients", "add", OFFICES[3], "--region", "08416"),
        ("recipients", "add", OFFICES[3], "--region", OFFICES[3]),
        ("recipients", "add", f"{MARK} x@y.example", "--region", "08"),
        ("recipients", "resume", OFFICES[3]),
        ("recipients", "remove", f"{MARK}@nobody.example"),
        ("recipients", "remove", OFFICES[3]),
        ("doctor",), ("rounds", "list"), ("audit", "storage"),
    ]  # fmt: skip
    for words in commands:
        for more in ((), ("--json",)):
            done = listed.run(*words, *more, environment=ENVIRONMENT)
            assert MARK not in done.out + done.err, words
    (listed.data / "mail" / "mail.key").write_bytes(bytes(32))
    wrong = listed.run("recipients", "list", "--json")
    assert wrong.code == 1 and MARK not in wrong.out + wrong.err

"""`digests send|status|bounce` and `work` as a person or a service manager runs them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from feedback_service.deliver.due import enqueue_due
from feedback_service.storage.deliveries import deliveries_of
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.session import Store, open_store

from ..conftest import COMMAND, Finished, Installation
from .test_bounces import report


@pytest.fixture
def demo(released_folder: Path, tmp_path: Path) -> Installation:
    """The demonstration, run by commands."""
    shutil.copytree(released_folder, tmp_path / "data")
    (tmp_path / "passphrase").write_text("x")
    return Installation(tmp_path / "data", tmp_path / "passphrase")


@pytest.fixture
def store(demo: Installation) -> Store:
    return open_store(demo.data)


def mail_environment(port: int, **more: str) -> dict[str, str]:
    return {
        "FEEDBACK_SMTP_HOST": "127.0.0.1",
        "FEEDBACK_SMTP_PORT": str(port),
        "FEEDBACK_SMTP_SECURITY": "none",
        "FEEDBACK_MAIL_FROM": "Feedback <feedback@sender.example>",
        "FEEDBACK_MAIL_PER_MINUTE": "60000",
        **more,
    }


@pytest.fixture
def run(demo: Installation, sink: Any) -> Callable[..., Finished]:
    """Runs a command with the mail server's settings."""
    return lambda *words, **more: demo.run(*words, environment=mail_environment(sink.port, **more))


def content(store: Store) -> list[Any]:
    """All deliveries and recipients, as they lie."""
    with store.read() as connection:
        return [
            connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")).all()
            for table in ("delivery", "recipient")
        ]


def test_a_dry_run_says_to_whom_what_would_go_and_writes_nothing(
    run: Callable[..., Finished], store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example", formats="pdf,csv")
    before = content(store)
    done = run("digests", "send", "--dry-run")
    assert done.code == 0
    assert "a@stadt.example  [Vorführung] " in done.out
    assert "feedback-2026-Q4-08416-de.pdf feedback-2026-Q4-08416-de.csv" in done.out
    assert done.out.endswith("2 mails would go. Nothing was sent or written.\n")
    document = run("digests", "send", "--dry-run", "--json").json
    assert [one["kind"] for one in document["mails"]] == ["digest", "reply-link"]
    assert content(store) == before and sink.got() == []


def test_a_dry_run_needs_no_mail_server(demo: Installation, store: Store, add_recipient: Any) -> None:
    add_recipient(store, "a@stadt.example")
    assert demo.json("digests", "send", "--dry-run")["round"] == "2026-Q4"


def test_sending_says_what_it_did_and_status_what_became_of_it(
    run: Callable[..., Finished], store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    gone = add_recipient(store, "gone@stadt.example", "08")
    sink.behave(rcpt={"gone@stadt.example": "550 5.1.1 <gone@stadt.example> unknown"})
    done = run("digests", "send")
    assert (done.code, done.out) == (0, "Sent: 2. Refused for good: 2. Waiting: 0.\n")
    assert run("digests", "send", "--json").json == {
        "round": "2026-Q4", "sent": 0, "failed": 0, "waiting": 0, "later": "",
    }  # fmt: skip
    document = run("digests", "status", "--json").json
    assert document == {
        "mails": [
            {"kind": "digest", "about": "2026-Q4", "failed": 1, "sent": 1},
            {"kind": "reply-link", "about": "2026-Q4", "failed": 1, "sent": 1},
        ],
        "interrupted": 0,
        "suspended": [{"id": gone, "region": "08", "reason": "550 5.1.1 … unknown"}],
    }
    shown = run("digests", "status").out
    assert "2026-Q4     digest      1 sent, 1 failed" in shown and "stadt.example" not in shown


def test_what_has_to_wait_is_told_by_the_exit_code(
    run: Callable[..., Finished], store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    sink.behave(rcpt={"*": "451 4.3.0 later"})
    done = run("digests", "send")
    assert done.code == 1 and "Not now: 451 4.3.0 later." in done.out


def test_settings_that_are_wrong_are_an_error_and_suspend_nobody(
    run: Callable[..., Finished], store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    sink.behave(mail="550 5.7.1 a@stadt.example may not send")
    done = run("digests", "send", "--json")
    assert done.code == 1
    error = done.json["error"]
    assert error["code"] == "mail-misconfigured" and "2 mails wait" in error["message"]
    assert "stadt.example" not in done.out + done.err
    plain = run("digests", "send", FEEDBACK_SMTP_HOST="mail.example")
    assert plain.code == 1 and "this machine only" in plain.err
    assert run("digests", "status", "--json").json["suspended"] == []


def test_without_settings_it_says_which(demo: Installation) -> None:
    done = demo.run("digests", "send")
    assert done.code == 1 and "smtp_host and mail_from" in done.err


def test_a_bounce_is_read_from_a_file_and_from_a_pipe(
    demo: Installation, store: Store, add_recipient: Any, tmp_path: Path, today: Any
) -> None:
    ids = [add_recipient(store, f"{name}@stadt.example") for name in "ab"]
    enqueue_due(store, read_mail_key(store.mail_folder), "sender.example", today)
    with store.read() as connection:
        message_ids = [deliveries_of(connection, one)[0].message_id for one in ids]
    file = tmp_path / "bounce.eml"
    file.write_bytes(report(message_ids[0]))
    done = demo.run("digests", "bounce", str(file))
    assert (done.code, done.out) == (0, "5.1.1 550 5.1.1 …: user unknown: its recipient is suspended.\n")
    piped = subprocess.run(
        [COMMAND, "digests", "bounce", "-", "--json", "--data", str(demo.data)],
        input=report(message_ids[1]), capture_output=True, env=demo.environment(),
    )  # fmt: skip
    assert json.loads(piped.stdout)[0]["judgement"] == "suspended"
    assert len(demo.json("digests", "status")["suspended"]) == 2
    file.write_bytes(b"Subject: holiday\r\n\r\n")
    assert demo.run("digests", "bounce", str(file)).code == 1


def test_a_second_sender_waits_for_the_first(
    run: Callable[..., Finished], demo: Installation, store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    words = [str(COMMAND), "digests", "send", "--data", str(demo.data)]
    with store.one_sender():
        waiting = subprocess.Popen(
            words, stdout=subprocess.PIPE, text=True,
            env=demo.environment() | mail_environment(sink.port),
        )  # fmt: skip
        assert waiting.stdout
        assert waiting.stdout.readline() == "Another process is sending. Waiting for it …\n"
        assert sink.got() == []
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0 and "Sent: 2." in out


def test_stopped_it_finishes_the_mail_that_it_is_sending(
    demo: Installation, store: Store, add_recipient: Any, sink: Any
) -> None:
    for place in range(4):
        add_recipient(store, f"office{place}@stadt.example")
    sink.behave(wait=0.5)
    words = [str(COMMAND), "digests", "send", "--json", "--data", str(demo.data)]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=demo.environment() | mail_environment(sink.port)
    )
    until(lambda: len(sink.got()) >= 1)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 1
    assert document["sent"] == len(sink.got()) and document["sent"] + document["waiting"] == 8
    assert demo.json("digests", "status")["interrupted"] == 0


def test_work_once_does_what_is_due_and_ends(
    run: Callable[..., Finished], demo: Installation, store: Store, add_recipient: Any, sink: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    done = run("work", "--once", "--json")
    assert (done.code, done.json) == (0, {"failed": 0})
    assert len(sink.got()) == 2
    noted = (demo.data / "work.lock").read_text()
    assert len(noted) == 10 and noted.count("-") == 2
    assert run("work", "--once").code == 0 and len(sink.got()) == 2


def test_a_step_that_fails_makes_work_once_exit_1(run: Callable[..., Finished], store: Store) -> None:
    (store.mail_folder / "mail.key").write_bytes(b"short")
    done = run("work", "--once")
    assert done.code == 1 and "mail.key" in done.out


@pytest.fixture
def working(demo: Installation, sink: Any) -> Iterator[subprocess.Popen[str]]:
    """A running `work`."""
    process = subprocess.Popen(
        [str(COMMAND), "work", "--data", str(demo.data)], stdout=subprocess.PIPE, text=True,
        env=demo.environment() | mail_environment(sink.port),
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    for _ in range(1200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def test_work_runs_alone_and_ends_when_it_is_asked_to(
    working: subprocess.Popen[str], demo: Installation, store: Store, add_recipient: Any, sink: Any
) -> None:
    # A tick comes at once; the next one only after a minute.
    until(lambda: (demo.data / "work.lock").exists() and (demo.data / "mail" / "send.lock").exists())
    second = demo.run("work", "--json")
    assert second.code == 1 and second.json["error"]["code"] == "already-working"
    working.send_signal(signal.SIGTERM)
    out, _ = working.communicate(timeout=60)
    assert working.returncode == 0, out
    assert demo.run("work", "--once").code == 0


@pytest.mark.parametrize("text_", ["25:00", "2", "noon"])
def test_a_time_that_is_none_is_refused(demo: Installation, text_: str) -> None:
    done = demo.run("work", "--once", "--at", text_)
    assert done.code == 1 and "time of day" in done.err


def test_with_the_folder_of_its_keys_it_counts_unattended_and_never_without(
    new_installation: Callable[..., Installation],
) -> None:
    one = new_installation()
    one.json("rounds", "close", "clients")
    assert one.run("work", "--once").code == 0

    def state() -> str:
        return next(
            str(found["state"]) for found in one.json("rounds", "list")
            if found["survey"] == "clients" and found["state"] != "open"
        )  # fmt: skip

    assert state() == "closed"
    done = one.run("work", "--once", environment={"FEEDBACK_ROUND_KEY_FILE": str(one.data / "keys")})
    assert done.code == 0, done
    assert state() == "counted"

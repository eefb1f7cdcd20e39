"""The inbox keeps what offices send until it is dealt with, up to a limit, and survives rubbish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedback_service.storage import inbox as inbox_module
from feedback_service.storage.inbox import Inbox, InboxFull


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "spool" / "inbox")


def _all(inbox: Inbox, kind: str) -> list[dict[str, str]]:
    return [content for _, content in inbox.waiting(kind)]


def test_an_inbox_that_was_never_used_is_empty(inbox: Inbox) -> None:
    assert _all(inbox, "leave") == [] and inbox.unreadable() == [] and not inbox.folder.exists()


def test_what_is_put_waits_by_its_kind_until_it_is_done(inbox: Inbox) -> None:
    inbox.put("leave", {"token": "a"})
    inbox.put("confirm", {"token": "b"})
    inbox.put("reply", {"text": "ሰላም „Räume“\n"})
    assert _all(inbox, "leave") == [{"kind": "leave", "token": "a"}]
    ((path, content),) = inbox.waiting("reply")
    assert content["text"] == "ሰላም „Räume“\n"
    inbox.done(path)
    inbox.done(path)
    assert _all(inbox, "reply") == [] and len(_all(inbox, "confirm")) == 1


def test_a_file_is_its_owner_s_and_its_name_says_nothing(inbox: Inbox) -> None:
    inbox.put("leave", {"token": "a"})
    inbox.put("leave", {"token": "a"}, once="a")
    names = [path.name for path in inbox.folder.iterdir()]
    assert len(names) == 2 and all(re.fullmatch(r"[0-9a-f]{32}\.json", name) for name in names)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*inbox.folder.iterdir(), inbox.folder))


def test_the_same_thing_pressed_often_is_one_file_and_other_things_are_others(inbox: Inbox) -> None:
    for _ in range(5):
        inbox.put("leave", {"token": "a"}, once="a")
    inbox.put("leave", {"token": "b"}, once="b")
    inbox.put("confirm", {"token": "a"}, once="a")
    inbox.put("leave", {"token": "a"})
    inbox.put("leave", {"token": "a"})
    assert len(_all(inbox, "leave")) == 4 and len(_all(inbox, "confirm")) == 1


def test_a_full_inbox_refuses_and_what_is_in_it_may_still_come_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "MOST_FILES", 3)
    for word in "abc":
        inbox.put("leave", {"token": word}, once=word)
    for once in (None, "d"):
        with pytest.raises(InboxFull, match="again tomorrow"):
            inbox.put("leave", {"token": "d"}, once=once)
    inbox.put("leave", {"token": "a"}, once="a")
    assert len(_all(inbox, "leave")) == 3
    inbox.done(next(inbox.waiting("leave"))[0])
    inbox.put("leave", {"token": "d"}, once="d")


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{", b"\xff\xfe", b"[]", b"7", b'{"token": "a"}', b'{"kind": 7}',
     b'{"kind": "leave", "token": []}', b'{"kind": "leave", "token": null}', b"[" * 100_000],
)  # fmt: skip
def test_rubbish_is_found_and_stands_in_nobody_s_way(inbox: Inbox, rubbish: bytes) -> None:
    inbox.put("leave", {"token": "a"})
    path = inbox.folder / f"{'0' * 32}.json"
    path.write_bytes(rubbish)
    assert _all(inbox, "leave") == [{"kind": "leave", "token": "a"}]
    assert inbox.unreadable() == [path]


def test_a_file_that_another_process_dealt_with_in_between_is_passed_over(inbox: Inbox) -> None:
    inbox.put("leave", {"token": "a"}, once="a")
    inbox.put("leave", {"token": "b"}, once="b")
    waiting = inbox.waiting("leave")
    next(waiting)
    for path in inbox.folder.iterdir():
        path.unlink()
    assert list(waiting) == [] and inbox.unreadable() == []


def test_what_was_killed_while_it_was_written_is_not_there(inbox: Inbox) -> None:
    inbox.put("leave", {"token": "a"})
    (inbox.folder / f"{'1' * 32}.json.new").write_text('{"kind": "leave"')
    assert len(_all(inbox, "leave")) == 1 and inbox.unreadable() == []


def test_one_sender_can_not_take_the_room_of_the_others(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "MOST_OF_ONE", 3)
    for number in range(3):
        inbox.put("reply", {"token": "a", "text": str(number)}, sender="a")
    with pytest.raises(InboxFull):
        inbox.put("reply", {"token": "a", "text": "3"}, sender="a")
    inbox.put("reply", {"token": "b", "text": "0"}, sender="b")
    assert sorted(content["text"] for content in _all(inbox, "reply")) == ["0", "0", "1", "2"]
    ((path, _), *_) = [one for one in inbox.waiting("reply") if one[1]["token"] == "a"]
    inbox.done(path)
    inbox.put("reply", {"token": "a", "text": "3"}, sender="a")
    names = {path.name for path in inbox.folder.iterdir()}
    assert len(names) == 4 and not [name for name in names if not re.fullmatch(r"[0-9a-f]{32}\.json", name)]

"""The demonstration's comments: some quoted, the older quarter to its end, some left to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from feedback_service.demo.reviewing import is_reviewed
from feedback_service.demo.setting_up import set_up
from feedback_service.moderation.deciding import approve
from feedback_service.storage.comments import find_batch, waiting_comments
from feedback_service.storage.quotes import quotes_of_round, themes_body
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import Store


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """With enough people for themes."""
    return set_up(tmp_path_factory.mktemp("larger") / "demo", date(2027, 2, 10), 480)


def _round(store: Store, name: str) -> Round:
    with store.read() as connection:
        return next(one for one in all_rounds(connection) if f"{one.survey} {one.round}" == name)


def test_the_older_quarter_is_done_and_the_newest_has_quotes_and_work_left(larger: Store) -> None:
    with larger.read() as connection:
        assert themes_body(connection, "clients", "2026-Q3") is not None
        assert themes_body(connection, "clients", "2026-Q4") is None
        quotes = quotes_of_round(connection, "2026-Q4")
        newest = _round(larger, "clients 2026-Q4")
        batch = find_batch(connection, newest.number)
        assert find_batch(connection, _round(larger, "clients 2026-Q3").number) is None
        left = waiting_comments(connection, newest.number)
    assert 0 < len(quotes) <= 6 and all("de" in one.texts for one in quotes)
    assert batch is not None and 0 < left < batch.number
    keys = sorted(file.name for file in larger.folder.rglob("*.reviewers"))
    assert keys == ["clients-2026-Q4.reviewers", "counsellors-2026-Q4.reviewers"]


def test_killed_between_two_quotes_it_goes_on_and_none_is_doubled(
    make: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = 0

    def killed(*arguments: object, **named: object) -> object:
        nonlocal done
        done += 1
        if done == 2:
            raise KeyboardInterrupt
        return approve(*arguments, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("feedback_service.demo.reviewing.approve", killed)
        make()
    store = make()
    for name in ("2026-Q3", "2026-Q4"):
        with store.read() as connection:
            quotes = quotes_of_round(connection, name)
        told = [(one.survey, one.texts["de"]) for one in quotes]
        assert told and len(told) == len(set(told))
    assert not (store.folder / "demo.reviewers").exists()
    assert is_reviewed(store, _round(store, "clients 2026-Q4"))

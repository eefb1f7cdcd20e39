"""The end of a review: themes for the whole state, once, with their noise; nothing of comments left."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from feedback_service.disclosure.check_themes import themes_problems
from feedback_service.disclosure.noise import ReleaseSecret, Subject, draw
from feedback_service.disclosure.thresholds import shipped
from feedback_service.moderation.deciding import approve, find, name_themes, reject, waiting
from feedback_service.moderation.finishing import CommentsMissing, StillWaiting, finish
from feedback_service.moderation.opening import NothingToReview, Review, open_review
from feedback_service.rounds.key_folder import private_path, reviewers_path
from feedback_service.secret import Secret
from feedback_service.storage.comments import find_batch
from feedback_service.storage.quotes import quotes_of_round, themes_body
from feedback_service.storage.rounds import all_rounds
from feedback_service.storage.schema import comment
from feedback_service.storage.session import open_store

DAY = date(2027, 1, 20)


def _document(review: Review) -> dict[str, Any]:
    with review.store.read() as connection:
        body = themes_body(connection, "clients", review.round.round)
    assert body is not None
    return dict(json.loads(body))


def _decide_all(review: Review) -> list[tuple[str, ...]]:
    """Themes for all; a third quoted, the others rejected; gives the themes."""
    named: list[tuple[str, ...]] = []
    for number, one in enumerate(list(waiting(review))):
        themes = (("housing",), ("housing", "work"), ())[number % 3]
        name_themes(review, one, themes)
        named.append(themes)
        one = find(review, one.id)
        if number % 3 == 0 and one.written.language == "de":
            approve(review, one, "Ada", sure=True)
            approve(review, find(review, one.id), "Ben", sure=True)
        else:
            reject(review, one)
    return named


def test_themes_are_counted_with_the_noise_of_their_own_secret(review: Review) -> None:
    secret, digest = review.secret(), review.batch.digest.hex()
    named = _decide_all(review)
    done = finish(review, DAY)
    assert done.comments == 17 and done.themes
    document = _document(review)
    assert themes_problems(document) == []
    assert document["n"] == 17 and document["pct"] is None and document["issued"] == "2027-01-20"
    subject = Subject("clients", "2026-Q4", "clients", "comments", 1, "themes", 17, digest)
    noise = draw(ReleaseSecret(secret), subject, "select_multiple", len(document["themes"]), shipped())
    raw = [z - e for z, e in zip(document["noisy"], noise, strict=True)]
    of = dict(zip(document["themes"], raw, strict=True))
    assert of["housing"] == sum("housing" in one for one in named)
    assert of["work"] == sum("work" in one for one in named)
    assert of["_none"] == sum(not one for one in named) and sum(raw) == sum(len(one) or 1 for one in named)


def test_after_it_nothing_is_left_but_what_was_approved(review: Review, key_file: Path) -> None:
    _decide_all(review)
    finish(review, DAY)
    with review.store.read() as connection:
        assert find_batch(connection, review.round.number) is None
        assert quotes_of_round(connection, "2026-Q4")
    with pytest.raises(NothingToReview):
        finish(review, DAY)
    raw = (review.store.folder / "feedback.sqlite").read_bytes()
    assert review.batch.secret[100:140] not in raw and review.batch.digest not in raw


def test_what_nobody_decided_about_is_not_lost_by_mistake(review: Review) -> None:
    with pytest.raises(StillWaiting, match="17 comments are not decided"):
        finish(review, DAY)
    assert len(list(waiting(review))) == 17
    done = finish(review, DAY, reject_rest=True)
    assert done.themes
    document = _document(review)
    assert document["themes"][-1] == "_none" and document["count"][-1] >= 10


def test_a_row_that_is_gone_is_no_smaller_number(review: Review) -> None:
    one = next(waiting(review))
    with review.store.begin() as connection:
        connection.execute(delete(comment).where(comment.c.key == one.written.key))
    with pytest.raises(CommentsMissing, match="Of 17 comments 16"):
        finish(review, DAY, reject_rest=True)


def test_fewer_than_ten_comments_have_no_figures(
    make_counted: Callable[[Sequence[Any]], Path], reviewers: Secret, say: Any
) -> None:
    store = open_store(make_counted([say("08111", "de", f"Text {number}.") for number in range(9)]))
    with store.read() as connection:
        one = next(each for each in all_rounds(connection, "clients") if each.round == "2026-Q4")
    key = reviewers_path(private_path(store.key_folder, "clients", "2026-Q4"))
    small = open_review(store, one, key, reviewers, 2)
    done = finish(small, DAY, reject_rest=True)
    assert (done.comments, done.themes) == (9, False)
    with store.read() as connection:
        assert themes_body(connection, "clients", "2026-Q4") is None
        assert find_batch(connection, one.number) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 9),
        ("n", 18),
        ("noisy", [0] * 13),
        ("count", [0] * 13),
        ("pct", [0] * 13),
        ("themes", ["a"]),
        ("digest", "0" * 64),
        ("format", "feedback-themes/2"),
        ("parameters", {"k": 5, "V": 3, "percent_from": 20}),
        ("more", 1),
    ],
)
def test_the_check_finds_what_was_changed(review: Review, name: str, value: object) -> None:
    finish(review, DAY, reject_rest=True)
    document = _document(review)
    assert themes_problems(document) == []
    assert themes_problems({**document, name: value})

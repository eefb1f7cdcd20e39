"""The end of a review: themes for the whole state, once, with their noise; nothing of comments left."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from feedback_service.disclosure.check_themes import themes_problems
from feedback_service.disclosure.noise import ReleaseSecret, Subject, draw
from feedback_service.disclosure.themes import Reviewed, themes_document
from feedback_service.disclosure.thresholds import shipped
from feedback_service.moderation.deciding import approve, find, name_themes, reject, waiting
from feedback_service.moderation.finishing import CommentsMissing, StillWaiting, finish, unnamed_themes
from feedback_service.moderation.opening import NothingToReview, Review, open_review
from feedback_service.rounds.key_folder import private_path, reviewers_path
from feedback_service.secret import Secret
from feedback_service.storage.comments import all_comments, find_batch
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
    secret = review.secret()
    named = _decide_all(review)
    done = finish(review, DAY)
    assert done.comments == 17 and done.themes
    document = _document(review)
    assert themes_problems(document) == []
    assert document["n"] == 17 and document["pct"] is None and document["issued"] == "2027-01-20"
    picks = sorted(",".join(sorted(one)) for one in named)
    records = sha256("|".join(picks).encode()).hexdigest()
    subject = Subject("clients", "2026-Q4", "clients", "comments", 1, "themes", 17, records)
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
    assert review.batch.secret[100:140] not in raw


def test_what_nobody_decided_about_is_not_lost_by_mistake(review: Review) -> None:
    with pytest.raises(StillWaiting, match="17 comments are not decided"):
        finish(review, DAY)
    assert len(list(waiting(review))) == 17


def test_what_nobody_looked_at_is_not_counted_as_about_nothing(review: Review) -> None:
    first, *others = list(waiting(review))
    for one in others:
        name_themes(review, one, ["housing"])
    assert unnamed_themes(review) == 1
    done = finish(review, DAY, reject_rest=True)
    assert (done.comments, done.themes) == (17, False)
    with review.store.read() as connection:
        assert themes_body(connection, "clients", "2026-Q4") is None
        assert all_comments(connection, review.round.number) == [] and first.text


def test_texts_that_were_looked_at_are_counted_also_where_nobody_decided(review: Review) -> None:
    for one in list(waiting(review)):
        name_themes(review, one, [])
    assert unnamed_themes(review) == 0
    assert finish(review, DAY, reject_rest=True).themes
    document = _document(review)
    assert document["themes"][-1] == "_none" and document["count"][-1] >= 10


def test_the_noise_is_the_same_after_another_count_and_another_for_other_themes(review: Review) -> None:
    picked = [("housing",)] * 9 + [("housing", "work")] * 8
    reviewed = Reviewed("clients", "2026-Q4", "clients", ("housing", "work"), picked)
    secret = ReleaseSecret(review.secret())
    one = themes_document(reviewed, secret, "2027-01-20")
    again = themes_document(replace(reviewed, picked=picked[::-1]), secret, "2027-01-20")
    assert one is not None and one == again
    # Counts that differ in one text share no noise: their difference is not that text's theme.
    bound_to = {
        replace(reviewed, picked=[*picked[:-1], last]).records
        for last in (("work",), ("housing",), (), ("housing", "work"))
    }
    assert len(bound_to) == 4 and reviewed.records in bound_to


def test_a_draft_that_does_not_open_is_no_comment_without_themes(review: Review) -> None:
    one = next(waiting(review))
    name_themes(review, one, ["work"])
    with review.store.begin() as connection:
        broken = update(comment).where(comment.c.key == one.written.key).values(draft=bytes(12370))
        connection.execute(broken)
    with pytest.raises(CommentsMissing, match="Of 17 comments 16"):
        finish(review, DAY, reject_rest=True)
    assert find(review, one.id).draft.themes is None


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
    for text in list(waiting(small)):
        name_themes(small, text, ["housing"])
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
    _decide_all(review)
    finish(review, DAY)
    document = _document(review)
    assert themes_problems(document) == []
    assert themes_problems({**document, name: value})

"""What counting leaves of comments: each alone, under a region of many, sealed to reviewers alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from feedback_service.moderation.deciding import waiting
from feedback_service.moderation.opening import (
    NothingToReview,
    Review,
    ReviewersKeyMissing,
    WrongReviewersKey,
    open_review,
)
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.key_folder import private_path, reviewers_path
from feedback_service.rounds.releasing import release_round
from feedback_service.rounds.reviewers import ReviewersKeyExists, make_reviewers_key
from feedback_service.rounds.shredding import CopiesLeft, shred_round
from feedback_service.rounds.trustees import find_key
from feedback_service.sealing.open import CannotOpen, open_envelope
from feedback_service.sealing.wrapping import Derivation, WrongPassphrase, derive, unwrap
from feedback_service.secret import Secret
from feedback_service.storage.comments import all_comments, find_batch
from feedback_service.storage.envelopes import read_sealed
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

KEYS = Secret(b"correct horse")


def _regions(review: Review) -> dict[str, str]:
    return {one.written.text: one.written.region for one in waiting(review)}


def test_a_comment_says_where_it_is_from_only_as_far_as_twenty_answered_there(review: Review) -> None:
    found = _regions(review)
    assert len(found) == 17
    assert {region for text, region in found.items() if text.startswith("Zu wenig")} == {"08111"}
    # A small Kreis beside another one: together they are enough for their Bezirk.
    assert found["Aus Baden-Baden."] == "082"
    # A small Kreis alone in its Bezirk: the Bezirk's name would be its own.
    assert found["Aus Freiburg."] == "08"
    assert found["Von nirgendwo."] == "08"


def test_language_and_text_are_whole(review: Review) -> None:
    languages = {one.written.text: one.written.language for one in waiting(review)}
    assert languages["أحتاج إلى مترجم في الموعد."] == "ar" and languages["Aus Freiburg."] == "de"


def test_rows_are_of_one_length_sorted_by_chance_and_hold_no_word(
    store: Store, the_round: Round, review: Review
) -> None:
    with store.read() as connection:
        stored = all_comments(connection, the_round.number)
        batch = find_batch(connection, the_round.number)
    assert batch is not None and batch.number == len(stored) == 17
    assert {len(one.body or b"") for one in stored} == {3922}
    assert [one.key for one in stored] == sorted(one.key for one in stored)
    raw = (store.folder / "feedback.sqlite").read_bytes()
    for word in ("Zu wenig Wohnungen", "Aus Freiburg", "أحتاج إلى مترجم", "0171 3920012"):
        assert word.encode() not in raw


def test_neither_the_round_s_key_nor_another_context_opens_a_comment(
    store: Store, the_round: Round, review: Review
) -> None:
    text = private_path(store.key_folder, "clients", the_round.round).read_text()
    _, _, held = unwrap(text, "key", KEYS)
    with store.read() as connection:
        body = all_comments(connection, the_round.number)[0].body
    assert body is not None
    for key in (held.private_key, held.reviewers_key):
        with pytest.raises(CannotOpen):
            open_envelope(body, key, the_round.round, the_round.fingerprint)
    assert review.private_key.to_bytes() == held.reviewers_key.to_bytes()


def test_the_reviewers_key_opens_no_answer(store: Store, the_round: Round, review: Review) -> None:
    with store.read() as connection:
        bodies = [body for _, body in read_sealed(connection, the_round.number)]
    assert len(bodies) > 80
    for body in bodies:
        with pytest.raises(CannotOpen):
            open_envelope(body, review.private_key, the_round.round, the_round.fingerprint)


def test_counting_again_changes_no_comment(store: Store, the_round: Round) -> None:
    def rows() -> tuple[object, ...]:
        with store.read() as connection:
            return find_batch(connection, the_round.number), all_comments(connection, the_round.number)

    before = rows()
    done = count_round(store, the_round, private_path(store.key_folder, "clients", the_round.round), KEYS)
    assert done.again and done.comments == 17 and rows() == before


def test_a_wrong_passphrase_or_file_is_refused(
    store: Store, the_round: Round, key_file: Path, reviewers: Secret
) -> None:
    with pytest.raises(WrongPassphrase):
        open_review(store, the_round, key_file, KEYS, 2)
    told = json.loads(key_file.read_text())
    other = json.loads(key_file.read_text()) | {"round": "2027-Q1"}
    key_file.write_text(json.dumps(other))
    with pytest.raises(WrongPassphrase):
        open_review(store, the_round, key_file, reviewers, 2)
    public = json.loads((store.key_folder / "clients-2027-Q1.pub").read_text())["public_key"]
    key_file.write_text(json.dumps(told | {"reviewers_key_public": public}))
    with pytest.raises(WrongReviewersKey):
        open_review(store, the_round, key_file, reviewers, 2)
    key_file.unlink()
    with pytest.raises(ReviewersKeyMissing, match="comments key clients --round 2026-Q4"):
        open_review(store, the_round, key_file, reviewers, 2)


def test_a_reviewers_key_is_never_overwritten(store: Store, the_round: Round, key_file: Path) -> None:
    place = find_key(store.key_folder, "clients", the_round.round, rounds=[the_round])
    before = key_file.read_bytes()
    with pytest.raises(ReviewersKeyExists):
        make_reviewers_key(place, KEYS, key_file, derive(KEYS, Derivation(8 * 1024, 1, 1)))
    assert key_file.read_bytes() == before


def test_shredding_the_round_destroys_comments_and_their_key(
    store: Store, the_round: Round, key_file: Path, reviewers: Secret
) -> None:
    with store.read() as connection:
        bodies = [one.body for one in all_comments(connection, the_round.number)]
    release_round(store, the_round, date(2027, 1, 4))
    done = shred_round(store, the_round)
    assert key_file in done.files and not key_file.exists()
    with store.read() as connection:
        assert find_batch(connection, the_round.number) is None
        assert all_comments(connection, the_round.number) == []
    raw = (store.folder / "feedback.sqlite").read_bytes()
    assert not [body for body in bodies if body and body[100:140] in raw]
    with pytest.raises(NothingToReview):
        open_review(store, the_round, key_file, reviewers, 2)


def test_a_copy_of_the_reviewers_key_elsewhere_is_told_before_shredding(
    store: Store, the_round: Round, key_file: Path
) -> None:
    release_round(store, the_round, date(2027, 1, 4))
    (store.folder / "copy.txt").write_bytes(key_file.read_bytes())
    with pytest.raises(CopiesLeft, match=r"copy\.txt"):
        shred_round(store, the_round)
    assert key_file.exists() and reviewers_path(key_file).exists()

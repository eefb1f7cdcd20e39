"""Comments between counting and review: sealed rows, the drafts made of them, and their destruction."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select, update

from .schema import comment, comment_batch

_RANDOM_PART = slice(2, 18)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A round's comments as counting seals them; `secret` draws the noise of their themes, sealed too.

    `signature` is the ledger key's over all of it, where it travels in a file; else empty.
    """

    public_key: bytes
    secret: bytes
    bodies: tuple[bytes, ...]
    signature: str = ""

    def signed_hash(self, survey: str, round_id: str) -> str:
        """What is signed: all of it, for this round alone."""
        hashed = sha256()
        for part in (survey.encode(), round_id.encode(), self.public_key, self.secret, *sorted(self.bodies)):
            hashed.update(len(part).to_bytes(4, "big") + part)
        return f"comments-sha256:{hashed.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is kept of a batch beside its comments. `number` counts all that there were."""

    round_number: int
    public_key: bytes
    number: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class StoredComment:
    """One comment's row. `body` is `None` once it is decided; then the draft has its themes and no text."""

    key: bytes
    body: bytes | None
    draft: bytes | None


def put_batch(connection: Connection, round_number: int, sealed: SealedBatch) -> None:
    """Keep a round's comments, sorted by their random keys. A batch without any is kept too: it says so."""
    connection.execute(
        insert(comment_batch).values(
            round_id=round_number,
            public_key=sealed.public_key,
            number=len(sealed.bodies),
            secret=sealed.secret,
        )
    )
    rows = [
        {"round_id": round_number, "key": body[_RANDOM_PART], "body": body, "draft": None}
        for body in sorted(sealed.bodies, key=lambda one: one[_RANDOM_PART])
    ]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        connection.execute(insert(comment), rows[start : start + _ROWS_AT_ONCE])


def find_batch(connection: Connection, round_number: int) -> Batch | None:
    """A round's batch; `None` where it isn't counted, or its review is finished."""
    row = connection.execute(
        select(comment_batch).where(comment_batch.c.round_id == round_number)
    ).one_or_none()
    if row is None:
        return None
    return Batch(row.round_id, row.public_key, row.number, row.secret)


def all_comments(connection: Connection, round_number: int) -> list[StoredComment]:
    """Every comment of a round, by key."""
    query = select(comment).where(comment.c.round_id == round_number).order_by(comment.c.key)
    return [StoredComment(row.key, row.body, row.draft) for row in connection.execute(query)]


def waiting_comments(connection: Connection, round_number: int) -> int:
    """How many are not decided."""
    query = select(func.count()).select_from(comment)
    return int(
        connection.scalar(query.where(comment.c.round_id == round_number, comment.c.body.is_not(None))) or 0
    )


def put_draft(connection: Connection, round_number: int, before: StoredComment, draft: bytes) -> bool:
    """Keep what reviewers made of a comment so far; False where it isn't as `before` any more."""
    return _change(connection, round_number, before, draft=draft)


def decide(connection: Connection, round_number: int, before: StoredComment, themes: bytes) -> bool:
    """Destroy what was written, and what was drafted of it; only its themes wait to be counted, sealed.

    False where it isn't as `before` any more.
    """
    return _change(connection, round_number, before, body=None, draft=themes)


def forget_batch(connection: Connection, round_number: int) -> None:
    """Destroy all of a round's comments and what lies with them."""
    connection.execute(delete(comment).where(comment.c.round_id == round_number))
    connection.execute(delete(comment_batch).where(comment_batch.c.round_id == round_number))


def _change(connection: Connection, round_number: int, before: StoredComment, **values: bytes | None) -> bool:
    changed = connection.execute(
        update(comment)
        .where(
            comment.c.round_id == round_number,
            comment.c.key == before.key,
            comment.c.body.is_not(None),
            comment.c.draft.is_not_distinct_from(before.draft),
        )
        .values(values)
    )
    return changed.rowcount == 1

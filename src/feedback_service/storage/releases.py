"""Published files in the database, verbatim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select

from .schema import release


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """What names a release."""

    survey: str
    round: str
    issue: int
    issued: date


def add_release(connection: Connection, head: ReleaseHead, body: bytes) -> None:
    """Keep a release; one is never replaced."""
    connection.execute(
        insert(release).values(
            survey=head.survey, round=head.round, issue=head.issue, issued=head.issued, body=body.decode()
        )
    )


def release_heads(connection: Connection) -> list[ReleaseHead]:
    """All releases, newest round first."""
    columns = (release.c.survey, release.c.round, release.c.issue, release.c.issued)
    query = select(*columns).order_by(
        release.c.round.desc(), release.c.issue.desc(), release.c.issued.desc(), release.c.survey
    )
    return [ReleaseHead(*row) for row in connection.execute(query)]


def release_body(connection: Connection, survey: str, round_id: str) -> tuple[ReleaseHead, bytes] | None:
    """The newest issue of a round's release."""
    query = (
        select(release)
        .where(release.c.survey == survey, release.c.round == round_id)
        .order_by(release.c.issue.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return ReleaseHead(row.survey, row.round, row.issue, row.issued), row.body.encode()

"""Splits a round's comments from all other answers and seals them anew, to those who review them.

Inside the seal: who was asked, the language, the text and a region that stands for twenty people at least
(`disclosure/comment_regions.py`). Outside: nothing, and one length for all. Sealed comments are sorted by
their own random bytes, so neither the order of arrival nor that of counting is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..sealing.comment import Kind, seal_for_reviewers
from ..sealing.keys import PublicKey, to_base64url
from ..storage.comments import SealedBatch
from ..tally.table import Comment, CountTable


def seal_comments(
    table: CountTable,
    comments: Iterable[Comment],
    regions: Mapping[str, str],
    reviewers: PublicKey,
    themes_secret: bytes,
) -> SealedBatch:
    """A counted round's batch. Sealing is random: sealing the same comments again gives another batch.

    `themes_secret` (32 bytes) is the same for the same set of answers: their themes' noise is drawn once.
    """
    survey, round_id = table.survey, table.round
    bodies = [
        seal_for_reviewers(
            reviewers,
            Kind.COMMENT,
            survey,
            round_id,
            {
                "audience": table.audience,
                "language": one.language,
                "region": regions[one.region],
                "text": one.text,
            },
        )
        for one in comments
    ]
    secret = {"secret": to_base64url(themes_secret)}
    return SealedBatch(
        public_key=reviewers.to_bytes(),
        secret=seal_for_reviewers(reviewers, Kind.THEMES, survey, round_id, secret),
        bodies=tuple(sorted(bodies)),
    )

"""Reads what was published beside a round's releases: trends, replies, quotes and themes."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from ..reports.beside import Beside
from .published import sources_before
from .quotes import quotes_of_round, themes_body
from .replies import released_before
from .rounds import all_rounds


def beside_round(connection: Connection, round_id: str) -> Beside:
    """All of it, for one round of the calendar."""
    surveys = sorted({one.survey for one in all_rounds(connection) if one.round == round_id})
    bodies = {survey: themes_body(connection, survey, round_id) for survey in surveys}
    return Beside(
        earlier=tuple(sources_before(connection, round_id)),
        replies=tuple(released_before(connection, round_id)),
        quotes=tuple(quotes_of_round(connection, round_id)),
        themes={survey: json.loads(body) for survey, body in bodies.items() if body},
    )

"""Which version of the tables this program knows, and which a database has.

Told without Alembic, whose import would take a fifth of every command's time.
"""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

# The newest of migrations/versions.
NEWEST = "0006"


def revision_of(engine: Engine) -> str | None:
    """The version of a database's tables; `None` where it has none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)

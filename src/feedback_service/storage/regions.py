"""The tree of regions in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from ..regions.directory import Directory, Region
from .inserting import insert_into
from .schema import region


def put_regions(connection: Connection, regions: Iterable[Region]) -> None:
    """Add regions; one that is known gets the new name."""
    rows = [{"ags": one.ags, "name": one.name} for one in regions]
    statement = insert_into(connection, region)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["ags"], set_={"name": statement.excluded.name}), rows
    )


def read_directory(connection: Connection) -> Directory:
    """The tree as it is now."""
    return Directory.of(Region(row.ags, row.name) for row in connection.execute(select(region)))

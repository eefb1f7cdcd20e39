"""A map without geometry: each Kreis of Baden-Württemberg as a tile of equal size, about where it lies.

The grid is our own. Tiles of equal size don't make a large district look important.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Kreis's tile lies: columns from the west, rows from the north, from 0; and its short name."""

    short: str
    column: int
    row: int


def tile_places() -> Mapping[str, Place]:
    """The place of each Kreis by its AGS; other states' regions have none."""
    text = resources.files(__package__).joinpath("tiles.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["ags"]: Place(row["short"], int(row["column"]), int(row["row"])) for row in rows}

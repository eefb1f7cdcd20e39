"""`regions import|list`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ..regions.directory import read_regions
from ..storage.regions import put_regions, read_directory
from .common import DEFAULT_DATA, Data, Json, Out, installation, read_text


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Regions: import municipalities, list.")
    group.command("import")(import_)
    group.command("list")(list_regions)
    return group


def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns ags and name.", exists=True, dir_okay=False)
    ],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Take regions over from a CSV file; all of it or nothing. Known ones get the file's names."""
    store, _ = installation(data)
    out = Out(as_json)
    regions = read_regions(read_text(file))
    with store.begin() as connection:
        merged = read_directory(connection).merged_with(regions)
        put_regions(connection, regions)
    levels = Counter(region.level.value for region in merged.regions.values())
    out.line(f"{len(regions)} regions taken over. Now there are: {_spoken(levels)}.")
    out.finish({"imported": len(regions), "levels": dict(levels)})


def list_regions(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """The tree of regions."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        directory = read_directory(connection)
    for region in directory.regions.values():
        out.line(f"{region.ags:<10}{region.name}")
    out.finish(
        [{"ags": one.ags, "name": one.name, "level": one.level.value} for one in directory.regions.values()]
    )


def _spoken(levels: Counter[str]) -> str:
    return ", ".join(f"{number} {level}" for level, number in levels.items())

"""The tree of regions: read from CSV (`ags,name`), checked, asked for children, names and levels.

Baden-Württemberg's state, Regierungsbezirke and Kreise are shipped; municipalities come from the
operator's file. Any other state loads its own tree from the same format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType

from ..errors import FeedbackError
from .keys import InvalidRegionKey, Level, level_of, parent_of


class UnknownRegion(FeedbackError):
    """A well-formed key that the directory doesn't hold."""

    status = 422
    code = "region-unknown"
    message = "There is no region with the key %(key)s here."


class InvalidRegionFile(FeedbackError):
    """A CSV file of regions that can't be taken over; names the line and why."""

    status = 422
    code = "region-file-invalid"
    message = "Line %(line)s of the regions file can't be used: %(reason)s. Nothing was imported."


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """One region: its key (AGS) and its official name."""

    ags: str
    name: str

    @property
    def level(self) -> Level:
        """The level that the key's length tells."""
        return level_of(self.ags)


@dataclass(frozen=True, slots=True)
class Directory:
    """All known regions by key. Every region but the state has its parent in it."""

    regions: MappingProxyType[str, Region]
    _children: MappingProxyType[str, tuple[Region, ...]] = field(repr=False)

    @classmethod
    def of(cls, regions: Iterable[Region]) -> Directory:
        """Build the tree. Raises `UnknownRegion` naming the first parent that is missing."""
        by_key = {region.ags: region for region in sorted(regions)}
        children: dict[str, list[Region]] = {key: [] for key in by_key}
        for region in by_key.values():
            parent = parent_of(region.ags)
            if parent is None:
                continue
            if parent not in by_key:
                raise UnknownRegion(key=parent)
            children[parent].append(region)
        frozen = {key: tuple(found) for key, found in children.items()}
        return cls(MappingProxyType(by_key), MappingProxyType(frozen))

    def __contains__(self, ags: object) -> bool:
        return ags in self.regions

    def __getitem__(self, ags: str) -> Region:
        try:
            return self.regions[ags]
        except KeyError:
            raise UnknownRegion(key=ags[:20]) from None

    def children(self, ags: str) -> tuple[Region, ...]:
        """The regions directly below `ags`, by key. Raises `UnknownRegion`."""
        return self._children[self[ags].ags]

    def at(self, level: Level) -> Iterator[Region]:
        """All regions of one level, by key."""
        return (region for region in self.regions.values() if region.level is level)

    @property
    def state(self) -> Region:
        """The one state at the root. Raises `UnknownRegion` where there is none."""
        for region in self.at(Level.STATE):
            return region
        raise UnknownRegion(key="state")

    def merged_with(self, more: Iterable[Region]) -> Directory:
        """A new directory with `more` regions added or renamed. Raises `UnknownRegion`."""
        return Directory.of({**self.regions, **{region.ags: region for region in more}}.values())


def read_regions(text: str) -> list[Region]:
    """Read `ags,name` rows (comma or semicolon, with a header). Raises `InvalidRegionFile`."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        return _read_rows(rows)
    except csv.Error as error:
        raise InvalidRegionFile(line=rows.line_num + 1, reason=f"it is not CSV ({error})") from None


def _read_rows(rows: csv.DictReader[str]) -> list[Region]:
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if "ags" not in columns or "name" not in columns:
        raise InvalidRegionFile(line=1, reason="the columns ags and name are missing")
    found: dict[str, Region] = {}
    for row in rows:
        ags, name = (row[columns["ags"]] or "").strip(), (row[columns["name"]] or "").strip()
        try:
            level_of(ags)
        except InvalidRegionKey as error:
            raise InvalidRegionFile(line=rows.line_num, reason=str(error).rstrip(".")) from None
        if not name:
            raise InvalidRegionFile(line=rows.line_num, reason="the name is empty")
        if ags in found:
            raise InvalidRegionFile(line=rows.line_num, reason=f"the key {ags} stands twice")
        found[ags] = Region(ags, name)
    if not found:
        raise InvalidRegionFile(line=2, reason="there are no regions in it")
    return list(found.values())


def baden_wuerttemberg() -> Directory:
    """The shipped tree: the state, its 4 Regierungsbezirke and 44 Stadt- and Landkreise."""
    text = resources.files(__package__).joinpath("baden_wuerttemberg.csv").read_text("utf-8")
    return Directory.of(read_regions(text))

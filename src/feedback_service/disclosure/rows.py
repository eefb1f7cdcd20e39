"""The rows of a release: which region shows which atoms, and the sums of their noisy numbers.

A row exists where its atoms do, so its presence depends on n alone. Levels: `state`, `bezirk` and `kreis`
hold every atom that lies wholly inside (a Kreis: itself or all its parts), `municipality` and `pool` are one
atom each. "I don't want to say" and the remainder of a Kreis that was cut have no row of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..regions.keys import Level
from ..surveys.categories import PublishClass
from .parameters import PUBLISH_CLASSES
from .protected import ProtectedAtom, ProtectedTable

POOL: Final = "pool"
_LEVELS: Final = (*(str(level) for level in Level), POOL)
_BEZIRK_DIGITS, _KREIS_DIGITS, _MUNICIPALITY_DIGITS = 3, 5, 8


@dataclass(frozen=True, slots=True)
class Row:
    """One region (or pool) of one class: its atoms by id, never empty."""

    region: str
    level: str
    publish_class: PublishClass
    audience: str
    atoms: tuple[ProtectedAtom, ...]

    @property
    def n(self) -> int:
        """How many records there are in the row."""
        return sum(atom.n for atom in self.atoms)

    def noisy(self, question: str) -> tuple[int, ...]:
        """The sum of the atoms' signed numbers. Raises `KeyError` for a question of another class."""
        return tuple(map(sum, zip(*(atom.noisy[question] for atom in self.atoms), strict=True)))


def rows_of(table: ProtectedTable, state: str) -> tuple[Row, ...]:
    """Every row, by class, level (state first, pools last) and region. `state` is the state's key."""
    rows = []
    for publish_class in PUBLISH_CLASSES:
        atoms = [atom for atom in table.atoms if atom.publish_class == publish_class]
        for level, region in sorted(_places(atoms, state), key=_order):
            inside = tuple(atom for atom in atoms if _belongs(atom, level, region))
            if inside:
                rows.append(Row(region, level, publish_class, table.audience, inside))
    return tuple(rows)


def lies_inside(atom: ProtectedAtom, region: str) -> bool:
    """Whether all of an atom is in a region: its keys begin with the region's."""
    return all(key.startswith(region) for key in atom.regions)


def is_pool(atom: ProtectedAtom) -> bool:
    """Whether an atom is a Bezirk's or the state's pool; the remainder of a Kreis is none."""
    region, _, rest = atom.id.partition("-")
    return rest == "rest" and len(region) <= _BEZIRK_DIGITS


def _places(atoms: Iterable[ProtectedAtom], state: str) -> set[tuple[str, str]]:
    """Every (level, region) that the atoms touch; those without an atom wholly inside fall away later."""
    places = {(str(Level.STATE), state)}
    for atom in atoms:
        if is_pool(atom):
            places.add((POOL, atom.id))
        for key in atom.regions:
            if not key.isdigit() or len(key) < _KREIS_DIGITS:
                continue
            places.add((str(Level.BEZIRK), key[:_BEZIRK_DIGITS]))
            places.add((str(Level.KREIS), key[:_KREIS_DIGITS]))
            if len(key) == _MUNICIPALITY_DIGITS:
                places.add((str(Level.MUNICIPALITY), key))
    return places


def _order(place: tuple[str, str]) -> tuple[int, str]:
    level, region = place
    return _LEVELS.index(level), region


def _belongs(atom: ProtectedAtom, level: str, region: str) -> bool:
    return atom.id == region if level == POOL else lies_inside(atom, region)

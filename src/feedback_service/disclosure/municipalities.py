"""How a large Kreis is cut into its municipalities: by the number of records alone, never by answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .parameters import PART_MINIMUM, SPLIT_FROM


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its atom's id, the region that it is published under, the counted regions in it."""

    id: str
    region: str
    members: tuple[str, ...]


def cut(kreis: str, sizes: Mapping[str, int]) -> tuple[Part, ...]:
    """Cut a Kreis of n >= 200 so that every part, the remainder included, has n >= 30.

    `sizes` holds the deciding records of each key that somebody named (the verified ones where codes are
    used, so there may be none): the Kreis itself and its municipalities. Gives at least two parts by id, or
    none where the Kreis stays whole.

    Edge cases: records that name only the Kreis are the remainder from the start; a municipality
    below 30 joins it, the smallest first and ties by AGS; a remainder that is not empty but below 30
    takes in the smallest municipality next, however large; a remainder that nobody named is no part.
    The remainder is published under the Kreis's own key: listing the municipalities in it would tell
    where there was a single answer.
    """
    if sum(sizes.values()) < SPLIT_FROM:
        return ()
    towns = sorted((n, ags) for ags, n in sizes.items() if ags != kreis)
    rest, rest_n = [kreis] if kreis in sizes else [], sizes.get(kreis, 0)
    while towns and (towns[0][0] < PART_MINIMUM or (rest and rest_n < PART_MINIMUM)):
        n, ags = towns.pop(0)
        rest.append(ags)
        rest_n += n
    parts = [Part(ags, ags, (ags,)) for _, ags in towns]
    if rest:
        parts.append(Part(f"{kreis}-rest", kreis, tuple(sorted(rest))))
    return tuple(sorted(parts, key=lambda part: part.id)) if len(parts) > 1 else ()

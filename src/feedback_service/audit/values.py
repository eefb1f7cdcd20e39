"""What stands in the rows about submissions: nothing but flags and bytes that look like chance.

A counter, a prefix or a time within a key shows as places that aren't random, whoever put it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .allowed import DOMAINS, RANDOM_PARTS
from .model import Check, Store, columns_of, held, none_of, not_looked_at
from .search import as_bytes

FEWEST = 80
_LOOKED_AT = 4000
# χ² with 15 degrees of freedom: random halves of bytes pass 80 once in 10¹⁰ looks, and thousands are taken.
CHI_SQUARE = 80.0
_HALVES = (bytes(one >> 4 for one in range(256)), bytes(one & 15 for one in range(256)))


def check_values(store: Store) -> list[Check]:
    """Lines 2 and 5 about the values themselves."""
    strange, lines = [], []
    with store.opened() as database:
        for (table, column), allowed in DOMAINS.items():
            if column in columns_of(database, table):
                values = {value for (value,) in database.select(table, [column])}
                strange += [f"{table}.{column}"] if not values <= allowed else []
        for (table, column), part in RANDOM_PARTS.items():
            if column in columns_of(database, table):
                found = (value for (value,) in database.select(table, [column]) if value is not None)
                taken = [as_bytes(value)[part] for value in found]
                lines.append(random_looking(5, f"{table}.{column}", taken))
    return [none_of(2, "flags that are more than flags", strange, "0 and 1"), *lines]


def random_looking(number: int, name: str, values: Sequence[bytes]) -> Check:
    """Whether every place of these looks random over all of them."""
    name = f"{name} looks random (largest χ² of a place)"
    # Spread over all: a table is sorted by its keys.
    values = values[:: len(values) // _LOOKED_AT + 1]
    if len(values) < FEWEST:
        return not_looked_at(number, name, f"{len(values)} rows; {FEWEST} are needed")
    largest = max(_places(values), default=0.0)
    return held(number, name, f"{largest:.0f}", f"{CHI_SQUARE:.0f}", largest < CHI_SQUARE)


def _places(values: Sequence[bytes]) -> Iterable[float]:
    shortest = min(map(len, values))
    whole = b"".join(value[:shortest] for value in values)
    for place in range(shortest):
        seen = whole[place::shortest]
        for half in _HALVES:
            taken = seen.translate(half)
            yield chi_square([taken.count(one) for one in range(16)])


def chi_square(counts: Sequence[int]) -> float:
    """How far these counts are from equal ones."""
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)

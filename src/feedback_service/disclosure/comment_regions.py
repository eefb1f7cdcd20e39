"""Where a comment may say that it comes from: decided by how many answered there, never by what it says.

A comment carries its Kreis only where that is an atom of twenty answers or more (the class `wide`), its
Bezirk only where the Bezirk's small Kreise make such a group together, else the state. Where fewer than
twenty people are left for the state, the smallest of the others joins them: "somewhere in the state" must not
mean the three who didn't say. So no region on a quote ever stands for fewer than twenty people, also for a
reader who knows these rules; only a round of fewer is all "the state".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..regions.directory import Directory
from ..tally.table import CountTable
from .atoms import atoms_of, pool_key
from .parameters import K

_KREIS_DIGITS = 5
LEAST_PEOPLE = K["wide"]


def comment_regions(table: CountTable, directory: Directory) -> Mapping[str, str]:
    """For every region that somebody named, the one that a comment from there may carry.

    Raises `CountOutsideDirectory`.
    """
    state = directory.state.ags
    found = dict.fromkeys(table.regions, state)
    pools = {pool_key(bezirk.ags): bezirk.ags for bezirk in directory.children(state)}
    for atom in atoms_of(table, directory, "wide"):
        for member in atom.members:
            if atom.id in pools:
                found[member] = pools[atom.id]
            elif atom.id[:_KREIS_DIGITS].isdigit() and len(atom.id) >= _KREIS_DIGITS:
                found[member] = atom.id[:_KREIS_DIGITS]
    return _none_small(found, table, state)


def _none_small(found: Mapping[str, str], table: CountTable, state: str) -> Mapping[str, str]:
    people: Counter[str] = Counter()
    for region, counted in table.regions.items():
        people[found[region]] += counted.n
    joining = {state}
    while 0 < sum(people[one] for one in joining) < LEAST_PEOPLE and len(joining) < len(people):
        others = (one for one in people if one not in joining)
        joining.add(min(others, key=lambda one: (people[one], one)))
    return {region: state if told in joining else told for region, told in found.items()}

"""Where a comment may say that it comes from: decided by how many answered there, never by what it says.

A comment carries its Kreis only where that is an atom of twenty answers or more (the class `wide`), its
Bezirk only where the Bezirk's small Kreise make such a group together, else the state. So no Kreis or Bezirk
on a quote ever stands for fewer than twenty people, also for a reader who knows these rules.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..regions.directory import Directory
from ..tally.table import CountTable
from .atoms import atoms_of, pool_key

_KREIS_DIGITS = 5


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
    return found

"""Reading and turning the spools' pairs of files, and carrying what stays from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..intake.slot import Head, Pending
from ..intake.slot_file import SlotFile
from ..intake.spool import registered_pairs

GROUP = 500


@dataclass(frozen=True, slots=True)
class Heads:
    """What waits in one file, by slot, and the slots that are damaged."""

    waiting: Mapping[int, Head]
    damaged: frozenset[int]


@dataclass(frozen=True, slots=True)
class Drained:
    """One file that was turned off, what was read from it, and the file that accepts now."""

    source: SlotFile
    target: SlotFile
    heads: Heads


def read_heads(file: SlotFile) -> Heads:
    """Read a whole file, keeping no envelope."""
    waiting: dict[int, Head] = {}
    damaged: set[int] = set()
    for number, pending in file.read():
        if pending is None:
            damaged.add(number)
        else:
            waiting[number] = pending.head
    return Heads(waiting, frozenset(damaged))


def recover(accepting: SlotFile, standby: SlotFile) -> int:
    """What a killed mix left in the standby file goes back to the accepting one, to be mixed again.

    Gives the number of damaged slots, which stay where they are.
    """
    with standby.transaction():
        # It accepts too where a mix was killed in the middle of the turn; whoever writes to it turns back.
        standby.set_accepting(False)
    left = read_heads(standby)
    if left.waiting:
        carry((one for _, one in standby.read() if one), accepting)
        standby.refill(keep=left.damaged)
    return len(left.damaged)


def turn(accepting: SlotFile, standby: SlotFile, closing: frozenset[int]) -> Drained:
    """Turn the pair: the standby takes what comes from now on, and what came is read."""
    with standby.transaction():
        standby.close_rounds(closing)
        standby.set_accepting(True)
    with accepting.transaction():
        accepting.close_rounds(closing)
        accepting.set_accepting(False)
    return Drained(source=accepting, target=standby, heads=read_heads(accepting))


def in_groups(drained: Sequence[Drained], places: Sequence[tuple[int, int]]) -> Iterator[Pending]:
    """What waits at these places (file and slot), in this order, some hundred in memory at once."""
    for start in range(0, len(places), GROUP):
        some = places[start : start + GROUP]
        by_file = {
            file: drained[file].source.read_some([slot for other, slot in some if other == file])
            for file in {file for file, _ in some}
        }
        yield from (by_file[file][slot] for file, slot in some)


def carry(pending: Iterable[Pending], target: SlotFile) -> None:
    """Put what stays into random free slots of the file that accepts."""
    with target.transaction():
        source = iter(pending)
        while group := [one.packed() for one in islice(source, GROUP)]:
            target.put(group)


@contextmanager
def open_files(folder: Path) -> Iterator[list[tuple[SlotFile, SlotFile]]]:
    """Every registered pair, the accepting file first."""
    files = [pair.open() for pair in registered_pairs(folder)]
    try:
        yield files
    finally:
        for pair in files:
            for one in pair:
                one.close()

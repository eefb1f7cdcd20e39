"""Reading and turning the spools' pairs of files, and carrying what stays from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..intake.slot import Pending
from ..intake.slot_file import SlotFile
from ..intake.spool import registered_pairs


@dataclass(slots=True)
class Drained:
    """One file that was turned off, and what was read from it."""

    source: SlotFile
    target: SlotFile
    pending: list[Pending] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)


def recover(accepting: SlotFile, standby: SlotFile) -> int:
    """What a killed mix left in the standby file goes back to the accepting one, to be mixed again.

    Gives the number of damaged slots, which stay where they are.
    """
    with standby.transaction():
        # It accepts too where a mix was killed in the middle of the turn; whoever writes to it turns back.
        standby.set_accepting(False)
    left = list(standby.read())
    pending = [found for _, found in left if found is not None]
    damaged = frozenset(number for number, found in left if found is None)
    if pending:
        carry(pending, accepting)
        standby.refill(keep=damaged)
    return len(damaged)


def turn_and_read(accepting: SlotFile, standby: SlotFile, closing: frozenset[int]) -> Drained:
    """Turn the pair: the standby takes what comes from now on, and what came is read."""
    with standby.transaction():
        standby.close_rounds(closing)
        standby.set_accepting(True)
    with accepting.transaction():
        accepting.close_rounds(closing)
        accepting.set_accepting(False)
    drained = Drained(source=accepting, target=standby)
    for number, pending in accepting.read():
        if pending is None:
            drained.damaged.add(number)
        else:
            drained.pending.append(pending)
    return drained


def carry(pending: Iterable[Pending], target: SlotFile) -> None:
    """Put what stays into random free slots of the file that accepts."""
    with target.transaction():
        target.put([one.packed() for one in pending])


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

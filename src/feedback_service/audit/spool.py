"""The spools: what waits in them, that unused slots look like used ones, and that nothing stale is there."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from .files import opened, spool_files
from .model import Check, Store, columns_of, held, none_of, not_looked_at
from .order import FEWEST, certain_limit
from .slots import KINDS, Slot, used_slots
from .system import System
from .values import chi_square, random_looking

_LOOKED_AT_SLOTS = 200
# χ² with 255 degrees of freedom: mean 255, deviation 22.6. Random bytes pass six of them once in a billion.
_CHI_SQUARE = 255 + 6 * 22.6
# Ten of each kind stay behind, or all of a kind below twenty: with a code and without.
_MOST_AFTER_A_MIX = 2 * 19
_HEARTBEAT_SECONDS = 30
_TRIES, _PAUSE_SECONDS = 20, 0.1


@dataclass(frozen=True, slots=True)
class _Spool:
    """What one file holds."""

    path: Path
    accepting: bool
    capacity: int
    flags: Counter[int]
    used: tuple[Slot, ...]
    unused: bytes


def check_spool(
    folder: Path, system: System, over: frozenset[int], *, after_mix: bool = False
) -> list[Check]:
    """Line 11. `over` are the numbers of rounds that are closed; `after_mix`: nothing came since a mix."""
    if not spool_files(folder):
        return [not_looked_at(11, "spools", "there are none yet")]
    spools = _settled(folder)
    used = [slot for one in spools for slot in one.used]
    standing_by = sum(len(one.used) for one in spools if not one.accepting)
    late = sum(slot.round_number in over for slot in used)
    damaged = sum(not slot.whole or slot.kind not in KINDS for slot in used)
    flags = {flag for one in spools for flag in one.flags}
    chi = max(
        (chi_square([one.unused.count(byte) for byte in range(256)]) for one in spools if one.unused),
        default=0.0,
    )
    return [
        _waiting(used, after_mix),
        held(11, "used slots in files that stand by", standing_by, "0", standing_by == 0),
        held(11, "used slots of rounds that are over", late, "0", late == 0),
        held(11, "used slots that are no slots", damaged, "0", damaged == 0),
        held(11, "flags of slots", ", ".join(map(str, sorted(flags))), "0 and 1", flags <= {0, 1}),
        held(
            11, "unused slots are random (largest χ²)", f"{chi:.0f}", f"{_CHI_SQUARE:.0f}", chi < _CHI_SQUARE
        ),
        random_looking(11, "used slots", [slot.random_part for slot in used]),
        *(_spread(one) for one in spools if len(one.used) >= FEWEST),
        _beats(folder, system),
        none_of(11, "files that no pair explains", _odd_pairs(spools), "as many bytes as slots need"),
    ]


def rounds_over(store: Store) -> frozenset[int]:
    """The numbers of rounds that are closed for good."""
    with store.opened() as database:
        if not {"number", "state"} <= columns_of(database, "round"):
            return frozenset()
        rows = database.select("round", ["number", "state"])
        return frozenset(number for number, state in rows if state not in ("open", "ending", "closing"))


def _settled(folder: Path) -> list[_Spool]:
    """The spools as they are when no mix is under way: one drains the file that stands by."""
    spools: list[_Spool] = []
    for _ in range(_TRIES):
        spools = [_read(path) for path in spool_files(folder)]
        if not any(one.used for one in spools if not one.accepting):
            break
        time.sleep(_PAUSE_SECONDS)
    return spools


def _read(path: Path) -> _Spool:
    with opened(path) as spool:
        accepting = any(flag for (flag,) in spool.execute("SELECT accepting FROM gate"))
        flags = Counter(dict(spool.execute("SELECT used, count(*) FROM slot GROUP BY used").fetchall()))
        query = "SELECT CAST(content AS BLOB) FROM slot WHERE used = 0 ORDER BY random() LIMIT ?"
        unused = b"".join(one for (one,) in spool.execute(query, (_LOOKED_AT_SLOTS,)))
    return _Spool(path, accepting, flags.total(), flags, tuple(used_slots(path)), unused)


def _waiting(used: Sequence[Slot], after_mix: bool) -> Check:
    most = max(Counter(slot.round_number for slot in used).values(), default=0)
    name = "answers that wait in the spools"
    if not after_mix:
        return not_looked_at(11, name, f"{len(used)}; whether that is few enough shows with --after-mix")
    limit = f"≤ {_MOST_AFTER_A_MIX} a round"
    return held(11, f"{name}, most of a round", most, limit, most <= _MOST_AFTER_A_MIX)


def _spread(one: _Spool) -> Check:
    """Without known answers too: used slots lie anywhere, not at the beginning and not side by side."""
    numbers = sorted(slot.number for slot in one.used)
    n, share = len(numbers), len(numbers) / one.capacity
    free = max(1 - share, 1e-9)
    # Means and counts of chance alone: how far from them, in deviations, on the scale of ρ.
    middle = (sum(numbers) / n - (one.capacity + 1) / 2) / (one.capacity * math.sqrt(free / (12 * n)))
    adjacent = sum(later - earlier == 1 for earlier, later in pairwise(numbers))
    crowding = (adjacent - n * share) / math.sqrt(max(n * share * free, 1.0))
    size, limit = max(abs(middle), abs(crowding)) / math.sqrt(n - 1), certain_limit(n)
    name = f"used slots spread over {one.path.parent.name}/{one.path.name}"
    return held(11, name, f"{size:.3f} from chance", f"{limit:.3f}", size < limit)


def _beats(folder: Path, system: System) -> Check:
    """While a process holds a pair, something is written twice a minute, answer or not."""
    silent = [
        f"{lock.parent.name} for {age:.0f} s"
        for lock in sorted((folder / "spool").glob("*/claimed.lock"))
        if system.is_locked(lock) and (age := _age(lock.parent)) > 4 * _HEARTBEAT_SECONDS
    ]
    limit = f"{4 * _HEARTBEAT_SECONDS} s"
    found = ", ".join(silent) or "not silent"
    return held(11, "spools of living processes without a heartbeat", found, limit, not silent)


def _age(pair: Path) -> float:
    return time.time() - max((path.stat().st_mtime for path in pair.glob("*.spool")), default=time.time())


def _odd_pairs(spools: Sequence[_Spool]) -> list[str]:
    """A slot file has two slots a page and few pages more."""
    return [
        f"{one.path.parent.name}/{one.path.name}"
        for one in spools
        if not one.capacity * 4096 <= one.path.stat().st_size <= one.capacity * 4096 * 1.02 + 10 * 8192
    ]

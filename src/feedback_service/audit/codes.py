"""Access codes: hashes of one length in no order but their own, and flags that tell nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .files import DATABASE, opened, tables
from .model import Check, held, not_looked_at
from .order import FEWEST, certain_limit, spearman

_MAC_BYTES = 32
_FEWEST_PRINTED = 50


def check_codes(folder: Path) -> list[Check]:
    """Lines 12 and 13."""
    with opened(folder / DATABASE) as database:
        if "access_code" not in {table.name for table in tables(database)}:
            return [not_looked_at(12, "access codes", "there is no such table")]
        query = "SELECT round_id, CAST(mac AS BLOB), spent FROM access_code"
        rows = database.execute(query).fetchall()
    if not rows:
        return [not_looked_at(12, "access codes", "none were printed")]
    rounds = {round_id for round_id, _, _ in rows}
    smallest = min(sum(1 for one, _, _ in rows if one == round_id) for round_id in rounds)
    in_order = [(round_id, mac) for round_id, mac, _ in rows]
    return [
        held(12, "hashes of access codes", f"{len(rows)}, {_lengths(rows)} bytes", f"{_MAC_BYTES} bytes",
             _lengths(rows) == str(_MAC_BYTES)),
        held(12, "fewest codes of a round", smallest, f"≥ {_FEWEST_PRINTED}", smallest >= _FEWEST_PRINTED),
        held(12, "codes sorted by their hashes", f"{len(rows)} rows", "all", in_order == sorted(in_order)),
        _spent(rows),
    ]  # fmt: skip


def _lengths(rows: Sequence[tuple[int, bytes, int]]) -> str:
    return ", ".join(str(length) for length in sorted({len(mac) for _, mac, _ in rows}))


def _spent(rows: Sequence[tuple[int, bytes, int]]) -> Check:
    """A hash is random: where in the table the spent ones stand must be too."""
    flags = [spent for _, _, spent in rows]
    if len(rows) < FEWEST or len(set(flags)) < 2:
        return not_looked_at(13, "spent codes", "too few to tell anything")
    rho = abs(spearman(flags))
    limit = certain_limit(len(rows))
    return held(13, "spent codes and their place in the table", f"|ρ| {rho:.3f}", f"{limit:.3f}", rho < limit)

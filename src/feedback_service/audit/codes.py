"""Access codes: hashes of one length in no order but their own, and flags that tell nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .allowed import MAC_BYTES
from .model import Check, Row, Store, columns_of, held, not_looked_at
from .order import FEWEST, certain_limit, spearman
from .search import as_bytes

_FEWEST_PRINTED = 50
_COMMON = 8


def check_codes(store: Store) -> list[Check]:
    """Lines 12 and 13."""
    with store.opened() as database:
        if not {"round_id", "mac", "spent"} <= columns_of(database, "access_code"):
            return [not_looked_at(12, "access codes", "there is no such table")]
        rows = [
            (number, as_bytes(mac), spent)
            for number, mac, spent in database.select("access_code", ["round_id", "mac", "spent"])
        ]
        has_answers = {"round_id", "key", "verified"} <= columns_of(database, "envelope")
        answers = list(database.select("envelope", ["round_id", "key", "verified"])) if has_answers else []
    if not rows:
        return [not_looked_at(12, "access codes", "none were printed")]
    lengths = ", ".join(str(length) for length in sorted({len(mac) for _, mac, _ in rows}))
    smallest = min(Counter(round_id for round_id, _, _ in rows).values())
    in_order = [(round_id, mac) for round_id, mac, _ in rows]
    return [
        held(12, "hashes of access codes", f"{len(rows)}, {lengths} bytes", f"{MAC_BYTES} bytes",
             lengths == str(MAC_BYTES)),
        held(12, "fewest codes of a round", smallest, f"≥ {_FEWEST_PRINTED}", smallest >= _FEWEST_PRINTED),
        held(12, "codes sorted by their hashes", f"{len(rows)} rows", "all", in_order == sorted(in_order)),
        _spent(rows),
        *_with_answers(rows, answers),
    ]  # fmt: skip


def _spent(rows: Sequence[Row]) -> Check:
    """A hash is random: where in the table the spent ones stand must be too."""
    flags = [spent for _, _, spent in rows]
    if len(rows) < FEWEST or len(set(flags)) < 2:
        return not_looked_at(13, "spent codes", "too few to tell anything")
    rho = abs(spearman(flags))
    limit = certain_limit(len(rows))
    return held(13, "spent codes and their place in the table", f"|ρ| {rho:.3f}", f"{limit:.3f}", rho < limit)


def _with_answers(rows: Sequence[Row], answers: Sequence[Row]) -> list[Check]:
    """A code and its answer have nothing in common but their number."""
    beginnings = {mac[:_COMMON] for _, mac, _ in rows}
    keys = [as_bytes(key) for _, key, _ in answers]
    common = sum(part in beginnings for key in keys for part in (key[:_COMMON], key[-_COMMON:]))
    spent = Counter(round_id for round_id, _, flag in rows if flag)
    verified = Counter(round_id for round_id, _, flag in answers if flag)
    more = {number for number in verified if verified[number] > spent[number]}
    return [
        held(13, "codes and answers with a key in common", common, "0", common == 0),
        held(13, "rounds with more verified answers than spent codes", len(more), "0", not more),
    ]

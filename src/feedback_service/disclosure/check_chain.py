"""Whether a release file is what the private side signed: its signature, and the ledger that it came from.

The signature is over the hash of the round's last entry. That the file's figures are those of the entries
shows with the ledger beside it; without it, a signature says that this head was signed, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import FeedbackError
from ..sealing.signing import LedgerPublicKey
from .ledger import LedgerEntry, read_table, verify_chain
from .release import atom_document

Json = Mapping[str, Any]


def chain_problems(
    release: Json, key: LedgerPublicKey | None, ledger: Sequence[LedgerEntry] | None = None
) -> list[str]:
    """What the chain of a release of the right shape has against it; nothing without key and ledger."""
    found: list[str] = []
    chain = release["chain"]
    if key and not key.signed(chain["this"], chain["signature"]):
        found.append("the chain is not signed with the ledger's key")
    if ledger is not None:
        found += _against(release, ledger, key)
    return found


def _against(release: Json, ledger: Sequence[LedgerEntry], key: LedgerPublicKey | None) -> Iterator[str]:
    name = release["survey"], release["round"], release["issue"]
    entries = [entry for entry in ledger if (entry.survey, entry.round, entry.issue) == name]
    try:
        verify_chain(ledger, key)
        table = read_table(entries)
    except (FeedbackError, KeyError, TypeError) as error:
        yield f"the ledger doesn't hold it: {error}"
        return
    last = entries[-1]
    told = {"previous": entries[0].previous, "this": last.this, "signature": last.signature}
    if release["chain"] != told:
        yield "the chain is not the ledger's"
    atoms = [atom_document(atom) for atom in table.atoms]
    if (release["atoms"], release["invalid"]) != (atoms, table.invalid):
        yield "the figures are not the ledger's"

"""The file that carries a closed round to the machine with its key: a readable head, envelopes, a digest.

One line of JSON; then for each envelope one byte (1: verified by an access code, else 0), its length in two
bytes (big-endian), its body; then SHA-256 over all before. Written and read as a stream: a million
envelopes need no more memory than one. Nothing in it can be read without the round's key but public facts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import FeedbackError
from ..regions.directory import Directory, Region
from ..sealing.keys import from_base64url, to_base64url
from ..sealing.signing import LedgerPublicKey
from ..surveys.document import read_document
from ..tally.count import Sealed
from .counting import Asked
from .remembering import Place

FORMAT = "feedback-export/1"
_DIGEST_BYTES = 32
_LONGEST_HEAD = 1 << 25
_BEGINS_WITH = b'{"format": "' + FORMAT.encode()


class InvalidExport(FeedbackError):
    """A file that is no export, or one that was cut or changed on its way."""

    status = 422
    code = "export-invalid"
    message = "%(file)s can't be counted: %(reason)s. Nothing was counted; export the round again."


@dataclass(frozen=True, slots=True)
class ExportHead:
    """The first line: everything about a round that is public, and where its ledger stands."""

    asked: Asked
    public_key: bytes
    ledger_key: LedgerPublicKey
    place: Place
    envelopes: int

    def as_line(self) -> bytes:
        """JSON in one line."""
        asked = self.asked
        document = {
            "format": FORMAT,
            "survey": asked.survey,
            "round": asked.round,
            "fingerprint": asked.questionnaire.fingerprint.hex(),
            "public_key": to_base64url(self.public_key),
            "envelopes": self.envelopes,
            "contested": asked.contested,
            "ledger": {
                "previous": self.place.previous,
                "position": self.place.position,
                "public_key": to_base64url(self.ledger_key.point),
            },
            "regions": [[region.ags, region.name] for region in asked.directory.regions.values()],
            "questionnaire": json.loads(asked.questionnaire.canonical),
        }
        return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def write_export(path: Path, head: ExportHead, sealed: Iterable[Sealed]) -> str:
    """Write the file, whole or not at all; gives its digest as hex."""
    unfinished = path.with_name(path.name + ".new")
    try:
        digest = _write(unfinished, head, sealed)
    except BaseException:
        # It may be gigabytes on a disk that is full.
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.rename(path)
    return digest


def _write(path: Path, head: ExportHead, sealed: Iterable[Sealed]) -> str:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    digest = sha256()
    with os.fdopen(handle, "wb", buffering=1 << 20) as out:
        for part in _parts(head, sealed):
            digest.update(part)
            out.write(part)
        out.write(digest.digest())
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An export that is being read."""

    head: ExportHead
    path: Path
    first_line: bytes
    file: BinaryIO

    def sealed(self) -> Iterator[Sealed]:
        """The envelopes, once, in order; at the end the digest is checked. Raises `InvalidExport`."""
        digest = sha256(self.first_line)
        for _ in range(self.head.envelopes):
            start = self._exactly(3)
            body = self._exactly(int.from_bytes(start[1:], "big"))
            digest.update(start + body)
            yield start[0] == 1, body
        if self._exactly(_DIGEST_BYTES) != digest.digest():
            raise InvalidExport(file=self.path, reason="it was changed on its way")
        if self.file.read(1):
            raise InvalidExport(file=self.path, reason="it is longer than it says")

    def _exactly(self, number: int) -> bytes:
        found = self.file.read(number)
        if len(found) != number:
            raise InvalidExport(file=self.path, reason="it ends too early")
        return found


@contextmanager
def read_export(path: Path) -> Iterator[ExportFile]:
    """Open an export. Raises `InvalidExport`."""
    with path.open("rb", buffering=1 << 20) as file:
        line = file.readline(_LONGEST_HEAD)
        if not line.startswith(_BEGINS_WITH) or not line.endswith(b"\n"):
            raise InvalidExport(file=path, reason="it is no exported round")
        try:
            head = _read_head(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, FeedbackError):
            raise InvalidExport(file=path, reason="its head can't be read") from None
        yield ExportFile(head, path, line, file)


def _parts(head: ExportHead, sealed: Iterable[Sealed]) -> Iterator[bytes]:
    yield head.as_line()
    for verified, body in sealed:
        yield bytes([verified]) + len(body).to_bytes(2, "big") + body


def _read_head(told: Any) -> ExportHead:
    questionnaire = read_document(told["questionnaire"])
    if questionnaire.fingerprint.hex() != told["fingerprint"] or questionnaire.name != told["survey"]:
        raise ValueError("other questions than the fingerprint says")
    directory = Directory.of(Region(ags, name) for ags, name in told["regions"])
    ledger = told["ledger"]
    return ExportHead(
        Asked(questionnaire.name, str(told["round"]), questionnaire, directory, int(told["contested"])),
        from_base64url(told["public_key"]),
        LedgerPublicKey(from_base64url(ledger["public_key"])),
        Place(str(ledger["previous"]), int(ledger["position"])),
        int(told["envelopes"]),
    )

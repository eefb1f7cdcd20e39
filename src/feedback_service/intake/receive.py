"""The one door into the service: every channel hands its answers to `Door.receive`.

Takes answers as given; gives nothing back that could find them again. What is stored is sealed to the
round's public key, and no process that imports this module holds the private one. Done means durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from ..sealing.receipt import Receipt
from ..sealing.seal import seal
from ..surveys.answers import Answers
from .group_commit import GroupCommit
from .open_rounds import OpenSurvey
from .slot import answer, tombstone


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a process's spool."""

    spool: GroupCommit

    async def receive(
        self, survey: OpenSurvey, receipt: Receipt, *, lang: str, channel: str, answers: Answers
    ) -> None:
        """Seal checked answers and store them. Raises `RoundClosed`, `SpoolUnavailable`."""
        envelope = seal(survey.sealing, lang=lang, channel=channel, answers=answers)
        await self.receive_envelope(survey.round_number, receipt.tag, receipt.id_for(answers), envelope)

    async def receive_envelope(self, round_number: int, tag: bytes, id_: bytes, envelope: bytes) -> None:
        """Store an envelope that was sealed elsewhere. Raises `RoundClosed`, `SpoolUnavailable`."""
        await self.spool.put(answer(round_number, tag, id_, envelope))

    async def delete(self, receipt: Receipt, round_numbers: Iterable[int]) -> None:
        """Ask for the deletion of whatever was sent with this receipt in these rounds.

        Whether there was anything can't be told. Raises `RoundClosed`, `SpoolUnavailable`.
        """
        await asyncio.gather(*(self.spool.put(tombstone(number, receipt.tag)) for number in round_numbers))

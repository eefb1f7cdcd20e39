"""The one door into the service: every channel hands its answers to `Door.receive`.

Takes answers as given; gives nothing back that could find them again. What is stored is sealed to the
round's public key, and no process that imports this module holds the private one. Done means durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import N_, FeedbackError
from ..sealing.access_code import AccessCode
from ..sealing.code_field import seal_code
from ..sealing.receipt import Receipt
from ..sealing.seal import seal
from ..surveys.answers import Answers
from .code_key import CodeKey
from .flood import FloodGate
from .group_commit import GroupCommit
from .open_rounds import OpenSurvey
from .slot import answer, tombstone


class CodeNeeded(FeedbackError):
    """A survey that is only for people with a code."""

    status = 422
    code = "code-needed"
    message = N_("Please type the code from your card. Answers without a code are not counted here.")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer that was sealed elsewhere, with what names it."""

    tag: bytes
    id: bytes
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a process's spool.

    No code is looked up here: a used, an unknown and a fresh one take the same way in the same time, and
    only the mix learns which it was.
    """

    spool: GroupCommit
    code_key: CodeKey
    flood: FloodGate

    async def receive(
        self,
        survey: OpenSurvey,
        receipt: Receipt,
        *,
        lang: str,
        channel: str,
        answers: Answers,
        code: AccessCode | None = None,
    ) -> None:
        """Seal checked answers and store them.

        Raises `CodeNeeded`, `TooManyAnswers`, `RoundClosed`, `SpoolUnavailable`; then nothing is stored.
        """
        envelope = seal(survey.sealing, lang=lang, channel=channel, answers=answers)
        await self.receive_sealed(survey, Sealed(receipt.tag, receipt.id_for(answers), envelope), code)

    async def receive_sealed(self, survey: OpenSurvey, sealed: Sealed, code: AccessCode | None) -> None:
        """Store an envelope that was sealed elsewhere. Raises the same."""
        if survey.questionnaire.access == "code-required" and code is None:
            raise CodeNeeded
        self.flood.admit(survey, with_code=code is not None and survey.questionnaire.has_codes)
        field = self._code_field(survey, code)
        await self.spool.put(answer(survey.round_number, sealed.tag, sealed.id, sealed.envelope, field))

    async def delete(self, receipt: Receipt, round_numbers: Iterable[int]) -> None:
        """Ask for the deletion of whatever was sent with this receipt in these rounds.

        Whether there was anything can't be told. Raises `RoundClosed`, `SpoolUnavailable`.
        """
        await asyncio.gather(*(self.spool.put(tombstone(number, receipt.tag)) for number in round_numbers))

    def _code_field(self, survey: OpenSurvey, code: AccessCode | None) -> bytes | None:
        """Sealed with or without a code; where nobody has codes random bytes do as well."""
        if not survey.questionnaire.has_codes:
            return None
        return seal_code(self.code_key.current(), code.mac(survey.pepper) if code else None)

"""The receipt of a form: 128 random bits that make sending twice one answer, and deleting possible.

Shown as forty digits in groups of four, since every language reads digits and every phone types them:
39 for the number, one check digit (Verhoeff, which finds every single wrong digit and swapped neighbours).
`tag` finds all answers sent from one form, `id` one particular set of answers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from stdnum import verhoeff

from ..errors import N_, FeedbackError

RECEIPT_BYTES = 16
_DIGITS = 39
_GROUP = 4


class InvalidReceipt(FeedbackError):
    """Digits that are no receipt: too few, too many, or mistyped."""

    status = 422
    code = "receipt-invalid"
    message = N_("This number is not complete or has a typing mistake. It has 40 digits.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A form's 128 random bits. They don't print: whoever has them can delete the answer."""

    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> Receipt:
        """A new random receipt."""
        return cls(secrets.token_bytes(RECEIPT_BYTES))

    @classmethod
    def from_hex(cls, text: str) -> Receipt:
        """Read what a form of ours carries. Raises `InvalidReceipt`."""
        try:
            secret = bytes.fromhex(text)
        except ValueError:
            raise InvalidReceipt from None
        if len(secret) != RECEIPT_BYTES:
            raise InvalidReceipt
        return cls(secret)

    @classmethod
    def from_text(cls, text: str) -> Receipt:
        """Read what a person typed, in any script's digits. Raises `InvalidReceipt`."""
        digits = "".join(str(unicodedata.digit(one)) for one in text if one.isdecimal())
        number = int(digits[:-1]) if len(digits) == _DIGITS + 1 else -1
        if number < 0 or number >= 1 << (8 * RECEIPT_BYTES) or not verhoeff.is_valid(digits):
            raise InvalidReceipt
        return cls(number.to_bytes(RECEIPT_BYTES, "big"))

    @property
    def digits(self) -> str:
        """The forty digits."""
        number = str(int.from_bytes(self.secret, "big")).zfill(_DIGITS)
        return number + str(verhoeff.calc_check_digit(number))

    @property
    def shown(self) -> str:
        """The forty digits in groups of four, to be written down."""
        return " ".join(self.digits[at : at + _GROUP] for at in range(0, _DIGITS + 1, _GROUP))

    @property
    def tag(self) -> bytes:
        """SHA-256(receipt)[:16]: names all answers of this form."""
        return hashlib.sha256(self.secret).digest()[:16]

    def id_for(self, answers: Mapping[str, Any]) -> bytes:
        """HMAC-SHA256(receipt, canonical answers)[:16]: the same answers again have the same id."""
        return hmac.new(self.secret, rfc8785.dumps(dict(answers)), hashlib.sha256).digest()[:16]

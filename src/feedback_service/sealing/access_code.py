"""An access code: 80 random bits on a printed card, which show that a person answers and not who.

Written as 16 letters and digits of Crockford's alphabet, which has no I, L, O and U, and one check
character of the same alphabet (Luhn modulo 32), in groups of 4-4-4-5.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

from stdnum import luhn

from ..errors import N_, FeedbackError
from ..secret import Secret

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 10
_CHARACTERS = 16
_BITS = 5
_GROUPS = ((0, 4), (4, 8), (8, 12), (12, 17))
_LOOK_ALIKES = str.maketrans("ILO", "110")
_CONTEXT = b"access code"


class InvalidAccessCode(FeedbackError):
    """Characters that are no code: too few, too many, or mistyped."""

    status = 422
    code = "access-code-invalid"
    message = N_("This code is not complete or has a typing mistake. It has 17 letters and digits.")


@dataclass(frozen=True, slots=True)
class AccessCode:
    """The 80 bits of a card. They don't print by accident: whoever has them can spend the code."""

    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> AccessCode:
        """A new random code."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def from_text(cls, text: str) -> AccessCode:
        """Read what a person typed or a QR code gave, in any case, grouping and script of digits.

        Raises `InvalidAccessCode`.
        """
        written = "".join(_plain(one) for one in unicodedata.normalize("NFKC", text)).upper()
        written = written.translate(_LOOK_ALIKES)
        if len(written) != _CHARACTERS + 1 or not set(written) <= set(ALPHABET):
            raise InvalidAccessCode
        if not luhn.is_valid(written, ALPHABET):
            raise InvalidAccessCode
        number = 0
        for character in written[:_CHARACTERS]:
            number = number << _BITS | ALPHABET.index(character)
        return cls(number.to_bytes(SECRET_BYTES, "big"))

    @property
    def shown(self) -> str:
        """The code as it is printed: `ABCD-EFGH-JKMN-PQRST`."""
        number = int.from_bytes(self.secret, "big")
        places = range(_BITS * (_CHARACTERS - 1), -1, -_BITS)
        written = "".join(ALPHABET[number >> place & 31] for place in places)
        written += luhn.calc_check_digit(written, ALPHABET)
        return "-".join(written[start:end] for start, end in _GROUPS)

    def mac(self, pepper: Secret) -> bytes:
        """What the database keeps: HMAC-SHA256 under the round's pepper, 32 bytes."""
        return hmac.new(pepper.value, _CONTEXT + self.secret, hashlib.sha256).digest()


def _plain(character: str) -> str:
    """A digit of any script as ASCII; nothing for spaces, dashes and marks of direction."""
    if character.isdecimal():
        return str(unicodedata.digit(character))
    category = unicodedata.category(character)
    return "" if category[0] == "Z" or category in ("Pd", "Cf", "Cc") else character

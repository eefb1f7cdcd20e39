"""`SURVEY-ROUND.reviewers`: the key to a round's comments, under the reviewers' own passphrase.

It is drawn with the round's key and lies in it too. Who reviews gets this file and its passphrase, and so can
read what was written, but no answer of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from ..secret import Secret
from .key_file import REVIEWERS_FORMAT, InvalidKeyFile, head_of, read_document
from .keys import PrivateKey, PublicKey, from_base64url, to_base64url
from .wrapping import RoundSecrets, WrappingKey, WrongPassphrase, derive_for, lock, protection, unlock


@dataclass(frozen=True, slots=True)
class ReviewersKey:
    """An opened key, and the round that it is of."""

    survey: str
    round: str
    private_key: PrivateKey = field(repr=False)


def wrap_reviewers_key(survey: str, round_id: str, held: RoundSecrets, wrapping: WrappingKey) -> str:
    """The text of the file. It shows the round's public half as all its files do, and the reviewers' own."""
    head = head_of(survey, round_id, held.private_key.public, REVIEWERS_FORMAT)
    head |= {"reviewers_key_public": to_base64url(held.reviewers_key.public.to_bytes())}
    return lock(head | protection(wrapping), held.reviewers_key.to_bytes(), wrapping.key)


def reviewers_public(text: str, name: str) -> PublicKey:
    """The public half that the file shows. Raises `InvalidKeyFile`."""
    document = read_document(text, name, REVIEWERS_FORMAT)
    try:
        return PublicKey.from_bytes(from_base64url(document["reviewers_key_public"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidKeyFile(file=name) from None


def unwrap_reviewers_key(text: str, name: str, passphrase: Secret) -> ReviewersKey:
    """Open the file. Raises `InvalidKeyFile`, `WrongPassphrase`, `NotEnoughMemory`."""
    document = read_document(text, name, REVIEWERS_FORMAT)
    wrapping = derive_for(text, name, passphrase)
    try:
        key = PrivateKey.from_bytes(unlock(document, name, wrapping.key))
        return ReviewersKey(str(document["survey"]), str(document["round"]), key)
    except InvalidTag:
        raise WrongPassphrase from None
    except (KeyError, ValueError):
        raise InvalidKeyFile(file=name) from None

"""No type that holds a secret shows it: printed, formatted, logged, raised, or refused by pickle."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest

from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.errors import FeedbackError
from feedback_service.render.card_sheet import PrintedCard
from feedback_service.sealing.cards import Card, Cards, Unlocked, split
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import Derivation, RoundSecrets, derive
from feedback_service.secret import Secret
from feedback_service.tally.open_batch import OpeningContext

Holder = tuple[object, list[bytes]]


def _holders() -> dict[str, Holder]:
    held, signing = RoundSecrets.fresh(), LedgerKey.generate()
    of_round = [held.private_key.to_bytes(), held.release_secret.value, held.reviewers_key.to_bytes()]
    seed = signing.to_bytes()
    passphrase = Secret(b"correct horse battery staple")
    wrapping = derive(passphrase, Derivation(8 * 1024, 1, 1))
    receipt = Receipt.fresh()
    opened = Unlocked(held, signing)
    _, cards = split("clients", "2026-Q4", opened, 2, 2)
    words = cards[0].mnemonic.value
    return {
        "Secret": (passphrase, [passphrase.value]),
        "PrivateKey": (PrivateKey.from_bytes(of_round[0]), of_round[:1]),
        "RoundSecrets": (held, of_round),
        "LedgerKey": (signing, [seed]),
        "Unlocked": (opened, [*of_round, seed]),
        "WrappingKey": (wrapping, [wrapping.key.value]),
        "ReleaseSecret": (ReleaseSecret(of_round[1]), of_round[1:2]),
        "OpeningContext": (OpeningContext("2026-Q4", b"{}", (), Secret(of_round[0])), of_round[:1]),
        "Receipt": (receipt, [receipt.secret]),
        "Card": (cards[0], [words, words[-60:]]),
        "Cards": (Cards((cards[0].mnemonic,)), [words, words[-60:]]),
        "PrintedCard": (PrintedCard(1, tuple(cards[0].words)), [words[-60:], cards[0].words[-1].encode()]),
    }


HOLDERS = _holders()


def _logged(value: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.Logger("feedback.test")
    logger.addHandler(handler)
    try:
        raise ValueError(value)
    except ValueError:
        logger.exception("%s %r", value, value)
    return stream.getvalue()


def _raised(value: object) -> str:
    try:
        raise FeedbackError(held=value) from ValueError(value)
    except FeedbackError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(told.format()) + repr(error) + repr(error.facts)


def _pickled(value: object) -> str:
    try:
        pickle.dumps((value, lambda: None))
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError("a function can't be pickled")


@pytest.mark.parametrize("name", HOLDERS)
@pytest.mark.parametrize("how", [_logged, _raised, _pickled, lambda value: f"{value} {[value]} {(value,)}"])
def test_a_secret_does_not_show(
    name: str, how: Callable[[object], str], shows: Callable[[object, bytes], bool]
) -> None:
    value, secrets = HOLDERS[name]
    told = how(value)
    for secret in secrets:
        assert not shows(value, secret)
        assert not shows(told, secret)


def test_what_looks_for_secrets_here_would_find_one(shows: Callable[[object, bytes], bool]) -> None:
    secret = b"correct horse battery staple"
    for how in (_logged, _raised):
        assert shows(how(secret), secret)


def test_the_words_of_a_card_are_found_where_they_would_show(shows: Callable[[object, bytes], bool]) -> None:
    card = HOLDERS["Card"][0]
    assert isinstance(card, Card)
    assert shows(card.mnemonic.value.decode(), HOLDERS["Card"][1][1])

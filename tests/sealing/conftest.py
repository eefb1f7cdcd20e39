"""A round's key and context, sealed envelopes, and what a secret must never look like in print."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.seal import SealingContext, seal

ANSWERS = {"region": "08115", "pressing": ["housing", "work"], "comment": "Räume fehlen"}


@pytest.fixture(scope="session")
def private_key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture(scope="session")
def context(private_key: PrivateKey) -> SealingContext:
    return SealingContext("clients", "2026-Q4", bytes(range(32)), private_key.public)


@pytest.fixture(scope="session")
def envelope(context: SealingContext) -> bytes:
    return seal(context, lang="de", channel="web", answers=ANSWERS)


@pytest.fixture(scope="session")
def shows() -> Callable[[object, bytes], bool]:
    """Whether printing a value shows the secret in any usual form, alone or inside a container."""

    def printed(value: object, secret: bytes) -> bool:
        text = f"{value} {value!r} {[value]} {value!s:>5}"
        forms = {
            secret.hex(),
            secret.hex(" "),
            secret.hex(":"),
            repr(secret)[2:-1],
            repr(list(secret)),
            str(int.from_bytes(secret, "big")),
            base64.b64encode(secret).decode().rstrip("="),
            base64.urlsafe_b64encode(secret).decode().rstrip("="),
            base64.b32encode(secret).decode().rstrip("="),
        }
        return any(form.lower() in text.lower() for form in forms)

    return printed

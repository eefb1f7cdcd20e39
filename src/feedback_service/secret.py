"""A secret that doesn't print: passphrases, derived keys, mixing keys."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """Bytes that must not appear in a log, a traceback or a terminal."""

    value: bytes = field(repr=False)

    def __str__(self) -> str:
        return "Secret(…)"

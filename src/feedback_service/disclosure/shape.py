"""What a `feedback-release/1` file must look like before its numbers are worth checking.

A shape is a type, a tuple of alternatives, a one-item list (each item), a dict of exactly these keys, or
`Each` (any keys, each value alike). Further keys are refused: a field more is where a raw number would hide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

EXACT: Final = 2**53
"""Integers from here on are not exact in every JSON reader, and have no canonical form (RFC 8785)."""


@dataclass(frozen=True, slots=True)
class Each:
    """A JSON object with any keys, whose values all have one shape."""

    shape: Any


class Optional(str):
    """The name of a field that may be missing, as one about access codes where a survey has none."""

    __slots__ = ()


_ARROWS: Final = [(str, None)]
_QUESTION: Final = {
    "kind": str,
    "choices": [str],
    "noisy": [int],
    "count": [int],
    "pct": ([int], None),
    "mean": (float, None),
    "rank": ([(int, None)], None),
    "trend": (_ARROWS, None),
}
RELEASE: Final = {
    "format": str,
    "survey": str,
    "round": str,
    "issue": int,
    "issued": str,
    "parameters": {
        "k": {"local": int, "wide": int, "state": int},
        "V": int,
        "percent_from": int,
        "mean_from": int,
    },
    "atoms": [
        {
            "id": str,
            "class": str,
            "audience": str,
            "regions": [str],
            "n": int,
            "digest": str,
            "questions": Each({"noisy": [int]}),
        }
    ],
    "rows": [
        {
            "region": str,
            "level": str,
            "class": str,
            "audience": str,
            "window": [str],
            "n": int,
            "atoms": [str],
            "questions": Each(_QUESTION),
        }
    ],
    "withheld": [
        {"region": str, "class": str, "audience": str, "reason": str, "pooled_into": (str, None)},
    ],
    "invalid": int,
    Optional("codes"): {"verified": int, "contested": int},
    "chain": {"previous": str, "this": str, "signature": (str, None)},
}


def mismatches(value: object, shape: Any, where: str = "release") -> Iterator[str]:
    """Each place where a parsed JSON value doesn't have the shape, as a sentence."""
    if isinstance(shape, tuple):
        if all(any(True for _ in mismatches(value, option, where)) for option in shape):
            yield f"{where} has another type than expected"
    elif isinstance(shape, dict):
        yield from _exact_keys(value, shape, where)
    elif isinstance(shape, Each):
        if not isinstance(value, dict):
            yield f"{where} is no object"
            return
        for key, item in value.items():
            if not key.isprintable():  # a lone surrogate has no UTF-8, so no digest either
                yield f"{where} has a name that can't be printed"
            yield from mismatches(item, shape.shape, f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for index, item in enumerate(value):
            yield from mismatches(item, shape[0], f"{where}[{index}]")
    elif not _is_a(value, shape):
        yield f"{where} has another type than expected"


def _exact_keys(value: object, shape: dict[str, Any], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no object"
        return
    needed = {key for key in shape if not isinstance(key, Optional)}
    for key in sorted(needed - value.keys()):
        yield f"{where} lacks {key}"
    for key in sorted(map(str, value.keys() - shape.keys())):
        yield f"{where} has a further field {key}"
    for key in shape:
        if key in value:
            yield from mismatches(value[key], shape[key], f"{where}.{key}")


def _is_a(value: object, kind: type | None) -> bool:
    if kind is None:
        return value is None
    if isinstance(value, int) and abs(value) >= EXACT:
        return False
    return type(value) is kind  # `True` is an int to isinstance, but no number in JSON

"""The official keys of German regions (Amtlicher Gemeindeschlüssel, AGS).

Two digits name a state, three a Regierungsbezirk, five a Stadt- or Landkreis, eight a municipality;
each key begins with its parent's. A survey's answer `08`, the state itself, means "I don't want to say".
"""

from __future__ import annotations

from enum import StrEnum

from ..errors import FeedbackError


class Level(StrEnum):
    """The levels of the tree, as the release file names them."""

    STATE = "state"
    BEZIRK = "bezirk"
    KREIS = "kreis"
    MUNICIPALITY = "municipality"


_LEVEL_OF_LENGTH = {2: Level.STATE, 3: Level.BEZIRK, 5: Level.KREIS, 8: Level.MUNICIPALITY}
_LENGTHS = sorted(_LEVEL_OF_LENGTH)


class InvalidRegionKey(FeedbackError):
    """A text that is no AGS."""

    status = 422
    code = "region-key-invalid"
    message = "“%(key)s” is not a region key: it has 2, 3, 5 or 8 digits."


def level_of(ags: str) -> Level:
    """The level that a key names. Raises `InvalidRegionKey`."""
    level = _LEVEL_OF_LENGTH.get(len(ags))
    if level is None or not (ags.isascii() and ags.isdigit()):
        # What is typed in the wrong place may be a mail address, which no message shows.
        raise InvalidRegionKey(key=ags[:20] if ags.isalnum() else "…")
    return level


def parent_of(ags: str) -> str | None:
    """The key one level up, `None` for a state. Raises `InvalidRegionKey`."""
    level_of(ags)
    position = _LENGTHS.index(len(ags))
    return ags[: _LENGTHS[position - 1]] if position else None


def cut_to(ags: str, level: Level) -> str | None:
    """The ancestor of `ags` (or itself) at `level`; `None` where the key is coarser than that."""
    level_of(ags)
    length = next(size for size, named in _LEVEL_OF_LENGTH.items() if named is level)
    return ags[:length] if len(ags) >= length else None

"""What was published beside a round's releases, and is read with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .quotes import Quote
from .replies import Reply
from .source import Source


@dataclass(frozen=True, slots=True)
class Beside:
    """`earlier` are older releases, for trends; `replies` released ones to their reports, of all regions.

    `quotes` are the round's approved ones, `themes` its published files of themes, by survey.
    """

    earlier: Sequence[Source] = ()
    replies: Sequence[Reply] = ()
    quotes: Sequence[Quote] = ()
    themes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


NOTHING = Beside()

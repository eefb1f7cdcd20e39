"""`doctor`."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import typer

from ..doctor.examine import Place, examine
from ..doctor.finding import Finding, Level
from .common import DEFAULT_DATA, Data, Json, Out

_ORDER = (Level.NOW, Level.ADVICE, Level.NOT_LOOKED_AT, Level.FINE)


def doctor(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Say what is wrong with an installation and what to do about it. Changes nothing.

    Exits 1 when something must be done now, 0 when there is nothing or only advice.
    """
    out = Out(as_json)
    found = examine(Place(data, datetime.now(UTC), os.environ))
    for level in _ORDER:
        for one in found:
            if one.level is level:
                out.line(_line(one))
    urgent = sum(one.level is Level.NOW for one in found)
    advice = sum(one.level is Level.ADVICE for one in found)
    out.line(f"{urgent} to be done now, {advice} pieces of advice, {len(found)} things looked at.")
    out.finish({"now": urgent, "advice": advice, "findings": [_as_json(one) for one in found]})
    if urgent:
        raise typer.Exit(1)


def _line(one: Finding) -> str:
    todo = f" To do: {one.todo}" if one.todo else ""
    return f"{one.level:<15}{one.subject}: {one.found}{todo}"


def _as_json(one: Finding) -> dict[str, str]:
    return {"subject": one.subject, "level": str(one.level), "found": one.found, "todo": one.todo}

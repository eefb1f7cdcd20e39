"""`audit storage`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..audit.known import read_known
from ..audit.model import Check, Verdict
from ..audit.opening import RoundKey
from ..audit.run import MUST_FAIL, audit_naive, audit_storage
from ..sealing.wrapping import unwrap
from ..settings import load_settings
from .common import DEFAULT_DATA, Data, Json, Out, counter, passphrase, read_text

_COLOURS = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FINDING: "red",
    Verdict.NOT_LOOKED_AT: "dim",
}


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Check what an installation keeps.")
    group.callback()(_several)
    group.command()(storage)
    return group


def _several() -> None:
    """Check what an installation keeps, without trusting it."""


def storage(
    markers: Annotated[
        Path | None,
        typer.Option(
            "--markers",
            help="Known answers in their true order, one JSON object a line with any of: marker (a text or"
            " several), tag, id (hex), code, address, user_agent, referer, language, telegram_id.",
        ),
    ] = None,
    also: Annotated[
        list[Path] | None, typer.Option("--also", help="Another folder to search, as for logs; repeatable.")
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", help="A round's key file, to open its envelopes; repeatable."),
    ] = None,
    selftest: Annotated[
        bool, typer.Option("--selftest", help="Audit a naive store instead: it must be found out.")
    ] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Look for anything that could tell who answered, what, or when. Exits 1 on a finding."""
    out = Out(as_json)
    if selftest:
        _selftest(out)
        return
    known = read_known(markers) if markers else []
    keys = _keys(data, key or [])
    with counter("searching") as progress:
        checks = audit_storage(data, known=known, also=also or [], keys=keys, progress=progress)
    _show(out, checks)
    findings = sum(check.verdict is Verdict.FINDING for check in checks)
    warnings = sum(check.verdict is Verdict.WARNING for check in checks)
    out.line(f"{findings} findings, {warnings} warnings.")
    out.finish({"findings": findings, "warnings": warnings, "checks": _as_json(checks)})
    if findings:
        raise typer.Exit(1)


def _selftest(out: Out) -> None:
    checks, missed = audit_naive()
    _show(out, checks)
    wanted = ", ".join(map(str, MUST_FAIL))
    verdict = (
        f"missed {', '.join(map(str, missed))}" if missed else f"checks {wanted} found it out, as they must"
    )
    out.line(f"A naive store: {verdict}.")
    out.finish({"missed": missed, "checks": _as_json(checks)})
    if missed:
        raise typer.Exit(1)


def _keys(data: Path, files: Sequence[Path]) -> list[RoundKey]:
    if not files:
        return []
    secret = passphrase(load_settings(data))
    opened = [unwrap(read_text(file), file.name, secret) for file in files]
    return [RoundKey(survey, round_id, held.private_key) for survey, round_id, held in opened]


def _show(out: Out, checks: Sequence[Check]) -> None:
    if out.as_json:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("No.", "Looked at", "Found", "Limit", ""):
        table.add_column(heading, justify="right" if heading == "No." else "left", overflow="fold")
    for check in checks:
        colour = _COLOURS[check.verdict]
        verdict = f"[{colour}]{check.verdict}[/]"
        table.add_row(str(check.number), check.looked_at, check.found, check.limit, verdict)
    console = Console(width=None if Console().is_terminal else 140, highlight=False, markup=True)
    console.print(table)


def _as_json(checks: Sequence[Check]) -> list[dict[str, object]]:
    return [
        {
            "number": check.number,
            "looked_at": check.looked_at,
            "found": check.found,
            "limit": check.limit,
            "verdict": str(check.verdict),
        }
        for check in checks
    ]

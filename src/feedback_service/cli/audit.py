"""`audit storage`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..audit.known import read_known
from ..audit.model import Check, Verdict
from ..audit.opening import RoundKey
from ..audit.postgres import PostgresStore
from ..audit.run import MUST_FAIL, Asked, audit_naive, audit_storage
from ..audit.system import System
from ..sealing.wrapping import unwrap
from ..settings import load_settings
from .common import DEFAULT_DATA, Data, Json, Out, counter, passphrase, read_text

_COLUMNS = 100
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
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            envvar="FEEDBACK_DATABASE_URL",
            show_envvar=True,
            help="Audit this PostgreSQL database in place of the data folder's.",
        ),
    ] = None,
    pgdata: Annotated[
        Path | None,
        typer.Option("--pgdata", help="The server's own folder, to search its tables and write-ahead log."),
    ] = None,
    after_mix: Annotated[
        bool,
        typer.Option("--after-mix", help="A mix has just run and nothing was sent since: hold it to that."),
    ] = False,
    system_root: Annotated[
        Path,
        typer.Option("--system-root", help="Look for configuration and processes below this folder."),
    ] = Path("/"),
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
    url = database_url or _configured_url(data)
    with counter("searching") as progress:
        asked = Asked(
            data,
            known=known,
            also=also or [],
            keys=keys,
            system=System(system_root),
            server=PostgresStore(url) if url else None,
            pgdata=pgdata,
            after_mix=after_mix,
            progress=progress,
        )
        checks = audit_storage(asked)
    _show(out, checks)
    findings = sum(check.verdict is Verdict.FINDING for check in checks)
    warnings = sum(check.verdict is Verdict.WARNING for check in checks)
    out.line(f"{findings} findings, {warnings} warnings.")
    out.finish({"findings": findings, "warnings": warnings, "checks": _as_json(checks)})
    if findings:
        raise typer.Exit(1)


def _configured_url(data: Path) -> str | None:
    """The address in the settings file, which the audit reads by itself."""
    try:
        found = tomllib.loads((data / "settings.toml").read_text("utf-8")).get("database_url")
    except (OSError, ValueError):
        return None
    return str(found) if found else None


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
    # At a terminal as wide as it is; in a pipe as wide as a page that is read.
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(width=_COLUMNS, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("Looked at", ratio=10, overflow="fold")
    table.add_column("Found", ratio=11, overflow="fold")
    table.add_column("Limit", ratio=6, overflow="fold")
    table.add_column("", no_wrap=True)
    for check in checks:
        # Text, not markup: a file's name may have brackets.
        cells = [Text(one) for one in (str(check.number), check.looked_at, check.found, check.limit)]
        table.add_row(*cells, Text(check.verdict, style=_COLOURS[check.verdict]))
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

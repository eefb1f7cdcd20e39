"""`releases export|verify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ..disclosure.check import problems
from ..disclosure.check_themes import is_themes, themes_problems
from ..disclosure.ledger import verify_chain
from ..disclosure.ledger_file import is_ledger, ledger_document, read_ledger
from ..errors import FeedbackError
from ..i18n import Interface
from ..regions.directory import Directory
from ..render.table_file import csv_table
from ..reports.build import region_report, regions_with_rows
from ..reports.source import Source
from ..rounds.key_folder import LEDGER_PUBLIC, load_ledger_key
from ..sealing.signing import LedgerPublicKey
from ..storage.ledger import all_entries
from ..storage.published import find_source
from ..storage.quotes import themes_body
from ..storage.regions import read_directory
from ..storage.releases import release_heads
from .common import DEFAULT_DATA, Data, Json, Out, counter, installation, read_text
from .digest_files import digest_files, interface_in

LEDGER_FILE = "ledger.json"
A_REGION_EACH = ("xlsx", "pdf", "html")
FORMATS = ("json", "csv", *A_REGION_EACH)


class UnknownFormat(FeedbackError):
    """A format that can't be written."""

    status = 422
    code = "format-unknown"
    message = "The format “%(format)s” can't be written. There are: %(known)s."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Releases: export and verify.")
    group.command()(export)
    group.command()(verify)
    return group


def export(
    folder: Annotated[Path, typer.Option("--out", help="Where the files go.")],
    formats: Annotated[
        str, typer.Option("--format", help="json, csv, and for each region xlsx, pdf, html; with commas.")
    ] = "json,csv",
    language: Annotated[str, typer.Option(help="The language of texts: de or en for PDFs.")] = "de",
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Write every release as files: JSON verbatim, CSV with one line an answer; documents for each region.

    With JSON go the ledger and its public key, with which anyone can check that nothing was put in later.
    """
    wanted = [one.strip() for one in formats.split(",")]
    for one in wanted:
        if one not in FORMATS:
            raise UnknownFormat(format=one[:20], known=", ".join(FORMATS))
    store, settings = installation(data)
    interface = interface_in(language)
    out = Out(as_json)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    with store.read() as connection:
        directory = read_directory(connection)
        for head in release_heads(connection):
            found = find_source(connection, head.survey, head.round)
            if found is None:
                continue
            path = folder / f"{head.survey}-{head.round}"
            if "json" in wanted:
                written.append(_write(path.with_suffix(".json"), found[1]))
                themes = themes_body(connection, head.survey, head.round)
                written += [_write(path.with_suffix(".themes.json"), themes)] if themes else []
            if "csv" in wanted:
                table = _table(found[0], directory, interface)
                written.append(_write(path.with_suffix(".csv"), ("\ufeff" + table).encode()))
        if written and "json" in wanted:
            ledger = json.dumps(ledger_document(all_entries(connection)), ensure_ascii=False, indent=1)
            written.append(_write(folder / LEDGER_FILE, ledger.encode() + b"\n"))
            key = load_ledger_key(store.key_folder)
            written += [_write(folder / LEDGER_PUBLIC, key.as_file().encode())] if key else []
        with counter("Documents") as progress:
            endings = [one for one in wanted if one in A_REGION_EACH]
            for path, content in digest_files(connection, directory, interface, settings, endings, progress):
                (folder / path).parent.mkdir(exist_ok=True)
                written.append(_write(folder / path, content))
    for name in written:
        out.line(name)
    if not written:
        out.line("Nothing is released yet.")
    out.finish({"files": written})


def verify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Release files; without any, the installation's.")
    ] = None,
    ledger_key: Annotated[
        Path | None, typer.Option("--ledger-key", help="The ledger's public key, ledger.pub.", exists=True)
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Recompute everything in releases from their noisy figures, and check the ledger's chain and signatures.

    Files are checked against a ledger.json among them, with the key in --ledger-key, or in ledger.pub beside.
    """
    out = Out(as_json)
    documents = {str(file): json.loads(read_text(file)) for file in files or ()}
    ledgers = [documents.pop(name) for name in list(documents) if is_ledger(documents[name])]
    ledger = read_ledger(ledgers[0]) if ledgers else None
    key = _ledger_key(ledger_key, files[0].parent) if files else None
    if not files:
        store, _ = installation(data)
        key = _ledger_key(ledger_key, store.key_folder)
        with store.read() as connection:
            ledger = all_entries(connection)
            for head in release_heads(connection):
                found = find_source(connection, head.survey, head.round)
                if found:
                    documents[f"{head.survey} {head.round}"] = json.loads(found[1])
                themes = themes_body(connection, head.survey, head.round)
                if themes:
                    documents[f"{head.survey} {head.round} (themes)"] = json.loads(themes)
    if ledger is not None:
        verify_chain(ledger, key)
    found_problems = {
        name: (
            themes_problems(document)
            if is_themes(document)
            else problems(document, ledger_key=key, ledger=ledger)
        )
        for name, document in documents.items()
    }
    for name, wrong in found_problems.items():
        out.line(f"{name}: {'right' if not wrong else '; '.join(wrong)}")
    if key is None:
        out.line("No ledger.pub is known here: signatures were not checked.")
    out.finish(found_problems)
    if any(found_problems.values()):
        raise typer.Exit(1)


def _ledger_key(named: Path | None, folder: Path) -> LedgerPublicKey | None:
    """The key from the named file, else from `ledger.pub` in the folder, where there is one."""
    return LedgerPublicKey.from_file(read_text(named), named.name) if named else load_ledger_key(folder)


def _table(source: Source, directory: Directory, interface: Interface) -> str:
    code, say = interface.language.code, interface.plain
    regions = regions_with_rows(source.release)
    return csv_table([region_report(source, directory, code, region, say) for region in regions])


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)

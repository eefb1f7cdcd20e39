"""`digests preview`; `send`, `status` and `bounce` have a file of their own."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..render.documents import DOCUMENTS
from ..render.html import digest_document
from ..render.plain_text import digest_text
from ..reports.beside import NOTHING
from ..reports.build import digest
from ..storage.beside import beside_round
from ..storage.published import newest_complete_round, sources_of_round
from ..storage.regions import read_directory
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation
from .digest_files import interface_in
from .sending import bounce, send, status


class NothingReleased(FeedbackError):
    """No round of which every survey is released."""

    status = 409
    code = "nothing-released"
    message = "There is no round of which every survey is released. See: feedback-service rounds list"


class UnknownDigestFormat(FeedbackError):
    """A format that digests don't have."""

    status = 422
    code = "digest-format-unknown"
    message = "A digest can't be written as “%(format)s”. There are: %(known)s."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help="Digests for decision-makers.", no_args_is_help=True)
    group.callback()(_several)
    group.command()(preview)
    group.command()(send)
    group.command()(status)
    group.command()(bounce)
    return group


def _several() -> None:
    """Digests for decision-makers."""


def preview(
    region: Annotated[str, typer.Option("--region", help="The AGS of the region, like 08416.")],
    language: Annotated[str, typer.Option("--language", help="The digest's language.")] = "de",
    round_name: RoundName = None,
    formats: Annotated[
        str,
        typer.Option("--format", help="html, pdf (German, English), xlsx, csv, json; with commas."),
    ] = "html",
    show: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Print a digest as text and write it as files, as its recipients would get it."""
    wanted = _wanted(formats, show)
    store, settings = installation(data)
    out = Out(as_json)
    interface = interface_in(language)
    with store.read() as connection:
        directory = read_directory(connection)
        name = directory[region].name
        round_id = round_name or newest_complete_round(connection)
        sources = sources_of_round(connection, round_id) if round_id else []
        beside = beside_round(connection, round_id) if round_id else NOTHING
    if not sources or round_id is None:
        raise NothingReleased
    made = digest(
        sources,
        directory,
        language,
        region,
        interface.plain,
        demo=settings.demo,
        beside=beside,
    )
    text, html = digest_text(made, interface), digest_document(made, interface)
    file = store.folder / "previews" / f"digest-{region}-{round_id}-{language}.html"
    files = {ending: file.with_suffix(f".{ending}") for ending in wanted}
    for ending, path in files.items():
        _write(path, DOCUMENTS[ending](made, interface, settings.operator))
    out.line(text)
    for path in files.values():
        out.line(str(path))
    out.finish(
        {
            "region": region, "name": name, "round": round_id, "language": language,
            "text": text, "html": html,
            "files": {ending: str(path) for ending, path in files.items()},
        }
    )  # fmt: skip
    if show:
        webbrowser.open(file.resolve().as_uri())


def _wanted(formats: str, show: bool) -> list[str]:
    """The formats, each once; a page to open is always among them."""
    wanted = [one.strip() for one in formats.split(",") if one.strip()] + ["html"] * show
    for one in wanted:
        if one not in DOCUMENTS:
            raise UnknownDigestFormat(format=one[:20], known=", ".join(DOCUMENTS))
    return list(dict.fromkeys(wanted))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.write_bytes(content)

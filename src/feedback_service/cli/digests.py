"""`digests preview`."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..i18n import load_interfaces
from ..render.html import digest_document
from ..render.pdf import digest_pdf
from ..render.plain_text import digest_text
from ..reports.build import digest
from ..storage.published import newest_complete_round, sources_of_round
from ..storage.regions import read_directory
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation


class NothingReleased(FeedbackError):
    """No round of which every survey is released."""

    status = 409
    code = "nothing-released"
    message = "There is no round of which every survey is released. See: feedback-service rounds list"


class NoSuchLanguage(FeedbackError):
    """A language without a catalog."""

    status = 422
    code = "language-unknown"
    message = "There is no language “%(language)s”. There are: %(known)s."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help="Digests for decision-makers.", no_args_is_help=True)
    group.callback()(_several)
    group.command()(preview)
    return group


def _several() -> None:
    """Digests for decision-makers."""


def preview(
    region: Annotated[str, typer.Option("--region", help="The AGS of the region, like 08416.")],
    language: Annotated[str, typer.Option("--language", help="The digest's language.")] = "de",
    round_name: RoundName = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write it as PDF too (German, English).")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Print a digest as text and write it as HTML (and PDF), as its recipients would get it."""
    store, settings = installation(data)
    out = Out(as_json)
    interfaces = load_interfaces()
    if language not in interfaces:
        raise NoSuchLanguage(language=language[:10], known=", ".join(interfaces))
    interface = interfaces[language]
    with store.read() as connection:
        directory = read_directory(connection)
        name = directory[region].name
        round_id = round_name or newest_complete_round(connection)
        sources = sources_of_round(connection, round_id) if round_id else []
    if not sources or round_id is None:
        raise NothingReleased
    made = digest(sources, directory, language, region, interface.plain, demo=settings.demo)
    text, html = digest_text(made, interface), digest_document(made, interface)
    file = store.folder / "previews" / f"digest-{region}-{round_id}-{language}.html"
    _write(file, html.encode())
    out.line(text)
    out.line(f"HTML: {file}")
    document: dict[str, str] = {
        "region": region, "name": name, "round": round_id, "language": language, "text": text, "html": html,
    }  # fmt: skip
    if pdf:
        _write(file.with_suffix(".pdf"), digest_pdf(made, interface, settings.operator))
        document["pdf"] = str(file.with_suffix(".pdf"))
        out.line(f"PDF: {document['pdf']}")
    out.finish(document)
    if show:
        webbrowser.open(file.resolve().as_uri())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.write_bytes(content)

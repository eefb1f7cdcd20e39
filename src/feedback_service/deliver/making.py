"""Makes digests in all shapes that mails need: each once for all recipients of a region and a language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..i18n import Interface
from ..regions.directory import Directory
from ..render.html import digest_document
from ..render.pdf import LANGUAGES as PDF_LANGUAGES
from ..render.pdf import digest_pdf
from ..render.plain_text import digest_text
from ..render.spreadsheet import digest_workbook
from ..render.table_file import csv_table
from ..reports.build import Source, digest
from ..reports.model import Digest
from ..settings import Settings
from ..storage.published import sources_of_round
from ..storage.regions import read_directory
from ..storage.session import Store
from .message import Attachment, DigestContent, reply_title


def digest_csv(made: Digest, _interface: Interface, _operator: str) -> bytes:
    """All tables of a digest in one file."""
    reports = [one for part in made.parts for one in (part.local, part.state) if one]
    # The mark makes spreadsheets read UTF-8.
    return ("\ufeff" + csv_table(reports)).encode()


# The files of a digest, by ending.
FILES: Mapping[str, Callable[[Digest, Interface, str], bytes]] = {
    "pdf": digest_pdf,
    "xlsx": digest_workbook,
    "csv": digest_csv,
}
# What results pages have beside them for everybody.
_LINKED = ("", ".xlsx", ".csv")


def file_endings(language: str, wanted: tuple[str, ...]) -> list[str]:
    """Of the wanted files those that there are in a language: PDFs have the letters of two only."""
    return [one for one in FILES if one in wanted and (one != "pdf" or language in PDF_LANGUAGES)]


@dataclass(slots=True)
class _Made:
    """One digest, and its files as far as somebody wanted them."""

    digest: Digest
    text: str
    html: str
    files: dict[str, bytes] = field(default_factory=dict)


class DigestMaker:
    """Reads a round's releases once, and keeps the last digest that was made: ask for them sorted."""

    def __init__(self, store: Store, settings: Settings, interfaces: Mapping[str, Interface]) -> None:
        self._store = store
        self._settings = settings
        self._interfaces = interfaces
        self._read: tuple[str, list[Source], Directory] | None = None
        self._last: tuple[tuple[str, str, str], _Made] | None = None

    def content(self, round_id: str, region: str, language: str, formats: tuple[str, ...]) -> DigestContent:
        """The digest of a region and a language, with the files that are wanted."""
        made, interface = self._made(round_id, region, language), self._interfaces[language]
        files = []
        for ending in file_endings(language, formats):
            if ending not in made.files:
                made.files[ending] = FILES[ending](made.digest, interface, self._settings.operator)
            name = f"feedback-{round_id}-{region}-{language}.{ending}"
            files.append(Attachment(name, ending, made.files[ending]))
        return DigestContent(
            title=reply_title(interface, made.digest.name, round_id),
            demo=made.digest.demo,
            text=made.text,
            html=made.html,
            files=tuple(files),
            links=tuple(self._links(made.digest, language)),
        )

    def _made(self, round_id: str, region: str, language: str) -> _Made:
        key = (round_id, region, language)
        if self._last is None or self._last[0] != key:
            sources, directory = self._sources(round_id)
            interface = self._interfaces[language]
            made = digest(sources, directory, language, region, interface.plain, demo=self._settings.demo)
            shapes = _Made(made, digest_text(made, interface), digest_document(made, interface))
            self._last = (key, shapes)
        return self._last[1]

    def _sources(self, round_id: str) -> tuple[list[Source], Directory]:
        if self._read is None or self._read[0] != round_id:
            with self._store.read() as connection:
                self._read = (round_id, sources_of_round(connection, round_id), read_directory(connection))
        return self._read[1], self._read[2]

    def _links(self, made: Digest, language: str) -> Iterator[str]:
        for part in made.parts:
            place = f"{language}/results/{part.state.survey}/{made.round}/{made.region}"
            yield from (f"{self._settings.public_url}/{place}{ending}" for ending in _LINKED)

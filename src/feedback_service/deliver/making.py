"""Makes digests in all shapes that mails need: each once for all recipients of a region and a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..i18n import Interface
from ..regions.directory import Directory
from ..render.documents import DOCUMENTS
from ..render.mail import digest_mail_html, result_addresses
from ..render.pdf import LANGUAGES as PDF_LANGUAGES
from ..render.plain_text import digest_text
from ..reports.beside import Beside
from ..reports.build import digest
from ..reports.model import Digest
from ..reports.source import Source
from ..settings import Settings
from ..storage.beside import beside_round
from ..storage.published import sources_of_round
from ..storage.regions import read_directory
from ..storage.session import Store
from .message import Attachment, DigestContent, reply_title

# What can be attached to a mail.
ATTACHED = ("pdf", "xlsx", "csv")
# What results pages have beside them for everybody.
_LINKED = ("", ".xlsx", ".csv")


def file_endings(language: str, wanted: tuple[str, ...]) -> list[str]:
    """Of the wanted files those that there are in a language: PDFs have the letters of two only."""
    return [one for one in ATTACHED if one in wanted and (one != "pdf" or language in PDF_LANGUAGES)]


@dataclass(slots=True)
class _Made:
    """One digest, and its files as far as somebody wanted them."""

    digest: Digest
    text: str
    html: str
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Releases:
    """What a round's digests are made from."""

    round: str
    sources: list[Source]
    beside: Beside
    directory: Directory


class DigestMaker:
    """Reads a round's releases once, and keeps the last digest that was made: ask for them sorted."""

    def __init__(self, store: Store, settings: Settings, interfaces: Mapping[str, Interface]) -> None:
        self._store = store
        self._settings = settings
        self._interfaces = interfaces
        self._read: _Releases | None = None
        self._last: tuple[tuple[str, str, str], _Made] | None = None

    def content(self, round_id: str, region: str, language: str, formats: tuple[str, ...]) -> DigestContent:
        """The digest of a region and a language, with the files that are wanted."""
        made, interface = self._made(round_id, region, language), self._interfaces[language]
        files = []
        for ending in file_endings(language, formats):
            if ending not in made.files:
                made.files[ending] = DOCUMENTS[ending](made.digest, interface, self._settings.operator)
            name = f"feedback-{round_id}-{region}-{language}.{ending}"
            files.append(Attachment(name, ending, made.files[ending]))
        return DigestContent(
            title=reply_title(interface, made.digest.name, round_id),
            demo=made.digest.demo,
            text=made.text,
            html=made.html,
            files=tuple(files),
            links=tuple(self._links(made.digest)),
        )

    def _made(self, round_id: str, region: str, language: str) -> _Made:
        key = (round_id, region, language)
        if self._last is None or self._last[0] != key:
            releases = self._releases(round_id)
            interface, settings = self._interfaces[language], self._settings
            made = digest(
                releases.sources,
                releases.directory,
                language,
                region,
                interface.plain,
                demo=settings.demo,
                beside=releases.beside,
            )
            html = digest_mail_html(made, interface, settings.public_url)
            self._last = (key, _Made(made, digest_text(made, interface), html))
        return self._last[1]

    def _releases(self, round_id: str) -> _Releases:
        if self._read is None or self._read.round != round_id:
            with self._store.read() as connection:
                self._read = _Releases(
                    round_id,
                    sources_of_round(connection, round_id),
                    beside_round(connection, round_id),
                    read_directory(connection),
                )
        return self._read

    def _links(self, made: Digest) -> list[str]:
        addresses = result_addresses(made, self._settings.public_url)
        return [f"{address}{ending}" for address in addresses for ending in _LINKED]

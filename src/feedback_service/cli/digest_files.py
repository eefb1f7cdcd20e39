"""The digests of every region as files, for `releases export`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..i18n import Interface, load_interfaces
from ..regions.directory import Directory
from ..regions.keys import Level
from ..render.documents import DOCUMENTS
from ..reports.build import digest, regions_with_rows
from ..reports.source import Source
from ..settings import Settings
from ..storage.beside import beside_round
from ..storage.published import sources_of_round
from ..storage.releases import release_heads


class NoSuchLanguage(FeedbackError):
    """A language without a catalog."""

    status = 422
    code = "language-unknown"
    message = "There is no language “%(language)s”. There are: %(known)s."


def interface_in(language: str) -> Interface:
    """The interface in a language. Raises `NoSuchLanguage`."""
    interfaces = load_interfaces()
    if language not in interfaces:
        raise NoSuchLanguage(language=language[:10], known=", ".join(interfaces))
    return interfaces[language]


def digest_files(
    connection: Connection,
    directory: Directory,
    interface: Interface,
    settings: Settings,
    endings: Sequence[str],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Iterator[tuple[Path, bytes]]:
    """Each region's digest of each round that has a release, as `ROUND/AGS-LANGUAGE.ENDING`."""
    code = interface.language.code
    rounds = sorted({head.round for head in release_heads(connection)}) if endings else []
    wanted = [
        (round_id, sources, region)
        for round_id in rounds
        if (sources := sources_of_round(connection, round_id))
        for region in _regions(directory, sources)
    ]
    for done, (round_id, sources, region) in enumerate(wanted):
        progress(done, len(wanted))
        made = digest(
            sources,
            directory,
            code,
            region,
            interface.plain,
            demo=settings.demo,
            beside=beside_round(connection, round_id),
        )
        for ending in endings:
            content = DOCUMENTS[ending](made, interface, settings.operator)
            yield Path(round_id) / f"{region}-{code}.{ending}", content


def _regions(directory: Directory, sources: Sequence[Source]) -> list[str]:
    """Every region down to the Kreise, also those whose figures are withheld, then what else has rows."""
    tree = [one.ags for one in directory.regions.values() if one.level is not Level.MUNICIPALITY]
    found = [region for source in sources for region in regions_with_rows(source.release)]
    return list(dict.fromkeys([*tree, *found]))

"""Makes the examples in `docs/examples/`: digests of one demonstration as PDF, their first pages as pictures.

`make examples`. The demonstration's noise is drawn anew each time, so the figures are other ones each time.
Needs `pdftoppm` for the pictures of PDFs.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from feedback_service.clock import today
from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.keys import Level
from feedback_service.render.documents import DOCUMENTS
from feedback_service.reports.build import digest
from feedback_service.reports.model import Digest
from feedback_service.storage.published import newest_complete_round, sources_before, sources_of_round
from feedback_service.storage.regions import read_directory
from feedback_service.storage.session import Store

FOLDER = Path(__file__).parent / "examples"
LARGE, ENGLISH = "08111", "08416"
RESPONDENTS = 4000


def made(store: Store, interface: Interface, region: str) -> Digest:
    """The digest of a region of the demonstration's newest round."""
    with store.read() as connection:
        directory = read_directory(connection)
        round_id = newest_complete_round(connection) or ""
        sources, earlier = sources_of_round(connection, round_id), sources_before(connection, round_id)
    code, say = interface.language.code, interface.plain
    return digest(sources, directory, code, region, say, demo=True, earlier=earlier)


def pooled(store: Store, interface: Interface) -> str:
    """A Kreis without any figures of its own."""
    with store.read() as connection:
        directory = read_directory(connection)
    for kreis in directory.at(Level.KREIS):
        if all(part.own.n is None for part in made(store, interface, kreis.ags).parts):
            return kreis.ags
    raise RuntimeError("every district has figures; invent fewer answers")


def write(name: str, one: Digest, interface: Interface) -> None:
    """A PDF and a picture of its first two pages."""
    path = FOLDER / f"{name}.pdf"
    path.write_bytes(DOCUMENTS["pdf"](one, interface, ""))
    for number in (1, 2):
        target = FOLDER / f"{name}-page-{number}"
        command = ["pdftoppm", "-r", "70", "-png", "-singlefile", "-f", str(number), "-l", str(number)]
        subprocess.run([*command, str(path), str(target)], check=True)


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    interfaces = load_interfaces()
    german, english = interfaces["de"], interfaces["en"]
    with tempfile.TemporaryDirectory() as folder:
        store = set_up(Path(folder) / "data", today(), RESPONDENTS)
        write("state-de", made(store, german, "08"), german)
        write("large-district-de", made(store, german, LARGE), german)
        write("district-without-figures-de", made(store, german, pooled(store, german)), german)
        write("district-en", made(store, english, ENGLISH), english)


if __name__ == "__main__":
    main()

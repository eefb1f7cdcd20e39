"""What the digests of a round cost: state and 44 Kreise, in every format, from one demonstration's releases.

Seconds and megabytes of this process. The bound is typst alone: the same PDFs laid out once more from their
finished words. All other formats together should cost less than the PDFs.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from feedback_service.clock import today
from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.keys import Level
from feedback_service.render.documents import DOCUMENTS
from feedback_service.render.mail import digest_mail_html
from feedback_service.render.pdf import content_of, laid_out
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.build import digest
from feedback_service.reports.model import Digest
from feedback_service.storage.beside import beside_round
from feedback_service.storage.published import newest_complete_round, sources_of_round
from feedback_service.storage.regions import read_directory
from feedback_service.storage.session import Store

OPERATOR = "Benchmark"


def digests_of(store: Store, interface: Interface) -> list[Digest]:
    """The state's and every Kreis's digest of the newest round."""
    with store.read() as connection:
        round_id = newest_complete_round(connection)
        assert round_id is not None
        directory = read_directory(connection)
        sources, beside = sources_of_round(connection, round_id), beside_round(connection, round_id)
    regions = [directory.state, *directory.at(Level.KREIS)]
    code, say = interface.language.code, interface.plain
    return [digest(sources, directory, code, region.ags, say, demo=True, beside=beside) for region in regions]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def written(made: list[Digest], interface: Interface, ending: str) -> list[bytes]:
    """All of them as documents of one kind."""
    return [DOCUMENTS[ending](one, interface, OPERATOR) for one in made]


def megabytes() -> int:
    """The most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--respondents", type=int, default=4000, help="invented answers")
    arguments = parser.parse_args()
    interface = load_interfaces()["de"]
    with tempfile.TemporaryDirectory() as folder:
        store = set_up(Path(folder) / "data", today(), arguments.respondents)
        before = megabytes()
        made: list[Digest] = []
        spent = {"report model": seconds(lambda: made.extend(digests_of(store, interface)))}
        for ending in DOCUMENTS:
            spent[ending] = seconds(partial(written, made, interface, ending))
        spent["text"] = seconds(lambda: [digest_text(one, interface) for one in made])
        mail = [digest_mail_html(one, interface, "https://example.org") for one in made]
        spent["mail"] = seconds(
            lambda: [digest_mail_html(one, interface, "https://example.org") for one in made]
        )
        contents = [content_of(one, interface, OPERATOR) for one in made]
        bound = seconds(
            lambda: [laid_out(content, one.issued) for content, one in zip(contents, made, strict=True)]
        )
    print(f"{len(made)} digests, {len(mail)} mails")
    for name, took in spent.items():
        print(f"{name:<14}{took:8.2f} s")
    total = sum(spent.values())
    print(f"{'all':<14}{total:8.2f} s; {megabytes()} MB at most, {before} MB before")
    ratios = f"PDF / typst {spent['pdf'] / bound:.2f}; all / typst {total / bound:.2f}"
    print(f"{'typst alone':<14}{bound:8.2f} s; {ratios}")


if __name__ == "__main__":
    main()

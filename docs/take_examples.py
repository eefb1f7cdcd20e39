"""Makes the examples in `docs/examples/`: digests of a demonstration as PDF and as mail, with pictures.

`make examples`. The demonstration's noise is drawn anew each time, so the figures are other ones each time.
Needs `pdftoppm` (Debian's poppler-utils) for the pictures of PDFs, and Chromium for those of mails.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, time
from email.headerregistry import Address
from pathlib import Path

from playwright.sync_api import sync_playwright
from take_pictures import FLAGS

from feedback_service.clock import today
from feedback_service.deliver.making import DigestMaker
from feedback_service.deliver.message import Envelope, digest_message
from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.keys import Level
from feedback_service.settings import Settings
from feedback_service.storage.published import newest_complete_round, sources_of_round
from feedback_service.storage.regions import read_directory
from feedback_service.storage.session import Store

FOLDER = Path(__file__).parent / "examples"
URL = "https://feedback.example"
RESPONDENTS = 4000


def pooled(store: Store, round_id: str) -> str:
    """A Kreis that no release has figures of."""
    with store.read() as connection:
        directory, sources = read_directory(connection), sources_of_round(connection, round_id)
    shown = {row["region"] for source in sources for row in source.release["rows"]}
    return next(kreis.ags for kreis in directory.at(Level.KREIS) if kreis.ags not in shown)


def write(
    name: str, maker: DigestMaker, interfaces: Mapping[str, Interface], round_id: str, region: str, code: str
) -> None:
    """The PDF with pictures of its first two pages; the mail's text and HTML."""
    content = maker.content(round_id, region, code, ("pdf",))
    path = FOLDER / f"{name}.pdf"
    path.write_bytes(content.files[0].content)
    for number in (1, 2):
        target = FOLDER / f"{name}-page-{number}"
        command = ["pdftoppm", "-r", "60", "-png", "-singlefile", "-f", str(number), "-l", str(number)]
        subprocess.run([*command, str(path), str(target)], check=True)
    envelope = Envelope(
        Address("Feedback", "feedback", "feedback.example"),
        "office@example.org",
        f"<{name}@feedback.example>",
        datetime.combine(today(), time(9), UTC),
    )
    mail = digest_message(envelope, content, interfaces[code], f"{URL}/{code}/digests/leave/…")
    for ending, kind in (("txt", "plain"), ("html", "html")):
        part = mail.get_body((kind,))
        assert part is not None
        (FOLDER / f"{name}-mail.{ending}").write_text(part.get_content().replace("\r\n", "\n"), "utf-8")


def take_mails() -> None:
    """The mails as Chromium shows them, on a wide screen and on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for file in sorted(FOLDER.glob("*-mail.html")):
            for ending, width in (("", 700), ("-phone", 360)):
                page = browser.new_page(viewport={"width": width, "height": 600})
                page.goto(file.resolve().as_uri())
                page.screenshot(path=file.with_name(f"{file.stem}{ending}.png"), full_page=True)
        browser.close()


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    interfaces = load_interfaces()
    with tempfile.TemporaryDirectory() as folder:
        store = set_up(Path(folder) / "data", today(), RESPONDENTS)
        with store.read() as connection:
            round_id = newest_complete_round(connection) or ""
        settings = Settings(demo=True, public_url=URL)
        maker = DigestMaker(store, settings, interfaces)
        write("state-de", maker, interfaces, round_id, "08", "de")
        write("large-district-de", maker, interfaces, round_id, "08111", "de")
        write("district-without-figures-de", maker, interfaces, round_id, pooled(store, round_id), "de")
        write("district-en", maker, interfaces, round_id, "08416", "en")
    take_mails()


if __name__ == "__main__":
    main()

"""Digests as PDF: valid by both standards, the same bytes for the same digest, texts that stay texts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import page
import pytest

from feedback_service.i18n import Interface
from feedback_service.render.pdf import NoPdfInThisLanguage, digest_pdf
from feedback_service.reports.model import Answered, Digest, RegionReport, TileMap, Trend

PROFILES = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A)
# The checker takes a carriage return at a stream's end for the end of the line, and the length for wrong.
STREAM_LENGTH = "PDFA2A-STREAM-LENGTH-001"


def _faults(content: bytes) -> list[str]:
    found = []
    for profile in PROFILES:
        for one in page.validate_pdf_bytes(content, profile=profile).failures:
            if one.rule_id != STREAM_LENGTH or not _length_is_right(content, one.object_id):
                found.append(f"{one.rule_id}: {one.message}")
    return found


def _length_is_right(content: bytes, number: object) -> bool:
    (first,) = re.findall(r"\d+", str(number))[:1]
    start = content.index(b"\n%s 0 obj" % first.encode())
    head = re.search(rb"/Length (\d+).*?stream\r?\n", content[start:], re.S)
    assert head
    end = start + head.end() + int(head[1])
    return re.match(rb"\r?\n?endstream", content[end : end + 12]) is not None


@pytest.mark.parametrize("which", ["large", "small", "empty", "hostile"])
@pytest.mark.parametrize("demo", [True, False])
def test_a_digest_is_valid_by_both_standards(
    request: pytest.FixtureRequest, digest: Callable[..., Digest], english: Interface, which: str, demo: bool
) -> None:
    large: RegionReport = request.getfixturevalue("large")
    local: RegionReport = request.getfixturevalue(which)
    narrower = [] if which == "large" else [local]
    made = digest_pdf(digest(large, *narrower, demo=demo), english, "An operator")
    assert made.startswith(b"%PDF-1.7") and _faults(made) == []


def test_map_lines_and_a_third_region_are_valid_too(
    large: RegionReport,
    small: RegionReport,
    hostile: RegionReport,
    digest: Callable[..., Digest],
    english: Interface,
    trend: Trend,
    tiles: TileMap,
    replies: tuple[Answered, ...],
) -> None:
    for made in (
        digest(large, trend=trend, tiles=tiles),
        digest(large, hostile, small, trend=trend),
        digest(large, small, replies=replies),
    ):
        assert _faults(digest_pdf(made, english, "An operator")) == []


def test_the_checker_would_find_a_fault(
    large: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    made = digest_pdf(digest(large), english)
    # Its claims taken away: no title to be shown, no language.
    broken = made.replace(b"/DisplayDocTitle true", b"/DisplayDocTitle null").replace(
        b"/Lang (en)", b"/Lung (en)"
    )
    assert broken != made and _faults(broken)


def test_the_same_digest_is_the_same_bytes_in_any_process(
    large: RegionReport, small: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    made = digest_pdf(digest(large, small), english)
    assert made == digest_pdf(digest(large, small), english)
    assert date.today().isoformat().encode() not in made and b"D:20270104" in made.replace(b"\n", b"")


def test_there_is_one_where_the_font_has_the_letters(
    large: RegionReport, digest: Callable[..., Digest], interface: Callable[[str], Interface]
) -> None:
    assert digest_pdf(digest(large), interface("de"))
    with pytest.raises(NoPdfInThisLanguage):
        digest_pdf(digest(large), interface("ar"))


def test_nothing_of_the_machine_is_in_it(
    large: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    made = digest_pdf(digest(large), english)
    for trace in (str(Path.home()), str(Path(sys.prefix))):
        assert trace.encode() not in made

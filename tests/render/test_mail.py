"""The mail's HTML: page one, nothing remote, styles in the elements."""

from __future__ import annotations

import re
from collections.abc import Callable

from feedback_service.i18n import Interface
from feedback_service.render.mail import digest_mail_html
from feedback_service.reports.model import Digest, RegionReport

MakeDigest = Callable[..., Digest]
URL = "https://feedback.example"


def test_a_mail_has_page_one_and_leads_to_the_rest(
    large: RegionReport, small: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_mail_html(digest(large, small), english, URL)
    assert "people answered (Refugees 14)" in html and "over 95 %" in html
    assert "at least 10 people" in html
    page = f"{URL}/en/results/small/2026-Q4/08237"
    assert re.findall(r'href="([^"]*)"', html) == [page, f"{page}.csv", f"{page}.xlsx"]


def test_a_mail_has_nothing_remote_no_script_and_no_style_of_its_own(
    large: RegionReport, hostile: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_mail_html(digest(large, hostile, demo=True), english, URL)
    assert not re.search(r"<script|<style|<img|<link|<svg|src=|url\(|@import|\son\w+=", html)
    assert 'style="' in html and "Demonstration" in html
    outside = [one for one in re.findall(r"https?://[^\"<\s]*", html) if not one.startswith(URL)]
    assert outside == []


def test_a_district_without_figures_is_told_so_first(
    large: RegionReport, empty: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_mail_html(digest(large, empty), english, URL)
    assert html.index("Fewer than 10 people") < html.index("people answered")

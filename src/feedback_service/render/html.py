"""Reports and digests as HTML, from the report model and the interface's texts alone."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..i18n import Interface, isolated
from ..reports.model import Digest, RegionReport
from . import words
from .chart import bars
from .digest_words import digest_words
from .tile_map import tile_map
from .trend_lines import trend_lines


def report_fragment(
    report: RegionReport, interface: Interface, address_of: Callable[[str], str] | None = None
) -> Markup:
    """A region's figures for a page: what is withheld and why, then a chart and a table a question.

    `address_of` gives the page of a group that answers are counted in, where there are such pages.
    """
    return rendered("report.html", interface, report=report, address_of=address_of, level=2)


def digest_document(digest: Digest, interface: Interface) -> str:
    """A digest as one HTML document with nothing remote in it."""
    return str(
        rendered(
            "digest.html",
            interface,
            digest=digest_words(digest, interface),
            tile_map=tile_map,
            trend_lines=trend_lines,
        )
    )


def rendered(template: str, interface: Interface, **shown: object) -> Markup:
    """A template of this package with what all of them use."""
    environment = Environment(
        loader=PackageLoader("feedback_service.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content = environment.get_template(template).render(
        _=interface.text,
        say=interface.plain,
        counted=interface.counted,
        plain_counted=interface.plain_counted,
        number=interface.number,
        language=interface.language,
        bdi=isolated,
        bars=bars,
        words=words,
        **shown,
    )
    # Rendered with autoescape above.
    return Markup(content)  # noqa: S704

"""Reports and digests as HTML, from the report model and the interface's texts alone."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..i18n import Interface, isolated
from ..reports.model import Digest, RegionReport
from . import words
from .chart import bars


def report_fragment(
    report: RegionReport, interface: Interface, address_of: Callable[[str], str] | None = None
) -> Markup:
    """A region's figures for a page: what is withheld and why, then a chart and a table a question.

    `address_of` gives the page of a group that answers are counted in, where there are such pages.
    """
    return _render("report.html", interface, report=report, address_of=address_of, level=2)


def digest_document(digest: Digest, interface: Interface) -> str:
    """A digest as one HTML document with nothing remote in it."""
    return str(_render("digest.html", interface, digest=digest, address_of=None, level=3))


def _render(template: str, interface: Interface, **shown: object) -> Markup:
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

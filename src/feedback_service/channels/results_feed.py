"""A region's results as an Atom feed (RFC 4287): an entry a release and a reply, for all who want them.

Addresses and ids are stable; the moment of an entry is the day of its release and nothing finer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..i18n import LANGUAGES, Interface
from ..intake.open_rounds import Asked, OpenRounds
from ..render.words import REPLY_STATES, reasons
from ..reports.build import region_name, region_report
from ..reports.model import Answered, RegionReport
from ..storage.published import read_source
from ..storage.session import Store
from .publishing import Publishing
from .replies_shown import all_shown

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What became public on a day. `page` is its address and its id for good."""

    day: date
    page: str
    title: str
    summary: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ResultsFeed:
    """What the handler needs. `public_url` is the address that people open, without a slash."""

    interfaces: Mapping[str, Interface]
    open_rounds: OpenRounds
    store: Store
    publishing: Publishing
    public_url: str
    operator: str

    def routes(self) -> list[Route]:
        """Its address; it comes before those of the results, whose survey takes any word."""
        return [Route("/{lang}/results/feed/{region}.xml", self.publishing(self.feed))]

    async def feed(self, request: Request) -> Response:
        """All releases of one region and all replies about it, newest first."""
        code, region = str(request.path_params["lang"]), str(request.path_params["region"])
        asked = await self.open_rounds.current()
        if code not in self.interfaces or region not in asked.directory:
            raise HTTPException(404)
        content = await run_in_threadpool(self._document, asked, self.interfaces[code], region)
        return Response(content, media_type="application/atom+xml; charset=utf-8")

    def _document(self, asked: Asked, interface: Interface, region: str) -> bytes:
        code = interface.language.code
        root = Element("feed", {"xmlns": _ATOM, "xml:lang": interface.language.bcp47})
        address = f"{self.public_url}/{code}/results"
        _add(root, "id", f"{address}/feed/{region}.xml")
        name = region_name(asked.directory, region, interface.plain)
        _add(root, "title", f"{interface.plain('Results')}: {name}")
        SubElement(root, "link", {"rel": "self", "href": f"{address}/feed/{region}.xml"})
        SubElement(root, "link", {"rel": "alternate", "href": f"{address}/"})
        _add(SubElement(root, "author"), "name", self.operator or interface.plain("Feedback"))
        entries = [*self._releases(asked, interface, region), *self._replies(asked, interface, region)]
        entries.sort(key=lambda one: one.day, reverse=True)
        newest = entries[0].day.isoformat() if entries else "1970-01-01"
        _add(root, "updated", f"{newest}T00:00:00Z")
        for entry in entries:
            root.append(_element(entry))
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()

    def _releases(self, asked: Asked, interface: Interface, region: str) -> Iterator[_Entry]:
        code = interface.language.code
        for head in asked.releases:
            found = read_source(self.store, head.survey, head.round)
            if found is None:
                continue
            report = region_report(found[0], asked.directory, code, region, interface.plain)
            page = f"{self.public_url}/{code}/results/{head.survey}/{head.round}/{region}"
            # A correction is the same entry, renewed.
            title = f"{report.title} {head.round}: {report.name}"
            yield _Entry(head.issued, page, title, _summary(report, interface))

    def _replies(self, asked: Asked, interface: Interface, region: str) -> Iterator[_Entry]:
        code, say = interface.language.code, interface.plain
        for one in all_shown(self.store, asked.directory, code):
            if one.region == region:
                page = f"{self.public_url}/{code}/replies/{region}#r-{one.id[:12]}"
                topic = one.topic_label or say("The report as a whole")
                title = f"{say('You said, we did')}: {topic} {one.round}"
                yield _Entry(one.released, page, title, _told(one, interface), _spoken(one, code))


def _told(one: Answered, interface: Interface) -> str:
    return f"{interface.plain(REPLY_STATES[one.state])} · {one.office}\n{one.text}"


def _spoken(one: Answered, code: str) -> str:
    """The language of the text, where it is another one than the feed's."""
    return LANGUAGES[one.language].bcp47 if one.language != code else ""


def _element(entry: _Entry) -> Element:
    made = Element("entry")
    _add(made, "id", entry.page)
    _add(made, "title", entry.title)
    _add(made, "updated", f"{entry.day.isoformat()}T00:00:00Z")
    SubElement(made, "link", {"rel": "alternate", "type": "text/html", "href": entry.page})
    _add(made, "summary", entry.summary)
    if entry.language:
        made[-1].set("xml:lang", entry.language)
    return made


def _summary(report: RegionReport, interface: Interface) -> str:
    if report.n is None:
        return " ".join(reasons(report, interface.plain)) or interface.plain("No figures.")
    return interface.plain_counted("%(n)s person answered.", "%(n)s people answered.", report.n)


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text

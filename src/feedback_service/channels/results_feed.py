"""A region's results as an Atom feed (RFC 4287): an entry a release, for whoever wants to hear of new ones.

Addresses and ids are stable; the moment of an entry is the day of its release and nothing finer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..i18n import Interface
from ..intake.open_rounds import Asked, OpenRounds
from ..render.words import reasons
from ..reports.build import region_name, region_report
from ..reports.model import RegionReport
from ..storage.published import read_source
from ..storage.session import Store

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class ResultsFeed:
    """What the handler needs. `public_url` is the address that people open, without a slash."""

    interfaces: Mapping[str, Interface]
    open_rounds: OpenRounds
    store: Store
    public_url: str
    operator: str

    def routes(self) -> list[Route]:
        """Its address; it comes before those of the results, whose survey takes any word."""
        return [Route("/{lang}/results/feed/{region}.xml", self.feed)]

    async def feed(self, request: Request) -> Response:
        """All releases of one region, newest first."""
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
        newest = max((head.issued for head in asked.releases), default=None)
        _add(root, "updated", f"{newest.isoformat() if newest else '1970-01-01'}T00:00:00Z")
        for entry in self._entries(asked, interface, region, address):
            root.append(entry)
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()

    def _entries(self, asked: Asked, interface: Interface, region: str, address: str) -> Iterator[Element]:
        for head in asked.releases:
            found = read_source(self.store, head.survey, head.round)
            if found is None:
                continue
            code = interface.language.code
            report = region_report(found[0], asked.directory, code, region, interface.plain)
            page = f"{address}/{head.survey}/{head.round}/{region}"
            entry = Element("entry")
            # A correction is the same entry, renewed.
            _add(entry, "id", page)
            _add(entry, "title", f"{report.title} {head.round}: {report.name}")
            _add(entry, "updated", f"{head.issued.isoformat()}T00:00:00Z")
            SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
            _add(entry, "summary", _summary(report, interface))
            yield entry


def _summary(report: RegionReport, interface: Interface) -> str:
    if report.n is None:
        return " ".join(reasons(report, interface.plain)) or interface.plain("No figures.")
    return interface.plain_counted("%(n)s person answered.", "%(n)s people answered.", report.n)


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text

"""The results: every release as pages, one a region, and as files beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..i18n import Interface
from ..intake.open_rounds import Asked, OpenRounds
from ..regions.keys import Level
from ..render.html import report_fragment
from ..render.own_words import quotes_words, themes_words
from ..render.table_file import csv_table
from ..render.words import protection
from ..reports.build import region_name, region_report, regions_with_rows
from ..reports.quotes import shown_quotes, theme_figures
from ..reports.source import Source
from ..storage.beside import beside_round
from ..storage.published import read_source
from ..storage.quotes import quotes_of_round, themes_body
from ..storage.session import Store
from .pages import Pages
from .publishing import Publishing
from .replies_shown import shown_about, words_of
from .result_files import MEDIA_TYPES, ResultFiles

# On a page: a digest has three of them.
_MOST_QUOTES = 30


@dataclass(frozen=True, slots=True)
class Results:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    store: Store
    files: ResultFiles
    publishing: Publishing

    def routes(self) -> list[Route]:
        """The addresses of the results; a file's ending stands behind a round or a region."""
        return [
            Route("/{lang}/results/", self.publishing(self.index)),
            Route("/{lang}/results/{survey}/{file}", self.publishing(self.round_file)),
            Route("/{lang}/results/{survey}/{round}/{region}", self.publishing(self.region)),
        ]

    async def index(self, request: Request) -> Response:
        """All releases, newest first, each with its regions."""
        code, asked = self._code(request), await self.open_rounds.current()
        shown = [
            await run_in_threadpool(self._overview, code, asked, one.survey, one.round)
            for one in asked.releases
        ]
        return self.pages.page("results.html", code, releases=shown)

    async def round_file(self, request: Request) -> Response:
        """A whole release: `2026-Q4.json` verbatim, `2026-Q4.csv` all regions; plain, its page."""
        code, asked = self._code(request), await self.open_rounds.current()
        name, _, ending = request.path_params["file"].partition(".")
        self._known(asked, request.path_params["survey"], name)
        return await run_in_threadpool(self._file, request, code, asked, name, None, ending)

    async def region(self, request: Request) -> Response:
        """One region's page, `.json`, `.csv`, `.xlsx` or `.pdf`."""
        code, asked = self._code(request), await self.open_rounds.current()
        region, _, ending = request.path_params["region"].partition(".")
        self._known(asked, request.path_params["survey"], request.path_params["round"])
        return await run_in_threadpool(
            self._file, request, code, asked, request.path_params["round"], region, ending
        )

    def _file(
        self, request: Request, code: str, asked: Asked, round_id: str, region: str | None, ending: str
    ) -> Response:
        survey = request.path_params["survey"]
        source, body = self._source(survey, round_id)
        regions = regions_with_rows(source.release)
        if region is not None and region not in asked.directory and region not in regions:
            raise HTTPException(404)
        if ending == "":
            return self._page(code, asked, source, region or asked.directory.state.ags)
        if ending == "csv":
            say = self.pages.interfaces[code].plain
            wanted = regions if region is None else [region]
            reports = [region_report(source, asked.directory, code, one, say) for one in wanted]
            # The mark makes spreadsheets read UTF-8.
            return Response("\ufeff" + csv_table(reports), media_type="text/csv; charset=utf-8")
        if ending == "themes.json" and region is None:
            return self._themes_file(source)
        if ending == "json":
            content = body if region is None else _only(source, region)
            return Response(content, media_type="application/json")
        return self._made(code, asked, source, region or asked.directory.state.ags, ending)

    def _themes_file(self, source: Source) -> Response:
        with self.store.read() as connection:
            body = themes_body(connection, source.questionnaire.name, source.release["round"])
        if body is None:
            raise HTTPException(404)
        return Response(body, media_type="application/json")

    def _made(self, code: str, asked: Asked, source: Source, region: str, ending: str) -> Response:
        if ending not in self.files.endings(code):
            raise HTTPException(404)
        with self.store.read() as connection:
            beside = beside_round(connection, source.release["round"])
        content = self.files.file(
            source, beside, asked.directory, region, self.pages.interfaces[code], ending
        )
        name = f"{source.release['survey']}-{source.release['round']}-{region}-{code}.{ending}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=MEDIA_TYPES[ending], headers=disposition)

    def _page(self, code: str, asked: Asked, source: Source, region: str) -> Response:
        interface = self.pages.interfaces[code]
        report = region_report(source, asked.directory, code, region, interface.plain)
        address = f"/{code}/results/{report.survey}/{report.round}"
        return self.pages.page(
            "region.html",
            code,
            report=report,
            fragment=report_fragment(report, interface, lambda group: f"{address}/{group}"),
            protection=protection(interface.plain),
            regions=self._named(code, asked, self._regions_shown(source, asked)),
            language_of_survey=source.questionnaire.language_or_source(code),
            endings=["csv", *self.files.endings(code), "json"],
            answers=shown_about(self.store, source, asked.directory, code, region),
            **self._own_words(interface, asked, source, region),
            **words_of(interface),
        )

    def _own_words(self, interface: Interface, asked: Asked, source: Source, region: str) -> dict[str, Any]:
        """Quotes of people in the region, on the state's page from all of it; there also the themes."""
        code, survey = interface.language.code, source.questionnaire
        with self.store.read() as connection:
            quotes = quotes_of_round(connection, source.release["round"])
            themes = themes_body(connection, survey.name, source.release["round"])
        shown = shown_quotes(quotes, [survey], [region], asked.directory, code, most=_MOST_QUOTES)
        told = themes if themes and region == asked.directory.state.ags else None
        figures = theme_figures(json.loads(told), survey, code) if told else None
        return {
            "quotes": quotes_words(shown, interface.plain),
            "themes": themes_words(figures, interface) if figures else None,
        }

    def _overview(self, code: str, asked: Asked, survey: str, round_id: str) -> dict[str, object]:
        source, _ = self._source(survey, round_id)
        return {
            "survey": survey,
            "round": round_id,
            "title": source.questionnaire.title[source.questionnaire.language_or_source(code)],
            "regions": self._named(code, asked, self._regions_shown(source, asked)),
        }

    def _named(self, code: str, asked: Asked, regions: Iterable[str]) -> list[tuple[str, str]]:
        say = self.pages.interfaces[code].plain
        return [(region, region_name(asked.directory, region, say)) for region in regions]

    def _regions_shown(self, source: Source, asked: Asked) -> list[str]:
        """Every region down to the Kreise, also those whose figures are withheld, then what else has rows."""
        tree = [
            region.ags
            for region in asked.directory.regions.values()
            if region.level is not Level.MUNICIPALITY
        ]
        return list(dict.fromkeys([*tree, *regions_with_rows(source.release)]))

    def _source(self, survey: str, round_id: str) -> tuple[Source, bytes]:
        found = read_source(self.store, survey, round_id)
        if found is None:
            raise HTTPException(404)
        return found

    def _known(self, asked: Asked, survey: str, round_id: str) -> None:
        if (survey, round_id) not in {(head.survey, head.round) for head in asked.releases}:
            raise HTTPException(404)

    def _code(self, request: Request) -> str:
        code = str(request.path_params["lang"])
        if code not in self.pages.interfaces:
            raise HTTPException(404)
        return code


def _only(source: Source, region: str) -> bytes:
    """The release's rows and withheld entries of one region."""
    release = source.release
    kept = {
        **{key: release[key] for key in ("format", "survey", "round", "issue", "issued", "parameters")},
        "rows": [row for row in release["rows"] if row["region"] == region],
        "withheld": [entry for entry in release["withheld"] if entry["region"] == region],
    }
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()

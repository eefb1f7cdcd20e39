"""Reports written by hand, with labels that try to break out, and readers of what is rendered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from feedback_service.i18n import LANGUAGES, Interface
from feedback_service.reports.model import (
    Answered,
    AnsweredTopics,
    Arrow,
    ChoiceFigure,
    Digest,
    DigestPart,
    QuestionFigures,
    RegionReport,
    Tile,
    TileMap,
    Trend,
    TrendLine,
    Withheld,
)

HOSTILE = "<script>alert(\"1\")</script> & 'x' {{ 7*7 }} %(n)s %"


def _figures(
    name: str,
    n: int,
    *rows: tuple[str, int, int | None, Arrow | None],
    none: tuple[int, int | None] = (0, None),
    mean: float | None = None,
    multiple: bool = False,
) -> QuestionFigures:
    """A question: its answers as label, count, per cent and arrow, and last who gave none."""
    choices = [ChoiceFigure(*row, name=row[0].lower()) for row in rows]
    choices.append(ChoiceFigure("No answer", none[0], none[1], None, no_answer=True, name="_none"))
    return QuestionFigures(name, f"Question {name}", multiple, n, mean, tuple(choices))


@pytest.fixture(scope="session")
def figures() -> Callable[..., QuestionFigures]:
    return _figures


@pytest.fixture(scope="session")
def large(figures: Callable[..., QuestionFigures]) -> RegionReport:
    """The state: percentages, means, arrows, a thousand separator."""
    return RegionReport(
        "small",
        "clients",
        "How is it going?",
        "2026-Q4",
        "08",
        "Baden-Württemberg",
        12345,
        3,
        (
            figures(
                "pressing",
                12345,
                ("Work", 12222, 99, "up"),
                ("Housing", 6000, 49, None),
                ("Papers", 400, 3, "down"),
                ("Nobody said this", 0, 0, None),
                none=(100, 1),
                multiple=True,
            ),
            figures(
                "trust", 12340, ("Never", 7000, 57, None), ("Always", 5000, 41, None), none=(340, 3), mean=3.4
            ),
        ),
        (),
    )


@pytest.fixture(scope="session")
def small(figures: Callable[..., QuestionFigures]) -> RegionReport:
    """A Kreis below the percentages, one class withheld and pooled."""
    return RegionReport(
        "small", "clients", "How is it going?", "2026-Q4", "08237", "Freudenstadt", 14, 3,
        (
            figures("pressing", 14, ("Work", 9, None, None), ("Housing", 3, None, None), none=(2, None),
                    multiple=True),
        ),
        (Withheld(("Question trust", "Question other"), 20, "082-rest", "Other districts: Karlsruhe",
                  ("trust", "other")),),
    )  # fmt: skip


@pytest.fixture(scope="session")
def empty() -> RegionReport:
    """A Kreis with nothing of its own and no pool."""
    return RegionReport(
        "small", "clients", "How is it going?", "2026-Q4", "08235", "Calw", None, 3,
        (),
        (
            Withheld(("Question pressing",), 10, None, None, ("pressing",)),
            Withheld(("Question trust",), 20, None, None, ("trust",)),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def hostile(figures: Callable[..., QuestionFigures]) -> RegionReport:
    """Every text that comes from a survey or a regions file tries to be markup."""
    asked = figures("pressing", 30, (HOSTILE, 20, 67, "up"), ("b", 10, 33, None), none=(0, 0))
    asked = QuestionFigures(asked.name, HOSTILE, False, 30, None, asked.choices)
    return RegionReport(
        "small", "clients", HOSTILE, "2026-Q4", "08237", HOSTILE, 30, 0,
        (asked,), (Withheld((HOSTILE,), 20, HOSTILE, HOSTILE),),
    )  # fmt: skip


@pytest.fixture(scope="session")
def digest() -> Callable[..., Digest]:
    def made(
        state: RegionReport,
        *narrower: RegionReport,
        demo: bool = False,
        trend: Trend | None = None,
        tiles: TileMap | None = None,
        replies: tuple[Answered, ...] = (),
    ) -> Digest:
        """`narrower` are regions inside the state, the narrowest first."""
        reports = (*narrower, state)
        rounds = trend.rounds if trend else ("2026-Q4",)
        return Digest(
            "en",
            "2026-Q4",
            date(2027, 1, 4),
            reports[0].region,
            reports[0].name,
            demo,
            (DigestPart(reports, trend, tiles),),
            rounds,
            replies,
            AnsweredTopics("2026-Q3", 12, 5) if replies else None,
        )

    return made


@pytest.fixture(scope="session")
def replies() -> tuple[Answered, ...]:
    """One about a problem, with letters that no font has; one about the report, in another language."""
    day = date(2026, 11, 2)
    texts = ("We rent twelve flats. 👍 漢 መልሲ\nFrom May on.", "Wir wissen davon.")
    first = Answered(
        "a" * 32, "08237", "Freudenstadt", "2026-Q3", "small", "work", "Work", None, "decided", HOSTILE,
        texts[0], "en", day, 12, day,
    )  # fmt: skip
    second = Answered(
        "b" * 32,
        "08237",
        "Freudenstadt",
        "2026-Q3",
        "",
        "",
        "",
        None,
        "heard",
        "Amt",
        texts[1],
        "de",
        day,
        1,
        day,
    )
    return first, second


@pytest.fixture(scope="session")
def trend() -> Trend:
    """Three lines over four quarters: one with a gap, one that begins late, one whose label is hostile."""
    return Trend(
        "Freudenstadt",
        ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"),
        (
            TrendLine("Work", (98, None, 40, 41)),
            TrendLine("Housing", (None, None, 3, 30)),
            TrendLine(HOSTILE, (20, 21, 22, 23)),
        ),
    )


@pytest.fixture(scope="session")
def tiles() -> TileMap:
    """Four tiles: one of each kind of share, and one that is withheld."""
    shares = (3, 55, 97, None)
    return TileMap(
        HOSTILE,
        43,
        tuple(
            Tile(f"0811{at}", f"Kreis {at}", f"K{at}", at, at % 2, share) for at, share in enumerate(shares)
        ),
    )


@pytest.fixture(scope="session")
def interface() -> Callable[[str], Interface]:
    """The interface without a catalog: the direction and numbers of a language, English words."""
    return lambda code: Interface(LANGUAGES[code], NullTranslations())


@pytest.fixture(scope="session")
def english(interface: Callable[[str], Interface]) -> Interface:
    return interface("en")


class _Tables(HTMLParser):
    """The cells of every table row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


@pytest.fixture(scope="session")
def cells() -> Callable[[str], list[list[str]]]:
    """The rows of all tables in an HTML text, header rows left out."""

    def read(html: str) -> list[list[str]]:
        tables = _Tables()
        tables.feed(html)
        return [row for row in tables.rows if row[0] != "Answer"]

    return read

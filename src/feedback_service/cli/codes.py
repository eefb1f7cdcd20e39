"""`codes print|status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..i18n import load_interfaces
from ..render.code_sheets import Card, code_sheets, codes_csv
from ..rounds.choosing import choose_round
from ..rounds.printing_codes import FEWEST, asked_with_codes, code_status, draw_codes
from ..storage.rounds import BEGUN
from ..surveys.questionnaire import Questionnaire
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation, stages

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]


class UnusableSheet(FeedbackError):
    """A file that can't be made, or a language that the cards can't have."""

    status = 422
    code = "code-sheet-unusable"
    message = "%(reason)s. No codes were drawn."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Access codes: print cards, see totals.")
    group.command("print")(print_)
    group.command()(status)
    return group


def print_(
    survey: Survey,
    count: Annotated[int, typer.Option("--count", help=f"How many codes, {FEWEST} or more.")],
    out: Annotated[Path, typer.Option("--out", help="FILE.html to print on A4, or FILE.csv.")],
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            help="Languages of the cards, like ar,uk,de; all by default (more than ten: a page a card).",
        ),
    ] = None,
    round_name: RoundName = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Draw codes for the open round and write them, once, to a file for printing."""
    store, settings = installation(data)
    say = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(connection, survey, round_name, ["open"])
    questionnaire = asked_with_codes(store, chosen)
    codes = _languages(questionnaire, lang)
    _check_file(out)
    with stages() as stage:
        stage("drawing the codes")
        drawn = draw_codes(store, chosen, count)
        stage("writing the file")
        base = settings.public_url.rstrip("/")
        path = f"/{codes[0]}/{questionnaire.slug}" if len(codes) == 1 else "/"
        cards = [Card(one.shown, f"{base}{path}#c={one.shown}") for one in drawn]
        _write(out, cards, f"{base}{path}", questionnaire, codes)
    say.line(f"{survey}: {count} codes for {chosen.round} in {out}. They are nowhere else; keep it safe.")
    say.line("Cut, shuffle, hand out in closed envelopes, and delete the file.")
    say.finish({"survey": survey, "round": chosen.round, "codes": count, "file": str(out)})


def status(
    survey: Survey, round_name: RoundName = None, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """How many codes there are, and how many were used as of the last mix, rounded down to tens."""
    store, _ = installation(data)
    say = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(
            connection, survey, round_name, ["open"], [*BEGUN, "closed", "counted", "released"]
        )
    asked_with_codes(store, chosen)
    found = code_status(store, chosen)
    say.line(f"{survey} {chosen.round}: {found.printed} printed, {found.spent} or a few more used,")
    say.line(f"{found.contested} came with more than one answer.")
    say.finish(
        {
            "survey": survey,
            "round": chosen.round,
            "printed": found.printed,
            "used": found.spent,
            "contested": found.contested,
        }
    )


def _languages(questionnaire: Questionnaire, wanted: str | None) -> list[str]:
    interfaces = load_interfaces()
    known = [code for code in interfaces if code in questionnaire.languages]
    codes = list(dict.fromkeys(wanted.replace(" ", "").split(","))) if wanted else known
    missing = [code for code in codes if code not in known]
    if missing or not codes:
        raise UnusableSheet(reason=f"The cards can't have {', '.join(missing)}; there are {', '.join(known)}")
    return codes


def _check_file(out: Path) -> None:
    if out.suffix not in (".html", ".csv"):
        raise UnusableSheet(reason=f"{out} is neither .html nor .csv")
    if out.exists():
        raise UnusableSheet(reason=f"{out} is there already and is not overwritten")
    if not out.resolve().parent.is_dir():
        raise UnusableSheet(reason=f"{out.resolve().parent} is no folder")


def _write(
    out: Path, cards: list[Card], address: str, questionnaire: Questionnaire, codes: list[str]
) -> None:
    interfaces = load_interfaces()
    out.touch(mode=0o600, exist_ok=False)
    with out.open("w", encoding="utf-8") as file:
        if out.suffix == ".csv":
            file.write(codes_csv(cards))
        else:
            file.writelines(
                code_sheets(cards, address, questionnaire.title, [interfaces[code] for code in codes])
            )

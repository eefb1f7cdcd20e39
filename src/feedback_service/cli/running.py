"""`demo`, `init`, `serve`, `mix`: what makes an installation and keeps it running."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..clock import today
from ..demo.setting_up import RESPONDENTS, is_demo, set_up
from ..errors import FeedbackError
from ..rounds.calendar import Quarter
from ..rounds.closing import mix_spools
from ..rounds.founding import found
from ..rounds.sitting import begin_sitting
from ..serve import serve as run_server
from ..settings import SETTINGS_FILE, load_settings, settings_text
from ..storage.published import newest_complete_round
from ..storage.rounds import all_rounds
from ..storage.session import Store
from .common import DEFAULT_DATA, Data, Json, Memory, Out, derivation, installation, passphrase, stages
from .machines import names, say_who_is_awaited

Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
_EXAMPLE_REGION = "08416"


class NothingToAskOn(FeedbackError):
    """`init` wants to ask, and there is no terminal."""

    status = 500
    code = "no-terminal"
    message = (
        "There is no terminal to ask on. Use --yes, with FEEDBACK_PASSPHRASE_FILE set, and edit the settings."
    )


class NotADemo(FeedbackError):
    """A data folder with real answers."""

    status = 409
    code = "not-a-demo"
    message = (
        "%(folder)s is no demonstration. Choose another folder with --data, or use: feedback-service serve"
    )


def demo(
    data: Data = DEFAULT_DATA,
    port: Port = 8000,
    respondents: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="How many answers to invent.")
    ] = RESPONDENTS,
    as_json: Json = False,
) -> None:
    """Start a demonstration with invented answers on 127.0.0.1; nothing else is needed."""
    out = Out(as_json)
    if not is_demo(data, load_settings(data)):
        raise NotADemo(folder=data)
    with stages() as stage:
        store = set_up(data, today(), respondents, stage)
    address = f"http://127.0.0.1:{port}"
    addresses = _addresses(store, address)
    for label, link in addresses.items():
        out.line(f"{label:<20}{link}")
    out.line(f"The data lie in {data}. Stop with Ctrl+C. Every answer shown is invented.")
    out.finish({"url": address, "data": str(data), "addresses": addresses})
    run_server(store, load_settings(data), "127.0.0.1", port)


def _addresses(store: Store, address: str) -> dict[str, str]:
    with store.read() as connection:
        newest = newest_complete_round(connection)
    found = {
        "Start": f"{address}/",
        "Form (clients)": f"{address}/ar/a",
        "Form (counsellors)": f"{address}/de/b",
        "Results": f"{address}/de/results/",
    }
    if newest:
        found["A district"] = f"{address}/de/results/clients/{newest}/{_EXAMPLE_REGION}"
        found["Digest preview"] = f"{address}/preview/de/{_EXAMPLE_REGION}"
    return found


def init(
    data: Data = DEFAULT_DATA,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; take the passphrase from its file.")
    ] = False,
    kdf_memory: Memory = 1024,
    as_json: Json = False,
) -> None:
    """Make an installation: database, regions, both surveys, keys for four quarters, one open round each."""
    out = Out(as_json)
    if not yes and not sys.stdin.isatty():
        raise NothingToAskOn
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (data / SETTINGS_FILE).exists():
        _write_settings(data, ask=not yes)
    settings = load_settings(data)
    made = found(
        data,
        settings.database_url,
        Quarter.of(today()),
        lambda: begin_sitting(data / "keys", passphrase(settings, twice=True), derivation(kdf_memory)),
    )
    if not made.opened:
        out.line(f"The installation in {data} is complete; nothing was changed.")
    for one in made.opened:
        out.line(f"{one.survey}: round {one.round} is open until {one.closes}.")
    if made.keys:
        out.line(f"Keys are in {data / 'keys'}, wrapped. Keep copies of them and the passphrase elsewhere.")
    out.line(f"Settings are in {data / SETTINGS_FILE}. Next: feedback-service serve --data {data}")
    opened = [{"survey": one.survey, "round": one.round, "closes": str(one.closes)} for one in made.opened]
    out.finish({"data": str(data), "opened": opened, "keys": list(made.keys)})


def _write_settings(data: Path, *, ask: bool) -> None:
    operator = contact = ""
    public_url = "http://127.0.0.1:8000"
    if ask:
        operator = typer.prompt("Who runs this installation (shown on the privacy page)", default="")
        contact = typer.prompt("Where questions go, like an e-mail address", default="")
        public_url = typer.prompt("The address that people type", default=public_url)
    text = settings_text(operator=operator, contact=contact, public_url=public_url.rstrip("/"), demo=False)
    (data / SETTINGS_FILE).write_text(text, "utf-8")


def serve(
    data: Data = DEFAULT_DATA, port: Port = 8000, host: Host = "127.0.0.1", as_json: Json = False
) -> None:
    """Serve the web form, the results and the API."""
    store, settings = installation(data)
    out = Out(as_json)
    out.line(f"Serving on http://{host}:{port}/ (stop with Ctrl+C)")
    out.finish({"url": f"http://{host}:{port}"})
    run_server(store, settings, host, port)


def mix(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Mix what waits in the spools into the store; below 20 waiting answers nothing moves."""
    store, _ = installation(data)
    out = Out(as_json)
    with stages() as stage:
        mixed = mix_spools(store, stage)
    report = mixed.report
    if report.below_threshold:
        out.line("Fewer than 20 answers of any round wait: they stay, so that none stands out.")
    else:
        out.line("Mixed. Ten answers of each round stay behind until the next mix.")
    problems = report.damaged or report.stranded
    if problems:
        out.line(
            f"Damaged slots: {report.damaged}; slots of rounds unknown here: {report.stranded}. They stay."
        )
    if report.unreadable:
        out.line(f"{report.unreadable} answers went as open: mix/code.key, which opens their codes, is gone.")
    cut = store.database.cuts_its_log
    if not cut:
        out.line("The database's log still shows with which mix an answer came: its role may not cut it.")
        out.line("deploy/postgresql/roles.sql has the two lines that let it.")
    with store.read() as connection:
        closing = [one for one in all_rounds(connection) if one.number in mixed.awaited]
    for one in closing:
        say_who_is_awaited(out, one, mixed.awaited[one.number])
    out.finish(
        {
            "below_threshold": report.below_threshold,
            "damaged": report.damaged,
            "stranded": report.stranded,
            "unreadable": report.unreadable,
            "log_cut": cut,
            "awaited": {f"{one.survey} {one.round}": names(mixed.awaited[one.number]) for one in closing},
        }
    )
    if problems or report.unreadable:
        raise typer.Exit(1)

"""`feedback-bot telegram`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import click
import typer

from feedback_service.core_dumps import refuse_core_dumps
from feedback_service.errors import FeedbackError, describe
from feedback_service.i18n import load_interfaces

from . import bots
from .telegram import run as run_telegram


def build() -> typer.Typer:
    """The command line."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Bots that ask the service's questions in chat programs.",
    )
    # Without it a command line of one command would not want that command's name.
    app.callback()(_nothing)
    app.command()(telegram)
    return app


def telegram(
    api: Annotated[str, typer.Option("--api", help="The service's address, like https://feedback.example.")],
    web: Annotated[
        str | None, typer.Option("--web", help="The address that people open; that of --api by default.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the bot's token and nothing else.")
    ] = None,
    bots_file: Annotated[
        Path | None, typer.Option("--bots", help="Several bots: a TOML file, see docs/telegram.md.")
    ] = None,
) -> None:
    """Run a bot (or several) in Telegram until it is stopped.

    The token comes from TELEGRAM_TOKEN_FILE, TELEGRAM_TOKEN or --token-file; TELEGRAM_BASE_URL names a Bot
    API server of your own.
    """
    interfaces = load_interfaces()
    if bots_file:
        wanted = bots.from_file(bots_file, os.environ, interfaces)
    else:
        wanted = bots.from_environment(os.environ, token_file)
    asyncio.run(run_telegram(wanted, api, web or api, interfaces))


def run() -> None:
    """Run a command. An error is one sentence, never a traceback: that would hold what somebody wrote."""
    try:
        refuse_core_dumps()
        build()()
    except FeedbackError as error:
        print(f"{error} ({error.code})", file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except Exception as error:
        print(f"Something unexpected happened ({describe(error)}). Please report it.", file=sys.stderr)
        sys.exit(70)


def _nothing() -> None:
    pass


if __name__ == "__main__":
    run()

"""`feedback-service`: the list of commands, and the one place where an error becomes a sentence."""

from __future__ import annotations

import json
import sys

import click
import typer

from ..core_dumps import refuse_core_dumps
from ..errors import FeedbackError, describe
from . import audit, codes, digests, keys, machines, regions, releases, rounds, running, surveys

_FAILED = 1
_UNEXPECTED = 70


def build() -> typer.Typer:
    """The command line, put together."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Anonymous feedback from refugees and their counsellors to decision-makers.",
    )
    for command in (running.demo, running.init, running.serve, running.mix):
        app.command()(command)
    for name, group in (
        ("surveys", surveys.app()),
        ("regions", regions.app()),
        ("keys", keys.app()),
        ("codes", codes.app()),
        ("rounds", rounds.app()),
        ("machines", machines.app()),
        ("releases", releases.app()),
        ("digests", digests.app()),
        ("audit", audit.app()),
    ):
        app.add_typer(group, name=name)
    return app


def run() -> None:
    """Run a command. An error is one sentence with a way out, never a traceback."""
    try:
        refuse_core_dumps()
        build()()
    except FeedbackError as error:
        _fail(error.code, str(error), _FAILED)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted", "Interrupted. What was finished is kept; run it again to go on.", 130)
    except OSError as error:
        _fail(
            "system", f"{error.filename or 'The system'}: {error.strerror or type(error).__name__}.", _FAILED
        )
    except Exception as error:
        # The error's text may hold an answer; its place is enough to report it.
        _fail(
            "unexpected", f"Something unexpected happened ({describe(error)}). Please report it.", _UNEXPECTED
        )


def _fail(code: str, sentence: str, status: int) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": {"code": code, "message": sentence}}, ensure_ascii=False))
    else:
        print(sentence, file=sys.stderr)
    sys.exit(status)

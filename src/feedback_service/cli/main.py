"""`feedback-service`: the list of commands, and the one place where an error becomes a sentence."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from types import ModuleType

import click
import typer

from ..core_dumps import refuse_core_dumps
from ..errors import FeedbackError, describe

_FAILED = 1
_UNEXPECTED = 70


# The commands in the order of the help, with the module of each: one that is asked for is loaded alone, as
# the others' libraries would take longer to load than most commands take to run.
_COMMANDS = {
    "demo": "running",
    "init": "running",
    "serve": "running",
    "mix": "running",
    "work": "working",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
}
_GROUPS = (
    "surveys",
    "regions",
    "keys",
    "codes",
    "rounds",
    "machines",
    "releases",
    "recipients",
    "digests",
    "replies",
    "comments",
    "audit",
)


def build(first_word: str | None = None) -> typer.Typer:
    """The command line, put together: all of it, or what `first_word` names."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Anonymous feedback from refugees and their counsellors to decision-makers.",
    )
    # Without it a command line of one command would not want that command's name.
    app.callback()(_nothing)
    alone = (first_word,) if first_word in _COMMANDS or first_word in _GROUPS else (*_COMMANDS, *_GROUPS)
    for name in alone:
        if name in _COMMANDS:
            app.command()(getattr(_module(_COMMANDS[name]), name))
        else:
            app.add_typer(_module(name).app(), name=name)
    return app


def _nothing() -> None:
    pass


def _module(name: str) -> ModuleType:
    return import_module(f".{name}", __package__)


def run() -> None:
    """Run a command. An error is one sentence with a way out, never a traceback."""
    try:
        refuse_core_dumps()
        build(sys.argv[1] if len(sys.argv) > 1 else None)()
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

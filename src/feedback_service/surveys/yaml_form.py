"""Survey files in YAML: all languages side by side.

Read without YAML's own types (every scalar is text), so that a choice named `no` stays "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from itertools import takewhile
from typing import Any

import yaml

from .document import InvalidQuestionnaire, read_document
from .questionnaire import Questionnaire

STANDING = ("clients", "counsellors")
# Longer than any text, so that none is broken.
_ONE_LINE = 10**6


def read_yaml(text: str) -> Questionnaire:
    """Read a survey file. Raises `InvalidQuestionnaire`."""
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader builds only texts
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise InvalidQuestionnaire([f"line {line} is not valid YAML ({error.problem})"]) from None
    except (yaml.YAMLError, RecursionError):
        raise InvalidQuestionnaire(["this is not YAML that can be read"]) from None
    return read_document(document)


def write_yaml(document: Mapping[str, Any], comment: str = "") -> str:
    """The survey file of a document, a text a line; `read_yaml` gives the same fingerprint back."""
    written = yaml.dump(
        _plain(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_ONE_LINE
    )
    return comment + written


def comment_of(text: str) -> str:
    """The comment that a survey file begins with; a rewritten one begins with it again."""
    lines = text.splitlines(keepends=True)
    return "".join(takewhile(lambda line: line.startswith("#") or not line.strip(), lines))


def standing_survey(name: str) -> Questionnaire:
    """One of the two shipped surveys."""
    text = resources.files(__package__).joinpath("standing", f"{name}.yaml").read_text("utf-8")
    # Every command that founds an installation reads them; the parser in C takes a seventh of the time.
    return read_document(yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))  # noqa: S506


class _Dumper(yaml.SafeDumper):
    """Writes shared lists twice instead of by anchors, which people editing the file don't know."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

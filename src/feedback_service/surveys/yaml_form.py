"""Survey files in YAML: all languages side by side.

Read without YAML's own types (every scalar is text), so that a choice named `no` stays "no".
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

from .document import InvalidQuestionnaire, read_document
from .questionnaire import Questionnaire

STANDING = ("clients", "counsellors")


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


def write_yaml(questionnaire: Questionnaire) -> str:
    """The survey file of a questionnaire; `read_yaml` gives the same fingerprint back."""
    return yaml.dump(
        _plain(questionnaire.document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )


def standing_survey(name: str) -> Questionnaire:
    """One of the two shipped surveys."""
    folder = resources.files(__package__).joinpath("standing")
    return read_yaml(folder.joinpath(f"{name}.yaml").read_text("utf-8"))


class _Dumper(yaml.SafeDumper):
    """Writes shared lists twice instead of by anchors, which people editing the file don't know."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

"""`surveys check|import|export|list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..rounds.choosing import require_survey
from ..storage.recordings import keep_recordings
from ..storage.surveys import add_survey, newest_survey, survey_names
from ..surveys.capacity import longest_plaintext
from ..surveys.questionnaire import Questionnaire
from ..surveys.yaml_form import STANDING, read_yaml, standing_survey, write_yaml
from .common import DEFAULT_DATA, Data, Json, Out, installation, read_text

File = Annotated[Path, typer.Argument(help="A survey file (YAML).", exists=True, dir_okay=False)]


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Surveys: check, import, export.")
    group.command()(check)
    group.command("import")(import_)
    group.command()(export)
    group.command("list")(list_surveys)
    return group


def check(
    file: Annotated[
        Path | None, typer.Argument(help="A survey file; without it the two standing ones.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a survey file: texts in every language, lawful questions, an answer that fits an envelope."""
    out = Out(as_json)
    checked = [read_yaml(read_text(file))] if file else [standing_survey(name) for name in STANDING]
    for one in checked:
        out.line(
            f"{one.name}: {len(one.questions)} questions in {', '.join(one.languages)};"
            f" the longest answer takes {longest_plaintext(one)} of 3839 bytes;"
            f" fingerprint {one.fingerprint.hex()[:16]}…"
        )
    out.finish([_described(one) for one in checked])


def import_(file: File, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Take a survey file over, with the recordings that lie beside it; the survey's next round asks it."""
    store, _ = installation(data)
    out = Out(as_json)
    questionnaire = read_yaml(read_text(file))
    recordings = keep_recordings(store, questionnaire, file.parent)
    with store.begin() as connection:
        version = add_survey(connection, questionnaire)
    out.line(f"{questionnaire.name}: version {version}. It is asked from the survey's next round on.")
    if recordings:
        out.line(f"{recordings} recordings go with it.")
    out.finish({**_described(questionnaire), "version": version, "recordings": recordings})


def export(
    name: Annotated[str, typer.Argument(help="The survey's name.")],
    out_file: Annotated[Path | None, typer.Option("--out", help="Write to this file.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """The newest version of a survey as a file; `surveys import` takes it back unchanged."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        require_survey(connection, name)
        questionnaire = newest_survey(connection, name)
    text = write_yaml(questionnaire) if questionnaire else ""
    if out_file:
        out_file.write_text(text, "utf-8")
        out.line(f"Written to {out_file}.")
    else:
        out.line(text.rstrip("\n"))
    out.finish({"name": name, "file": str(out_file) if out_file else None, "yaml": text})


def list_surveys(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """The surveys of the installation."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        found = [newest_survey(connection, name) for name in survey_names(connection)]
    known = [one for one in found if one]
    for one in known:
        out.line(f"{one.name:<16}/{one.slug:<8}{', '.join(one.languages)}")
    out.finish([_described(one) for one in known])


def _described(questionnaire: Questionnaire) -> dict[str, object]:
    return {
        "name": questionnaire.name,
        "slug": questionnaire.slug,
        "audience": questionnaire.audience,
        "languages": list(questionnaire.languages),
        "questions": len(questionnaire.questions),
        "longest_answer_bytes": longest_plaintext(questionnaire),
        "fingerprint": questionnaire.fingerprint.hex(),
    }

"""`surveys check|import|export|confirm|list`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..rounds.choosing import require_survey
from ..rounds.publishing import published, with_record
from ..storage.session import Store
from ..storage.surveys import newest_survey, survey_names
from ..surveys.capacity import longest_plaintext
from ..surveys.document import read_document
from ..surveys.questionnaire import Questionnaire
from ..surveys.translating.exchange import Exchange, Merged, UnusableTranslation, merged
from ..surveys.translating.freshness import confirmed, outdated, spoken
from ..surveys.translating.texts import texts_of
from ..surveys.yaml_form import STANDING, comment_of, standing_survey, write_yaml
from .common import DEFAULT_DATA, Data, Json, Out, installation, read_text
from .survey_files import Format, format_of, holds_translations, read_survey, read_translations, written

File = Annotated[
    Path,
    typer.Argument(
        help="A survey file (YAML), or its texts in one language (PO, XLIFF).", exists=True, dir_okay=False
    ),
]
SurveyFile = Annotated[Path, typer.Argument(help="A survey file (YAML).", exists=True, dir_okay=False)]


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Surveys: check, import, export, confirm translations.")
    group.command()(check)
    group.command("import")(import_)
    group.command()(export)
    group.command()(confirm)
    group.command("list")(list_surveys)
    return group


def check(
    file: Annotated[
        Path | None, typer.Argument(help="A survey file; without it the two standing ones.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a survey file: texts in every language, lawful questions, an answer that fits an envelope.

    Exits 1 where translations don't follow their source any more, and says which.
    """
    out = Out(as_json)
    checked = [read_survey(file)] if file else [standing_survey(name) for name in STANDING]
    for one in checked:
        out.line(
            f"{one.name}: {len(one.questions)} questions in {', '.join(one.languages)};"
            f" the longest answer takes {longest_plaintext(one)} of 3839 bytes;"
            f" fingerprint {one.fingerprint.hex()[:16]}…"
        )
        if behind := outdated(one.document):
            out.line(f"{one.name}: outdated are {spoken(behind)}")
    out.finish([_described(one) for one in checked])
    if any(outdated(one.document) for one in checked):
        raise typer.Exit(1)


def import_(
    file: File,
    into: Annotated[
        Path | None,
        typer.Option(help="Put translations into this survey file, not into the installation.", exists=True),
    ] = None,
    with_outdated: Annotated[
        list[str] | None,
        typer.Option(help="Publish although this language is outdated; once for each such language."),
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Take a survey file over, with the recordings that lie beside it; the survey's next round asks it.

    From PO or XLIFF a survey's texts in one language are taken over.
    """
    out = Out(as_json)
    if into is not None:
        _into_file(read_translations(file), into, out)
        return
    store, _ = installation(data)
    if holds_translations(file):
        brought = read_translations(file)
        done = merged(_newest(store, brought.survey).document, brought)
        _say_merged(done, out)
        questionnaire = read_document(done.document)
    else:
        questionnaire = with_record(store, read_survey(file))
    version, recordings = published(store, questionnaire, file.parent, with_outdated or [])
    out.line(f"{questionnaire.name}: version {version}. It is asked from the survey's next round on.")
    if recordings:
        out.line(f"{recordings} recordings go with it.")
    out.finish({**_described(questionnaire), "version": version, "recordings": recordings})


def export(
    name: Annotated[str, typer.Argument(help="The survey's name, or a survey file (YAML).")],
    out_file: Annotated[Path | None, typer.Option("--out", help="Write to this file.")] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="yaml, po or xliff; else as --out ends, else yaml.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="The language to translate into, as its code.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """The newest version of a survey, or its texts in one language, as a file that `surveys import` takes."""
    out = Out(as_json)
    if Path(name).suffix in (".yaml", ".yml"):
        questionnaire = read_survey(Path(name))
    else:
        questionnaire = _newest(installation(data)[0], name)
    form = form or (format_of(out_file) if out_file else "yaml")
    content = written(questionnaire.document, form, language)
    if out_file:
        out_file.write_bytes(content)
        out.line(f"Written to {out_file}.")
    else:
        out.line(content.decode().rstrip("\n"))
    described = {"name": questionnaire.name, "file": str(out_file) if out_file else None}
    out.finish({**described, form: content.decode()})


def confirm(
    file: SurveyFile,
    language: Annotated[str, typer.Option(help="The language whose texts follow their source, as its code.")],
    text: Annotated[
        list[str] | None, typer.Option(help="Only this text, like waiting.label; several are possible.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Note in a survey file that somebody looked: these translations follow the present source."""
    out = Out(as_json)
    document = read_survey(file).document
    unknown = [key for key in text or () if key not in texts_of(document, language)]
    if unknown or language not in document["languages"] or language == document["source"]:
        raise UnusableTranslation(reason=f"the survey has no translation {', '.join(unknown) or language}")
    document = confirmed(document, language, text)
    _rewrite(file, document)
    left = outdated(document)
    out.line(f"{language}: {len(left.get(language, ()))} texts are outdated now.")
    out.finish({"language": language, "outdated": left})


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


def _newest(store: Store, name: str) -> Questionnaire:
    with store.read() as connection:
        require_survey(connection, name)
        found = newest_survey(connection, name)
    assert found is not None, "a survey that is there has a version"
    return found


def _into_file(brought: Exchange, file: Path, out: Out) -> None:
    done = merged(read_survey(file).document, brought)
    _rewrite(file, done.document)
    _say_merged(done, out)
    out.line(f"Written to {file}.")
    out.finish({"changed": done.changed, "stale": done.stale, "outdated": outdated(done.document)})


def _rewrite(file: Path, document: Mapping[str, Any]) -> None:
    """Write a survey file anew, its opening comment kept. Raises what `read_document` raises, before."""
    content = write_yaml(read_document(document).document, comment_of(read_text(file)))
    partial = file.with_name(f".{file.name}.part")
    partial.write_text(content, "utf-8")
    partial.replace(file)


def _say_merged(done: Merged, out: Out) -> None:
    out.line(f"{len(done.changed)} texts are new.")
    if done.stale:
        out.line(f"Of a source text that was changed since, so outdated: {', '.join(done.stale)}.")


def _described(questionnaire: Questionnaire) -> dict[str, object]:
    return {
        "name": questionnaire.name,
        "slug": questionnaire.slug,
        "audience": questionnaire.audience,
        "languages": list(questionnaire.languages),
        "questions": len(questionnaire.questions),
        "longest_answer_bytes": longest_plaintext(questionnaire),
        "fingerprint": questionnaire.fingerprint.hex(),
        "outdated": outdated(questionnaire.document),
    }

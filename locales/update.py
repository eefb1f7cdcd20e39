"""Collects the interface's texts into `feedback.pot` and brings every catalog up to date (`make strings`).

`--check` writes nothing and exits non-zero on what CI must refuse: a stale template, a missing or left-over
text, a broken placeholder, a wrong plural count. No dates in the files, so that the same texts give the
same bytes. New language: make an empty `<code>/LC_MESSAGES/` first.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po, write_po

from feedback_service.i18n import DOMAIN, LANGUAGES, SOURCE_LANGUAGE

HERE = Path(__file__).parent
SOURCES = (HERE.parent / "src", HERE.parent / "bots")
TEMPLATE = HERE / f"{DOMAIN}.pot"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "N_": None, "say": None, "_say": None, "plain": None,
    "counted": (1, 2), "plain_counted": (1, 2), "ngettext": (1, 2),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?.")


def collected() -> Catalog:
    """Every text in the source, as a template."""
    catalog = Catalog(domain=DOMAIN, fuzzy=False)
    for source in SOURCES:
        for _, _, message, comments, context in extract_from_dir(source, METHODS, keywords=KEYWORDS):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def updated(code: str, template: Catalog) -> Catalog:
    """The catalog of a language with today's texts: translations kept, new ones empty, old ones gone."""
    old = read(code)
    catalog = Catalog(domain=DOMAIN, fuzzy=False)
    # Babel's setter reads the plural rule from there; our table has it for languages that Babel lacks.
    catalog.mime_headers = [("Plural-Forms", LANGUAGES[code].plural)]
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id) if old else None
        catalog.add(message.id, known.string if known else "", flags=set(message.flags) - {"fuzzy"})
    return catalog


def read(code: str) -> Catalog | None:
    """The catalog as it lies there."""
    path = catalog_path(code)
    if not path.exists():
        return None
    with path.open("rb") as source:
        return read_po(source, abort_invalid=True)


def catalog_path(code: str) -> Path:
    """Where a language's catalog lies."""
    return HERE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def codes() -> list[str]:
    """The languages that have a folder here."""
    return [code for code in LANGUAGES if catalog_path(code).parent.is_dir()]


def as_text(catalog: Catalog, code: str | None) -> bytes:
    """A catalog in gettext's format: sorted, without dates, with our own table's plural rule."""
    head = ['msgid ""', 'msgstr ""', '"MIME-Version: 1.0\\n"', '"Content-Type: text/plain; charset=utf-8\\n"']
    if code:
        language = LANGUAGES[code]
        head.insert(2, f'"Language: {language.babel_locale}\\n"')
        head.append(f'"Plural-Forms: {language.plural}\\n"')
    out = BytesIO()
    write_po(out, catalog, omit_header=True, sort_output=True, no_location=True, width=100)
    return "\n".join(head).encode() + b"\n\n" + out.getvalue().lstrip(b"\n")


def problems_of(code: str, template: Catalog) -> Iterator[str]:
    """What is wrong with a language's catalog."""
    try:
        catalog = read(code)
    except PoFileError as error:
        yield f"{code}: the file can't be read ({error})"
        return
    if catalog is None:
        yield f"{code}: there is no catalog; run make strings"
        return
    wanted = {message.id for message in template if message.id}
    have = {message.id for message in catalog if message.id}
    yield from (
        f"{code}: missing text {_short(one)}; run make strings" for one in sorted(map(_short, wanted - have))
    )
    yield from (
        f"{code}: left-over text {one}; run make strings" for one in sorted(map(_short, have - wanted))
    )
    for message in catalog:
        if message.id:
            yield from (f"{code}: {_short(message.id)}: {wrong}" for wrong in _wrong(message, code))


def _wrong(message: Message, code: str) -> Iterator[str]:
    given = message.string
    forms = [str(one or "") for one in (given if isinstance(given, tuple | list) else (given,))]
    if message.fuzzy:
        yield "marked fuzzy"
    if not all(forms):
        yield "not translated"
        return
    plural = isinstance(message.id, tuple | list)
    expected = int(LANGUAGES[code].plural.split("nplurals=")[1].split(";")[0]) if plural else 1
    if len(forms) != expected:
        yield f"{len(forms)} plural forms instead of {expected}"
    ids = message.id if isinstance(message.id, tuple | list) else (str(message.id),)
    allowed = [sorted(_PLACEHOLDER.findall(one)) for one in ids]
    for form in forms:
        if sorted(_PLACEHOLDER.findall(form)) not in allowed:
            yield f"other placeholders in “{form[:50]}”"


def _short(id_: object) -> str:
    return str(id_[0] if isinstance(id_, tuple | list) else id_)[:60]


def hidden(template: Catalog) -> Iterator[str]:
    """Texts that the extraction misses: in Python it doesn't look into f-strings."""
    for path in sorted(path for source in SOURCES for path in source.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            calls = ast.walk(node) if isinstance(node, ast.JoinedStr) else ()
            for text in filter(None, map(_text_of, calls)):
                if text not in template:
                    yield f"{path.name}: “{_short(text)}” is inside an f-string; put it beside"


def _text_of(node: ast.AST) -> str | None:
    """The text that a call asks a translation of, if it is such a call."""
    if not isinstance(node, ast.Call) or _name(node.func) not in KEYWORDS or not node.args:
        return None
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def check() -> list[str]:
    """Everything that CI must refuse."""
    template = collected()
    found = list(hidden(template))
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != as_text(template, None):
        found.append("feedback.pot is stale; run make strings")
    for code in codes():
        found.extend(problems_of(code, template))
    return found


def main() -> None:
    """Update, or with --check only look."""
    if "--check" in sys.argv:
        found = check()
        print("\n".join(found) or f"catalogs: {len(codes())} languages are complete")
        sys.exit(1 if found else 0)
    template = collected()
    TEMPLATE.write_bytes(as_text(template, None))
    for code in codes():
        if code != SOURCE_LANGUAGE:
            catalog_path(code).write_bytes(as_text(updated(code, template), code))
    print(f"{len(list(template)) - 1} texts, {len(codes())} catalogs")


if __name__ == "__main__":
    main()

"""A survey's texts as a gettext catalog: a text's key is its context, its source text the message.

A translation that doesn't follow the source is marked fuzzy, which every tool for catalogs knows.
"""

from __future__ import annotations

from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from ...i18n import LANGUAGES
from .exchange import Entry, Exchange, UnusableTranslation

_WIDTH = 110
# The survey's name stands where a catalog names its project, which wants a version behind it.
_VERSION = "1"
_CODES = {language.babel_locale: code for code, language in LANGUAGES.items()}


def write(exchange: Exchange) -> bytes:
    """The catalog, without dates: the same texts give the same bytes."""
    catalog = Catalog(fuzzy=False)
    for entry in exchange.entries:
        message = catalog.add(
            entry.source, entry.text, context=entry.key, auto_comments=[entry.note], flags=_flags(entry)
        )
        # No text of a survey is a pattern, whatever percent signs stand in it.
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    out = BytesIO()
    write_po(out, catalog, omit_header=True, no_location=True, width=_WIDTH)
    return _head(exchange) + b"\n" + out.getvalue().lstrip(b"\n")


def read(content: bytes) -> Exchange:
    """The entries of a catalog. Raises `UnusableTranslation`."""
    try:
        catalog = read_po(BytesIO(content), abort_invalid=True, charset="utf-8")
    except (PoFileError, ValueError) as error:
        raise UnusableTranslation(
            reason=f"this is no catalog that can be read ({_first_line(error)})"
        ) from None
    project, locale = catalog.project or catalog.version, catalog.locale_identifier
    if not project or locale not in _CODES:
        raise UnusableTranslation(
            reason="the catalog's header names no survey or no language that is known; start from an export"
        )
    return Exchange(project, _CODES[locale], tuple(_entry(message) for message in catalog if message.id))


def _flags(entry: Entry) -> list[str]:
    return [] if entry.follows else ["fuzzy"]


def _entry(message: Message) -> Entry:
    if not message.context or not isinstance(message.id, str) or not isinstance(message.string, str):
        raise UnusableTranslation(reason=f"the entry in line {message.lineno} has no context or has plurals")
    return Entry(message.context, message.id, message.string, not message.fuzzy)


def _head(exchange: Exchange) -> bytes:
    language = LANGUAGES[exchange.language]
    lines = [
        f"Project-Id-Version: {exchange.survey} {_VERSION}",
        f"Language: {language.babel_locale}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {language.plural}",
    ]
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in lines), ""]).encode()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]

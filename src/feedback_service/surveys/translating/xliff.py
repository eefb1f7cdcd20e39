"""A survey's texts as XLIFF 2.0 (OASIS): one file, a unit for each text with its key as id.

A translation that follows the source has the state `translated`, one that doesn't `initial`.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from ...i18n import LANGUAGES
from .exchange import Entry, Exchange, UnusableTranslation

_NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_CODES = {language.bcp47: code for code, language in LANGUAGES.items()}
# Without one there are no entities, so none that grow without end and none that fetch a file.
_DOCTYPE = re.compile(r"<!DOCTYPE", re.I)


def write(exchange: Exchange, source_language: str) -> bytes:
    """The document; the same texts give the same bytes."""
    root = ElementTree.Element(
        "xliff",
        {
            "xmlns": _NAMESPACE,
            "version": "2.0",
            "srcLang": LANGUAGES[source_language].bcp47,
            "trgLang": LANGUAGES[exchange.language].bcp47,
        },
    )
    file = ElementTree.SubElement(root, "file", {"id": exchange.survey})
    for entry in exchange.entries:
        unit = ElementTree.SubElement(file, "unit", {"id": entry.key})
        notes = ElementTree.SubElement(unit, "notes")
        ElementTree.SubElement(notes, "note").text = entry.note
        translated = entry.text and entry.follows
        segment = ElementTree.SubElement(
            unit, "segment", {"state": "translated" if translated else "initial"}
        )
        ElementTree.SubElement(segment, "source", {_SPACE: "preserve"}).text = entry.source
        ElementTree.SubElement(segment, "target", {_SPACE: "preserve"}).text = entry.text
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def read(content: bytes) -> Exchange:
    """The entries of a document. Raises `UnusableTranslation`."""
    root = _parsed(content)
    files = root.findall(f"{{{_NAMESPACE}}}file")
    language = _CODES.get(root.get("trgLang", ""))
    if root.tag != f"{{{_NAMESPACE}}}xliff" or len(files) != 1 or language is None:
        raise UnusableTranslation(
            reason="this is no XLIFF 2.0 with one file and a target language that is known"
        )
    units = files[0].iter(f"{{{_NAMESPACE}}}unit")
    return Exchange(files[0].get("id", ""), language, tuple(_entry(unit) for unit in units))


def _parsed(content: bytes) -> ElementTree.Element:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableTranslation(reason="the file is not text in UTF-8") from None
    if _DOCTYPE.search(text):
        raise UnusableTranslation(reason="the file has a DOCTYPE, which XLIFF has no use for")
    try:
        return ElementTree.fromstring(text)  # noqa: S314  there are no entities without a DOCTYPE
    except ElementTree.ParseError as error:
        line, column = error.position
        raise UnusableTranslation(reason=f"line {line}, column {column + 1} is not well-formed XML") from None


def _entry(unit: ElementTree.Element) -> Entry:
    key = unit.get("id", "")
    segments = unit.findall(f"{{{_NAMESPACE}}}segment")
    if len(segments) != 1:
        raise UnusableTranslation(reason=f"the unit “{key}” has {len(segments)} segments instead of one")
    source, target = (_plain(segments[0], part, key) for part in ("source", "target"))
    return Entry(key, source, target, segments[0].get("state", "initial") != "initial")


def _plain(segment: ElementTree.Element, part: str, key: str) -> str:
    found = segment.find(f"{{{_NAMESPACE}}}{part}")
    if found is None:
        return ""
    if len(found):
        raise UnusableTranslation(reason=f"the {part} of the unit “{key}” has marks inside; it is plain text")
    return found.text or ""

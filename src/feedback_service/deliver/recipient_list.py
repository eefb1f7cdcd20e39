"""A list of recipients as CSV: `address,region,language,formats`, all of it or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..errors import FeedbackError
from ..regions.directory import Directory
from .recipients import Wanted, wanted

_COLUMNS = ("address", "region")
_MOST_SAID = 20


class InvalidRecipientFile(FeedbackError):
    """A file with lines that can't be taken; all of them are named."""

    status = 422
    code = "recipient-file-invalid"
    message = "The file can't be used; nothing was added. %(problems)s"


class Contradiction(FeedbackError):
    """The same office twice, with another wish each time: one of the two would be lost in silence."""

    status = 422
    code = "recipient-contradiction"
    message = "This address stands above for the same region, with another language or other formats."


def read_recipients(text: str, directory: Directory) -> list[Wanted]:
    """The rows of a file with a header, separated by commas or semicolons. Raises `InvalidRecipientFile`.

    Language and formats may be left out (German, PDF); several formats are separated by blanks.
    """
    text = text.lstrip("\ufeff")
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[str] = []
    found: list[Wanted] = []
    try:
        columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        missing = [name for name in _COLUMNS if name not in columns]
        if missing:
            raise InvalidRecipientFile(problems=f"Line 1: the columns {' and '.join(missing)} are missing.")
        for row in rows:
            cells = {name: (row[column] or "").strip() for name, column in columns.items()}
            try:
                found.append(_wanted(cells, directory, found))
            except FeedbackError as error:
                problems.append(f"Line {rows.line_num}: {str(error).removesuffix(' Nothing was added.')}")
    except csv.Error as error:
        problems.append(f"Line {rows.line_num + 1}: it is not CSV ({error}).")
    if problems or not found:
        said = problems[:_MOST_SAID] or ["There is nobody in it."]
        more = [f"And {len(problems) - _MOST_SAID} more."] if len(problems) > _MOST_SAID else []
        raise InvalidRecipientFile(problems=" ".join(said + more))
    return found


def _wanted(cells: dict[str, str], directory: Directory, before: Sequence[Wanted]) -> Wanted:
    """The recipient of one row. Raises `Contradiction`, and what `wanted` raises."""
    formats = cells.get("formats", "").replace(",", " ").replace("+", " ").split()
    one = wanted(directory, cells["address"], cells["region"], cells.get("language") or "de", formats)
    for other in before:
        same = other.address.casefold() == one.address.casefold() and other.region == one.region
        if same and (other.language, set(other.formats)) != (one.language, set(one.formats)):
            raise Contradiction
    return one

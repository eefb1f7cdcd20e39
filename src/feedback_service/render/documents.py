"""The kinds of documents that a digest can be written as."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date

from ..i18n import Interface
from ..reports.model import Digest
from .html import digest_document
from .pdf import digest_pdf
from .spreadsheet import digest_workbook
from .table_file import csv_table

# The digest, the interface in its language, who runs the installation.
Maker = Callable[[Digest, Interface, str], bytes]


def _html(made: Digest, interface: Interface, _operator: str) -> bytes:
    return digest_document(made, interface).encode()


def _csv(made: Digest, _interface: Interface, _operator: str) -> bytes:
    # The mark makes spreadsheets read UTF-8.
    return ("\ufeff" + csv_table([one for part in made.parts for one in part.reports])).encode()


def _json(made: Digest, _interface: Interface, _operator: str) -> bytes:
    """The report model itself, field by field, for programs."""
    document = {"format": JSON_FORMAT, **asdict(made), "issued": made.issued.isoformat()}
    return (json.dumps(document, ensure_ascii=False, indent=1, default=date.isoformat) + "\n").encode()


JSON_FORMAT = "feedback-digest/1"
DOCUMENTS: Mapping[str, Maker] = {
    "html": _html, "pdf": digest_pdf, "xlsx": digest_workbook, "csv": _csv, "json": _json,
}  # fmt: skip

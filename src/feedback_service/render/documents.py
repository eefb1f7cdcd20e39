"""The kinds of documents that a digest can be written as."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


DOCUMENTS: Mapping[str, Maker] = {"html": _html, "pdf": digest_pdf, "xlsx": digest_workbook, "csv": _csv}

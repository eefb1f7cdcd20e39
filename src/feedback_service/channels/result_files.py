"""Results as files that take a while to make: PDFs and workbooks, one made at a time, the last ones kept.

Whoever asks for many must not slow down the process that takes answers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from ..i18n import Interface
from ..regions.directory import Directory
from ..render.documents import DOCUMENTS
from ..render.pdf import LANGUAGES as PDF_LANGUAGES
from ..reports.beside import Beside
from ..reports.build import digest
from ..reports.model import Digest
from ..reports.source import Source

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Some 200 KB each.
_KEPT = 100


class ResultFiles:
    """Makes them. `operator` is named in them, `demo` says that the answers are invented."""

    def __init__(self, operator: str, demo: bool) -> None:
        self._operator = operator
        self._demo = demo
        self._making = threading.Lock()
        self._kept: OrderedDict[tuple[Digest, int, str], bytes] = OrderedDict()

    def endings(self, code: str) -> list[str]:
        """The files that there are in a language."""
        return [ending for ending in MEDIA_TYPES if ending != "pdf" or code in PDF_LANGUAGES]

    def file(
        self,
        source: Source,
        beside: Beside,
        directory: Directory,
        region: str,
        interface: Interface,
        ending: str,
    ) -> bytes:
        """One region's figures beside those of what it lies in. `ending` is one of `endings`."""
        code, say = interface.language.code, interface.plain
        shown = digest([source], directory, code, region, say, demo=self._demo, beside=beside)
        # By all that it shows: replies and quotes come after the release.
        key = (shown, source.release["issue"], ending)
        with self._making:
            if key not in self._kept:
                self._kept[key] = DOCUMENTS[ending](shown, interface, self._operator)
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

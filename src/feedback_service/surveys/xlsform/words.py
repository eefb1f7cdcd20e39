"""The words that reading and writing a workbook share: sheets, columns, types, how a language is named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...errors import FeedbackError
from ...i18n import LANGUAGES

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
# Which source text each translation is of (`translating.freshness`); other tools pass this sheet over.
RECORD = "translated from"
RECORD_COLUMNS = ("text", "source digest", "outdated")

# The first row: its label is the survey's title, its hint the introduction.
ABOUT_TYPE, ABOUT_NAME = "note", "about"
REGION_TYPE = "select_one_from_file regions.csv"
SCALE_APPEARANCE = "likert"
# Texts of a question in each language, by their column in a workbook and their key in a document.
TEXTS = {"label": "label", "hint": "hint", "constraint_message": "constraint_message"}
AUDIO = "media::audio"
# Columns of ours: other tools have no such thing and pass them over.
OWN_COLUMNS = ("publish", "pictograms")
OWN_SETTINGS = ("slug", "audience", "access")

_CODE_BEHIND = re.compile(r"\(([A-Za-z0-9-]+)\)\Z")


class InvalidXlsForm(FeedbackError):
    """A workbook that can't be taken over or written; `problems` says everything that is wrong with it."""

    status = 422
    code = "xlsform-invalid"
    message = "The workbook is refused: %(problems)s"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(problems="; ".join(self.problems))


def language_name(code: str) -> str:
    """A language as a column is headed with it: `Deutsch (de)`, the code in the only brackets."""
    plain = LANGUAGES[code].own_name.replace("(", "").replace(")", "")
    return f"{plain} ({code})"


def language_code(name: str) -> str | None:
    """The code of a language from `Deutsch (de)`, `Deutsch`, `de`; `None` for one that isn't known."""
    behind = _CODE_BEHIND.search(name.strip())
    wanted = (behind[1] if behind else name).strip().casefold()
    for code, language in LANGUAGES.items():
        if wanted in (code, language.bcp47.casefold(), language.own_name.casefold()):
            return code
    return None

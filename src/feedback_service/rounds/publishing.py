"""The door through which a survey comes into the installation: a translation that doesn't follow its source
is asked of nobody, unless the operator says so for its language.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..errors import FeedbackError
from ..storage.recordings import keep_recordings
from ..storage.session import Store
from ..storage.surveys import add_survey, newest_survey
from ..surveys.document import read_document
from ..surveys.questionnaire import Questionnaire
from ..surveys.translating.freshness import compared, has_record, outdated, spoken


class OutdatedTranslations(FeedbackError):
    """Questions were changed and these languages still ask the old ones."""

    status = 409
    code = "translations-outdated"
    message = (
        "Translations don't follow their source any more: %(which)s. Bring new ones, confirm them"
        " (surveys confirm), or publish all the same: %(words)s"
    )


def with_record(store: Store, questionnaire: Questionnaire) -> Questionnaire:
    """A survey that notes what its translations are of; without a note, by the newest version there is."""
    if has_record(questionnaire.document) or len(questionnaire.languages) == 1:
        return questionnaire
    with store.read() as connection:
        earlier = newest_survey(connection, questionnaire.name)
    return read_document(compared(questionnaire.document, earlier.document if earlier else None))


def published(
    store: Store, questionnaire: Questionnaire, recordings: Path, accepted: Collection[str] = ()
) -> tuple[int, int]:
    """Keep a survey as its newest version. Raises `OutdatedTranslations`.

    `recordings` is the folder with the files that it names; `accepted` are the languages that may be asked
    although they are outdated. Gives the version's number and how many recordings were taken over.
    """
    behind = outdated(questionnaire.document)
    refused = {language: keys for language, keys in behind.items() if language not in accepted}
    if refused:
        raise OutdatedTranslations(
            which=spoken(refused),
            words=" ".join(f"--with-outdated {language}" for language in behind),
        )
    taken = keep_recordings(store, questionnaire, recordings)
    with store.begin() as connection:
        return add_survey(connection, questionnaire), taken

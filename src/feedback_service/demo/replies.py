"""Invented replies: what offices might answer, marked as invented in their own words.

No office said any of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from ..reports.model import ReplyState
from ..reports.replies import Reply

# Region, survey and problem, days until the answer, state, office, texts. Empty: the report as a whole.
_INVENTED: tuple[tuple[str, str, str, int, ReplyState, str, dict[str, str]], ...] = (
    (
        "08416", "clients", "housing", 12, "decided", "Beispielamt Tübingen (erfunden)",
        {
            "de": "Erfunden: Wir mieten zwölf Wohnungen und geben sie ab März an Familien weiter.",
            "ar": "مثال مُختلَق: نستأجر اثنتي عشرة شقة ونسلّمها للعائلات ابتداءً من آذار/مارس.",
            "en": "Invented: we rent twelve flats and pass them on to families from March.",
        },
    ),
    (
        "08416", "counsellors", "interpreters", 30, "heard", "Beispielamt Tübingen (erfunden)",
        {"de": "Erfunden: Der Kreistag berät im Februar über Dolmetschende."},
    ),
    (
        "08111", "clients", "letters", 9, "done", "Beispielamt Stuttgart (erfunden)",
        {
            "de": "Erfunden: Alle Briefe beginnen jetzt mit drei Sätzen in einfacher Sprache.",
            "en": "Invented: all letters now begin with three sentences in plain language.",
        },
    ),
    (
        "08", "clients", "papers", 41, "impossible", "Beispielministerium (erfunden)",
        {"de": "Erfunden: Über Aufenthaltspapiere entscheidet der Bund; er hat die Zahlen."},
    ),
    (
        "08", "", "", 5, "heard", "Beispielministerium (erfunden)",
        {
            "de": "Erfunden: Wir haben den Bericht gelesen und sprechen im Beirat darüber.",
            "en": "Invented: we have read the report and will discuss it in the council.",
        },
    ),
)  # fmt: skip


def invented_replies(round_id: str, issued: date, today: date, most: int | None = None) -> Iterator[Reply]:
    """Released replies to a round's report of the day `issued`, none from after `today`; always the same.

    The first `most` of them: to a new report not everybody has answered.
    """
    for region, survey, topic, days, state, office, texts in _INVENTED[:most]:
        day = min(issued + timedelta(days=days), today)
        name = sha256(f"{region} {survey} {topic} {round_id}".encode()).hexdigest()[:32]
        yield Reply(name, region, round_id, survey, topic, office, state, texts, "released", day, day)

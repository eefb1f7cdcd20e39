"""How a comment looks on a terminal, and as JSON. It is the one place where somebody's words are printed."""

from __future__ import annotations

from collections.abc import Iterator

from ..free_text.find import find_personal
from ..i18n import LANGUAGES
from ..moderation.deciding import Approved, Waiting
from ..moderation.marking import pieces
from ..moderation.opening import Review


def show(review: Review, one: Waiting) -> Iterator[str]:
    """The lines: what stands in ⟦…⟧ seems to show who somebody is."""
    place = review.directory[one.written.region].name
    yield f"{one.id[:8]}  [{one.mark}]  {LANGUAGES[one.written.language].own_name}  {place}"
    for line in marked(one.text).splitlines():
        yield f"    {line}"
    if one.draft.text is not None:
        yield "  (redacted; it was:)"
        for line in marked(one.written.text).splitlines():
            yield f"    {line}"
    for language, text in one.draft.translations.items():
        yield f"  [{language}] {marked(text)}"
    yield f"  themes: {themes_of(one)}"
    if one.draft.approved_by:
        where = " for the state" if one.draft.place == "state" else ""
        yield f"  approved{where} by {', '.join(one.draft.approved_by)}"


def themes_of(one: Waiting) -> str:
    """As people read them."""
    if one.draft.themes is None:
        return "not named yet"
    return ", ".join(one.draft.themes) or "none fits"


def marked(text: str) -> str:
    """A text with its personal passages in brackets, each with what it seems to be."""
    return "".join(f"⟦{kind}: {piece}⟧" if kind else piece for piece, kind in pieces(text))


def told_of(one: Waiting, done: Approved) -> str:
    """One sentence about an approval."""
    if done.quote:
        return f"{one.id[:8]} is published as a quote, and the original destroyed."
    return f"{one.id[:8]} is approved. It needs {done.needed} more, by somebody else."


def document_of(review: Review, one: Waiting) -> dict[str, object]:
    """A comment as JSON; `found` are passages of `text`, from `start` to before `end`."""
    found = find_personal(one.text)
    return {
        "id": one.id,
        "language": one.written.language,
        "region": one.written.region,
        "region_name": review.directory[one.written.region].name,
        "written": one.written.text,
        "text": one.text,
        "found": [{"start": each.start, "end": each.end, "kind": str(each.kind)} for each in found],
        "translations": dict(one.draft.translations),
        "themes": None if one.draft.themes is None else list(one.draft.themes),
        "mark": one.mark,
        "place": one.draft.place,
        "approved_by": list(one.draft.approved_by),
    }

"""What reviewers do: nothing personal slips through unseen, two must agree, a decision leaves no original."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from feedback_service.moderation.deciding import (
    ChangedMeanwhile,
    ReviewerUnnamed,
    SameReviewer,
    StillPersonal,
    ThemesUnnamed,
    TranslationMissing,
    UnknownComment,
    UnknownTextLanguage,
    UnusableText,
    UnusableThemes,
    Waiting,
    approve,
    find,
    name_themes,
    redact,
    reject,
    translate,
    waiting,
)
from feedback_service.moderation.marking import pieces, without_marked
from feedback_service.moderation.opening import Review
from feedback_service.reports.quotes import Quote
from feedback_service.storage.comments import all_comments
from feedback_service.storage.quotes import add_quote, quotes_of_round
from feedback_service.storage.schema import quote


def _saying(review: Review, part: str) -> Waiting:
    """The comment that says so, looked at: its themes are named."""
    one = next(one for one in waiting(review) if part in one.written.text)
    name_themes(review, one, [])
    return find(review, one.id)


def _quotes(review: Review) -> list[Quote]:
    with review.store.read() as connection:
        return quotes_of_round(connection, review.round.round)


def _raw(review: Review) -> bytes:
    return b"".join(path.read_bytes() for path in review.store.folder.glob("feedback.sqlite*"))


def test_two_people_let_a_quote_through_and_the_original_is_destroyed(review: Review) -> None:
    one = _saying(review, "Nummer 3.")
    assert approve(review, one, "Ada").needed == 1 and _quotes(review) == []
    with pytest.raises(SameReviewer, match="ada has approved"):
        approve(review, find(review, one.id), " ada ")
    done = approve(review, find(review, one.id), "Ben")
    assert done.needed == 0 and done.quote is not None
    (quote,) = _quotes(review)
    assert (quote.region, dict(quote.texts)) == ("08111", {"de": "Zu wenig Wohnungen, Nummer 3."})
    with pytest.raises(UnknownComment):
        find(review, one.id)
    with review.store.read() as connection:
        row = next(each for each in all_comments(connection, review.round.number) if each.key.hex() == one.id)
    assert row.body is None and row.draft is not None
    assert review.draft(row).text is None and review.draft(row).approved_by == ()
    # Nothing leads from the quote to the row.
    assert quote.id not in one.id and one.id not in quote.id


def test_the_name_of_a_reviewer_and_a_draft_are_sealed(review: Review) -> None:
    one = _saying(review, "Nummer 4.")
    redact(review, one, "Zu wenig Wohnraum überall.")
    approve(review, find(review, one.id), "Adelheid")
    raw = _raw(review)
    assert b"adelheid" not in raw.lower() and b"Wohnraum" not in raw
    with review.store.read() as connection:
        drafts = {len(each.draft) for each in all_comments(connection, review.round.number) if each.draft}
    assert drafts == {12370}


def test_what_is_marked_is_refused_until_it_is_taken_out(review: Review) -> None:
    one = _saying(review, "hilft mir")
    marks = [(piece, str(kind)) for piece, kind in pieces(one.text) if kind]
    assert ("0171 3920012", "phone") in marks and any(kind == "name" for _, kind in marks)
    with pytest.raises(StillPersonal, match="name, phone"):
        approve(review, one, "Ada")
    redact(review, one, without_marked(one.text))
    one = find(review, one.id)
    assert "0171" not in one.text and "Sommer" not in one.text and "[…]" in one.text
    assert "0171" in one.written.text
    approve(review, one, "Ada")
    quote = approve(review, find(review, one.id), "Ben").quote
    assert quote is not None and "0171" not in str(quote.texts)


def test_a_translation_may_not_bring_back_what_was_taken_out(review: Review) -> None:
    one = _saying(review, "مترجم")
    with pytest.raises(TranslationMissing):
        approve(review, one, "Ada")
    translate(review, one, "de", "Herr Müller, 0171 3920012, soll kommen.")
    with pytest.raises(StillPersonal):
        approve(review, find(review, one.id), "Ada")
    assert approve(review, find(review, one.id), "Ada", sure=True).needed == 1


def test_a_changed_text_needs_its_translations_and_both_approvals_again(review: Review) -> None:
    one = _saying(review, "مترجم")
    translate(review, one, "de", "Ich brauche einen Dolmetscher.")
    approve(review, find(review, one.id), "Ada")
    redact(review, find(review, one.id), "أحتاج إلى مترجم.")
    again = find(review, one.id)
    assert again.draft.translations == {} and again.draft.approved_by == ()
    translate(review, again, "de", "Ich brauche jemanden zum Dolmetschen.")
    translate(review, find(review, one.id), "en", "I need an interpreter.")
    for other in ("ar", "uk"):
        with pytest.raises(UnknownTextLanguage):
            translate(review, find(review, one.id), other, "…")
    approve(review, find(review, one.id), "Ada")
    quote = approve(review, find(review, one.id), "Ben").quote
    assert quote is not None
    # In which language it was written isn't told.
    assert dict(quote.texts) == {
        "de": "Ich brauche jemanden zum Dolmetschen.", "en": "I need an interpreter.",
    }  # fmt: skip


def test_approved_for_another_place_is_approved_anew(review: Review) -> None:
    one = _saying(review, "Nummer 5.")
    approve(review, one, "Ada")
    assert approve(review, find(review, one.id), "Ben", "state").needed == 1
    quote = approve(review, find(review, one.id), "Ada", "state").quote
    assert quote is not None and quote.region == "08"


def test_what_somebody_else_did_meanwhile_is_not_undone(review: Review) -> None:
    one = _saying(review, "Nummer 11.")
    redact(review, one, "Zu wenig Wohnraum.")
    for late in (
        lambda: redact(review, one, "Etwas anderes."),
        lambda: approve(review, one, "Ben"),
        lambda: reject(review, one),
        lambda: name_themes(review, one, ["housing"]),
    ):
        with pytest.raises(ChangedMeanwhile):
            late()
    assert find(review, one.id).text == "Zu wenig Wohnraum."
    now = find(review, one.id)
    reject(review, now)
    alone = replace(review, eyes=1)
    for late in (lambda: approve(alone, now, "Ben"), lambda: reject(review, now)):
        with pytest.raises(ChangedMeanwhile):
            late()
    assert _quotes(review) == []


def test_nothing_is_decided_before_somebody_said_what_it_is_about(review: Review) -> None:
    one = next(one for one in waiting(review) if "Nummer 1." in one.written.text)
    for decide in (lambda: approve(review, one, "Ada"), lambda: reject(review, one)):
        with pytest.raises(ThemesUnnamed):
            decide()
    name_themes(review, one, [])
    reject(review, find(review, one.id))


def test_a_mark_changes_with_what_is_made_of_a_comment(review: Review) -> None:
    one = _saying(review, "Nummer 2.")
    marks = [one.mark]
    redact(review, one, "Anders.")
    marks.append(find(review, one.id).mark)
    approve(review, find(review, one.id), "Ada")
    marks.append(find(review, one.id).mark)
    assert len(set(marks)) == 3 and find(review, one.id).mark == marks[-1]


def test_a_quote_in_the_database_has_its_texts_in_no_telling_order(review: Review) -> None:
    texts = {"en": "An interpreter.", "de": "Ein Dolmetscher."}
    with review.store.begin() as connection:
        add_quote(connection, Quote("a" * 32, "clients", "2026-Q4", "08", texts))
        (stored,) = connection.execute(select(quote.c.texts)).scalars()
    assert stored == '{"de": "Ein Dolmetscher.", "en": "An interpreter."}'


def test_one_pair_of_eyes_is_enough_where_the_operator_says_so(review: Review) -> None:
    alone = replace(review, eyes=1)
    assert approve(alone, _saying(alone, "Nummer 6."), "Ada").quote is not None


def test_nobody_can_t_approve(review: Review) -> None:
    with pytest.raises(ReviewerUnnamed):
        approve(review, _saying(review, "Nummer 7."), "  ")


def test_a_rejected_comment_is_gone(review: Review) -> None:
    one = _saying(review, "Nummer 8.")
    with review.store.read() as connection:
        stored = all_comments(connection, review.round.number)
    body = next(each.body for each in stored if each.key.hex() == one.id)
    assert body is not None and body[200:240] in _raw(review)
    reject(review, one)
    assert body[200:240] not in _raw(review)
    assert _quotes(review) == [] and len(list(waiting(review))) == 16


def test_texts_languages_themes_and_ids_that_are_none_are_refused(review: Review) -> None:
    one = _saying(review, "Nummer 9.")
    for text in ("", "  ", "x" * 1001):
        with pytest.raises(UnusableText):
            redact(review, one, text)
    for language in ("de", "xx"):
        with pytest.raises(UnknownTextLanguage):
            translate(review, one, language, "Text")
    for themes in (["housing"] * 2, ["housing", "papers", "work", "german"], ["nonsense"]):
        with pytest.raises(UnusableThemes):
            name_themes(review, one, themes)
    for prefix in ("", "zz", one.id + "0"):
        with pytest.raises(UnknownComment):
            find(review, prefix)
    assert find(review, one.id).draft == one.draft


def test_the_longest_texts_of_every_script_fit(review: Review) -> None:
    one = _saying(review, "مترجم")
    redact(review, one, "ሰ" * 1000)
    for language in ("de", "en"):
        translate(review, find(review, one.id), language, "ჰ" * 1000)
    assert len(find(review, one.id).draft.translations) == 2

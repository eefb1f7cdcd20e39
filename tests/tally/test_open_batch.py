"""What is in an envelope becomes a record of key, region and picks, or nothing at all."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.secret import Secret
from feedback_service.surveys.questionnaire import counted_questions
from feedback_service.surveys.yaml_form import standing_survey
from feedback_service.tally.open_batch import OpeningContext, Record, open_batch

Content = Callable[..., dict[str, Any]]
Sealed = Callable[..., bytes]

# access: yes 0, no 1, none 2 · trust: 1–5 at 3–7, none 8 · pressing: 9–12, none 13 · why: 14, 15, none 16
NOTHING_SAID = (2, 8, 13, 16)


def _open(context: OpeningContext, body: bytes) -> Record | None:
    [record] = open_batch(context, [body])
    return record


@pytest.mark.parametrize(
    ("answers", "picks"),
    [
        ({}, NOTHING_SAID),
        ({"access": "yes"}, (0, 8, 13, 16)),
        ({"access": ["yes"]}, (0, 8, 13, 16)),
        ({"access": "no", "why": "late"}, (1, 8, 13, 15)),
        ({"access": "yes", "why": "late"}, (0, 8, 13, 16)),
        ({"trust": "4"}, (2, 6, 13, 16)),
        ({"trust": 4}, (2, 6, 13, 16)),
        ({"pressing": ["papers", "work"]}, (2, 8, 9, 11, 16)),
        ({"pressing": "work"}, (2, 8, 9, 16)),
        ({"pressing": ["work", "work"]}, (2, 8, 9, 16)),
        ({"pressing": [], "access": "", "trust": []}, NOTHING_SAID),
    ],
)
def test_answers_become_positions_in_all_categories(
    context: OpeningContext, content: Content, sealed: Sealed, answers: dict[str, Any], picks: tuple[int, ...]
) -> None:
    body = sealed(content(7, {"region": "08111", **answers}))
    assert _open(context, body) == Record(bytes(15) + b"\x07", "08111", picks)


def test_a_record_holds_no_language_or_channel_unless_something_was_written(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    for text in ({}, {"comment": " "}):
        record = _open(context, sealed(content(1, {"region": "08", **text}, lang="uk", channel="telegram")))
        assert record is not None and record.written is None
        assert not [word for word in (b"uk", b"telegram") if word in pickle.dumps(record)]


def test_what_was_written_is_beside_what_was_ticked_and_never_prints(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    answers = {"region": "08111", "comment": " a-marker\r\nmore "}
    record = _open(context, sealed(content(1, answers, channel="telegram")))
    assert record is not None and record.written is not None
    assert (record.picks, record.written.text) == (NOTHING_SAID, "a-marker\nmore")
    assert record.written.language == "de"
    assert "marker" not in repr(record) and b"telegram" not in pickle.dumps(record)


def test_a_language_that_the_survey_lacks_is_nobody_s_mark(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    """An envelope that was made by hand could carry any few letters there."""
    record = _open(context, sealed(content(1, {"region": "08111", "comment": "x" * 1000}, lang="mylabel")))
    assert record is not None and record.written is not None
    assert record.written.language == "de"


BROKEN_CONTENTS: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"v": "\xff"}',
    "a list": [],
    "a text": "small",
    "a number": 5,
    "null": None,
    "endless nesting": b"[" * 3800,
    "not a number": b"NaN",
    "two documents": b"{}{}",
}


@pytest.mark.parametrize("inside", BROKEN_CONTENTS.values(), ids=BROKEN_CONTENTS)
def test_content_that_is_no_table_gives_nothing(
    context: OpeningContext, sealed: Sealed, inside: object
) -> None:
    assert _open(context, sealed(inside)) is None


@pytest.mark.parametrize(
    "parts",
    [
        {"v": 2},
        {"v": "1"},
        {"v": None},
        {"survey": "clients"},
        {"survey": None},
        {"survey": ["small"]},
        {"lang": ""},
        {"lang": "DE"},
        {"lang": "de-AT"},
        {"lang": "ninecharx"},
        {"lang": 5},
        {"channel": "a person's name"},
        {"channel": None},
        {"channel": "web\n"},
        {"record_key": "0" * 31},
        {"record_key": "0" * 33},
        {"record_key": "0" * 32 + "\n"},
        {"record_key": "A" * 32},
        {"record_key": "g" * 32},
        {"record_key": 0},
        {"record_key": None},
        {"more": 1},
        {"answers": []},
        {"answers": "yes"},
        {"answers": 5},
    ],
    ids=str,
)
def test_a_frame_of_another_kind_gives_nothing(
    context: OpeningContext, content: Content, sealed: Sealed, parts: dict[str, Any]
) -> None:
    assert _open(context, sealed({**content(), **parts})) is None


@pytest.mark.parametrize("key", ["v", "survey", "lang", "channel", "answers", "record_key"])
def test_a_frame_that_lacks_a_part_gives_nothing(
    context: OpeningContext, content: Content, sealed: Sealed, key: str
) -> None:
    assert _open(context, sealed(content())) is not None
    assert _open(context, sealed({name: part for name, part in content().items() if name != key})) is None


@pytest.mark.parametrize("version", [True, 1.0])
def test_a_version_that_only_equals_one_gives_nothing(
    context: OpeningContext, content: Content, sealed: Sealed, version: object
) -> None:
    assert _open(context, sealed(content(v=version))) is None


@pytest.mark.parametrize(
    "answers",
    [
        {"region": "08115", "somebody": "else"},
        {"region": "08115", "access": "maybe"},
        {"region": "08115", "access": "_none"},
        {"region": "08115", "access": ["yes", "no"]},
        {"region": "08115", "access": True},
        {"region": "08115", "access": None},
        {"region": "08115", "access": {}},
        {"region": "08115", "trust": 4.0},
        {"region": "08115", "trust": 0},
        {"region": "08115", "trust": True},
        {"region": "08115", "trust": [4, True]},
        {"region": "08115", "pressing": ["work", "housing", "papers", "other"]},
        {"region": "08115", "pressing": [["work"]]},
        {"region": "08115", "pressing": [None]},
        {"region": "08115", "comment": "x" * 1001},
        {"region": "08115", "comment": "😀" * 800},
        {"region": "08115", "comment": False},
        {"region": "081"},
        {"region": "08199"},
        {"region": "09"},
        {"region": 8},
        {"region": ["08115", "08116"]},
        {"region": ""},
        {"access": "yes"},
        {},
    ],
    ids=lambda answers: str(answers)[:40],
)
def test_unlawful_answers_give_nothing(
    context: OpeningContext, content: Content, sealed: Sealed, answers: dict[str, Any]
) -> None:
    assert _open(context, sealed(content(answers=answers))) is None


def test_an_envelope_of_another_round_key_or_length_gives_nothing(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    body = sealed(content())
    assert _open(context, body) is not None
    other = OpeningContext(
        context.round_id,
        context.canonical_survey,
        context.regions,
        Secret(PrivateKey.generate().to_bytes()),
    )
    assert _open(other, body) is None
    assert _open(context, sealed(content(), "2026-Q3")) is None
    assert _open(context, body[:-1]) is None
    assert _open(context, b"") is None


def test_an_envelope_bound_to_other_questions_gives_nothing(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    document = json.loads(context.canonical_survey)
    document["title"]["de"] += "!"
    other = OpeningContext(
        context.round_id, json.dumps(document).encode(), context.regions, context.private_key
    )
    assert _open(other, sealed(content())) is None


def test_records_keep_the_order_of_their_envelopes(
    context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    bodies = [sealed(content(2)), b"rubbish", sealed(content(1))]
    records = open_batch(context, bodies)
    assert [record and record.record_key[-1] for record in records] == [2, None, 1]
    assert open_batch(context, []) == []


def test_a_context_travels_between_processes_and_does_not_print(context: OpeningContext) -> None:
    assert pickle.loads(pickle.dumps(context)) == context
    assert context.private_key.value.hex() not in repr(context)
    assert repr(context.private_key.value) not in repr(context)


@pytest.mark.parametrize("name", ["clients", "counsellors"])
def test_what_is_sealed_for_a_standing_survey_is_opened_as_a_record(
    context: OpeningContext, private_key: PrivateKey, name: str
) -> None:
    survey = standing_survey(name)
    sealing = SealingContext(name, context.round_id, survey.fingerprint, private_key.public)
    answers = {
        question.name: [question.choice_names[0]] if question.most > 1 else question.choice_names[0]
        for question in survey.questions
        if question.closed
    }
    body = seal(sealing, lang="prs", channel="telegram", answers={**answers, "region": "08"})
    opening = OpeningContext(context.round_id, survey.canonical, context.regions, context.private_key)
    record = _open(opening, body)
    firsts, start = [], 0
    for question in counted_questions(survey):
        firsts.append(start)
        start += len(question.choices)
    assert record is not None
    assert (record.region, record.picks) == ("08", tuple(firsts))

"""The one door: sealed, stored, and nothing given back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from feedback_service.intake.code_key import CodeKey
from feedback_service.intake.flood import FloodGate
from feedback_service.intake.group_commit import GroupCommit
from feedback_service.intake.open_rounds import OpenRounds, OpenSurvey
from feedback_service.intake.receive import CodeNeeded, Door, Sealed
from feedback_service.intake.slot import Kind, Pending
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import RoundClosed, Spool
from feedback_service.mixing.code_keys import CodeKeys
from feedback_service.sealing.access_code import AccessCode
from feedback_service.sealing.code_field import open_code
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.receipt import Receipt
from feedback_service.storage.session import Store
from feedback_service.surveys.answers import Answers
from feedback_service.surveys.questionnaire import Access

ANSWERS: Answers = {"region": "08111", "comment": "Größere Räume"}


@pytest.fixture
def survey(open_rounds: OpenRounds) -> OpenSurvey:
    found = open_rounds.latest.survey("clients")
    assert found
    return found


@pytest.fixture
def through(make_spool: Callable[..., Spool], store: Store) -> Callable[..., list[Pending]]:
    """Lets a story happen at a door; gives what then lies in the spool."""
    spool = make_spool()

    def run(story: Callable[[Door], Coroutine[Any, Any, None]], closed: int | None = None) -> list[Pending]:
        async def at_the_door() -> None:
            commit = GroupCommit(spool)
            await story(Door(commit, CodeKey(store.spool_folder), FloodGate({})))
            await commit.close()

        if closed is not None:
            spool._current.close_rounds([closed])
        asyncio.run(at_the_door())
        with closing(SlotFile(spool.pair.folder / "a.spool")) as file:
            return [one for _, one in file.read() if one]

    return run


def test_an_answer_is_sealed_to_its_round_and_lies_in_the_spool_when_done(
    through: Callable[..., list[Pending]], survey: OpenSurvey, private_key: PrivateKey
) -> None:
    receipt = Receipt.fresh()

    async def story(door: Door) -> None:
        given: object = await door.receive(survey, receipt, lang="de", channel="web", answers=ANSWERS)  # type: ignore[func-returns-value]
        assert given is None

    (stored,) = through(story)
    assert (stored.round_number, stored.kind) == (1, Kind.ANSWER)
    assert (stored.tag, stored.id) == (receipt.tag, receipt.id_for(ANSWERS))
    assert len(stored.envelope) == ENVELOPE_BYTES
    content = json.loads(
        open_envelope(stored.envelope, private_key, "2026-Q4", survey.questionnaire.fingerprint)
    )
    assert (content["survey"], content["lang"], content["channel"]) == ("clients", "de", "web")
    assert content["answers"] == ANSWERS
    assert "Größere".encode() not in stored.packed().content


def test_one_form_sent_twice_has_one_id_and_two_forms_with_the_same_answers_have_two(
    through: Callable[..., list[Pending]], survey: OpenSurvey
) -> None:
    first, second = Receipt.fresh(), Receipt.fresh()

    async def story(door: Door) -> None:
        for receipt in (first, first, second):
            await door.receive(survey, receipt, lang="de", channel="web", answers=ANSWERS)

    stored = through(story)
    assert len(stored) == 3 and len({one.envelope for one in stored}) == 3
    assert len({(one.tag, one.id) for one in stored}) == 2


def test_an_envelope_sealed_elsewhere_is_stored_as_it_is(
    through: Callable[..., list[Pending]], open_rounds: OpenRounds
) -> None:
    counsellors = open_rounds.latest.survey("counsellors")
    assert counsellors
    envelope = bytes([1, 4]) + bytes(ENVELOPE_BYTES - 2)

    async def story(door: Door) -> None:
        await door.receive_sealed(counsellors, Sealed(b"t" * 16, b"i" * 16, envelope), None)

    (stored,) = through(story)
    assert (stored.round_number, stored.tag, stored.id, stored.envelope) == (
        2,
        b"t" * 16,
        b"i" * 16,
        envelope,
    )


def test_a_round_that_ended_refuses_the_answer(
    through: Callable[..., list[Pending]], survey: OpenSurvey
) -> None:
    async def story(door: Door) -> None:
        with pytest.raises(RoundClosed):
            await door.receive(survey, Receipt.fresh(), lang="de", channel="web", answers=ANSWERS)

    assert through(story, closed=1) == []


def test_a_deletion_lies_in_every_round_that_was_named(through: Callable[..., list[Pending]]) -> None:
    receipt = Receipt.fresh()

    async def story(door: Door) -> None:
        await door.delete(receipt, [1, 2])

    stored = through(story)
    assert sorted(one.round_number for one in stored) == [1, 2]
    assert {(one.kind, one.tag) for one in stored} == {(Kind.TOMBSTONE, receipt.tag)}


def test_a_deletion_reaches_the_open_rounds_where_another_one_is_closed(
    through: Callable[..., list[Pending]],
) -> None:
    async def story(door: Door) -> None:
        with pytest.raises(RoundClosed):
            await door.delete(Receipt.fresh(), [1, 2])

    assert [one.round_number for one in through(story, closed=1)] == [2]


def test_with_and_without_a_code_the_code_field_looks_the_same_and_opens_for_the_mix_alone(
    through: Callable[..., list[Pending]], survey: OpenSurvey, store: Store
) -> None:
    keys = CodeKeys(store.mix_folder, store.spool_folder)
    keys.make_missing()
    asked = _with_access(survey, "code-optional")
    code = AccessCode.fresh()

    async def story(door: Door) -> None:
        for given in (code, None):
            receipt = Receipt.fresh()
            await door.receive(asked, receipt, lang="de", channel="web", answers=ANSWERS, code=given)

    fields = [one.code_field for one in through(story)]
    opened = {open_code(keys.all(), one) for one in fields}
    assert len(opened) == 2 and code.mac(survey.pepper) in opened and None not in opened
    assert all(code.secret not in one and one[0] == 4 for one in fields)


def test_where_nobody_has_codes_the_field_is_random_and_opens_for_nobody(
    through: Callable[..., list[Pending]], survey: OpenSurvey, store: Store
) -> None:
    CodeKeys(store.mix_folder, store.spool_folder).make_missing()

    async def story(door: Door) -> None:
        code = AccessCode.fresh()
        for _ in range(2):
            receipt = Receipt.fresh()
            await door.receive(survey, receipt, lang="de", channel="web", answers=ANSWERS, code=code)

    fields = [one.code_field for one in through(story)]
    keys = CodeKeys(store.mix_folder, store.spool_folder).all()
    assert [open_code(keys, one) for one in fields] == [None, None]
    assert len(set(fields)) == 2


def test_where_codes_are_required_nothing_is_stored_without_one(
    through: Callable[..., list[Pending]], survey: OpenSurvey, store: Store
) -> None:
    CodeKeys(store.mix_folder, store.spool_folder).make_missing()
    asked = _with_access(survey, "code-required")

    async def story(door: Door) -> None:
        with pytest.raises(CodeNeeded):
            await door.receive(asked, Receipt.fresh(), lang="de", channel="web", answers=ANSWERS)

    assert through(story) == []


def _with_access(survey: OpenSurvey, access: Access) -> OpenSurvey:
    return replace(survey, questionnaire=replace(survey.questionnaire, access=access))

"""Sealing: one length, one use of every key, and nothing legible outside."""

from __future__ import annotations

import json
import re

import pytest

from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.plaintext import ContentTooLong, content_bytes
from feedback_service.sealing.seal import SealingContext, seal


def _opened(envelope: bytes, private_key: PrivateKey, context: SealingContext) -> bytes:
    return open_envelope(envelope, private_key, context.round_id, context.fingerprint)


@pytest.mark.parametrize("length", [0, 1, 500, 3000])
def test_every_envelope_has_3922_bytes_and_begins_with_the_version(
    context: SealingContext, length: int
) -> None:
    envelope = seal(context, lang="de", channel="web", answers={"comment": "x" * length})
    assert len(envelope) == 3922
    assert envelope[:2] == b"\x01\x04"


def test_what_is_opened_is_the_canonical_content_with_its_record_key(
    context: SealingContext, private_key: PrivateKey
) -> None:
    answers = {"region": "08", "comment": "Ґанок"}
    opened = _opened(seal(context, lang="uk", channel="telegram", answers=answers), private_key, context)
    record_key = json.loads(opened)["record_key"]
    assert re.fullmatch(r"[0-9a-f]{32}", record_key)
    assert opened == content_bytes(
        survey="clients", lang="uk", channel="telegram", answers=answers, record_key=record_key
    )


def test_the_same_answers_twice_share_neither_record_key_nor_bytes(
    context: SealingContext, private_key: PrivateKey
) -> None:
    one, two = (seal(context, lang="de", channel="web", answers={"region": "08"}) for _ in range(2))
    assert one[1:66] != two[1:66]
    assert one[66:] != two[66:]
    keys = {json.loads(_opened(one_of, private_key, context))["record_key"] for one_of in (one, two)}
    assert len(keys) == 2


def test_nothing_of_an_answer_is_legible_in_the_envelope(context: SealingContext) -> None:
    envelope = seal(context, lang="de", channel="web", answers={"comment": "a-marker-of-mine" * 20})
    assert b"marker" not in envelope
    assert b"clients" not in envelope
    assert b"\x00" * 8 not in envelope


def test_answers_that_fill_the_plaintext_to_the_last_byte_are_sealed(
    context: SealingContext, private_key: PrivateKey
) -> None:
    frame = len(
        content_bytes(
            survey="clients", lang="de", channel="web", answers={"comment": ""}, record_key="0" * 32
        )
    )
    longest = {"comment": "x" * (3839 - frame)}
    opened = _opened(seal(context, lang="de", channel="web", answers=longest), private_key, context)
    assert len(opened) == 3839
    with pytest.raises(ContentTooLong):
        seal(context, lang="de", channel="web", answers={"comment": longest["comment"] + "x"})

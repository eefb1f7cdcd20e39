"""An envelope opens with its own key, round and questions, undamaged, and in no other way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from feedback_service.sealing.envelope import info_for, suite
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.open import CannotOpen, open_envelope
from feedback_service.sealing.seal import SealingContext, seal

ROUND, FINGERPRINT = "2026-Q4", bytes(range(32))


def test_an_envelope_opens_with_its_key_round_and_fingerprint(
    envelope: bytes, private_key: PrivateKey
) -> None:
    content = json.loads(open_envelope(envelope, private_key, ROUND, FINGERPRINT))
    assert content["answers"] == {
        "region": "08115",
        "pressing": ["housing", "work"],
        "comment": "Räume fehlen",
    }


def test_an_envelope_does_not_open_with_another_key(envelope: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope, PrivateKey.generate(), ROUND, FINGERPRINT)


@pytest.mark.parametrize("round_id", ["2026-Q3", "2027-Q4", "2026-q4", "", "2026-Q4|"])
def test_an_envelope_does_not_open_in_another_round(
    envelope: bytes, private_key: PrivateKey, round_id: str
) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope, private_key, round_id, FINGERPRINT)


@pytest.mark.parametrize("fingerprint", [bytes(32), FINGERPRINT[::-1], FINGERPRINT[:-1], b""])
def test_an_envelope_does_not_open_for_other_questions(
    envelope: bytes, private_key: PrivateKey, fingerprint: bytes
) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope, private_key, ROUND, fingerprint)


def test_a_flipped_bit_anywhere_is_found(envelope: bytes, private_key: PrivateKey) -> None:
    opened = []
    for at in range(len(envelope)):
        damaged = bytearray(envelope)
        damaged[at] ^= 1
        try:
            open_envelope(bytes(damaged), private_key, ROUND, FINGERPRINT)
        except CannotOpen:
            continue
        opened.append(at)
    assert opened == []


@pytest.mark.parametrize("length", [0, 1, 2, 66, 82, 3921])
def test_a_cut_envelope_does_not_open(envelope: bytes, private_key: PrivateKey, length: int) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope[:length], private_key, ROUND, FINGERPRINT)


def test_a_longer_envelope_does_not_open(envelope: bytes, private_key: PrivateKey) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope + b"\x00", private_key, ROUND, FINGERPRINT)


@pytest.mark.parametrize("point", [bytes(64), b"\xff" * 64], ids=["zero", "too large"])
def test_an_envelope_with_a_point_off_the_curve_does_not_open(
    envelope: bytes, private_key: PrivateKey, point: bytes
) -> None:
    with pytest.raises(CannotOpen):
        open_envelope(envelope[:2] + point + envelope[66:], private_key, ROUND, FINGERPRINT)


@pytest.mark.parametrize("inside", [bytes(3840), b"x" * 3840], ids=["no marker", "no padding"])
def test_what_was_sealed_without_padding_does_not_open(private_key: PrivateKey, inside: bytes) -> None:
    sealed = suite().encrypt(inside, private_key.public.handle, info_for(ROUND, FINGERPRINT))
    with pytest.raises(CannotOpen):
        open_envelope(b"\x01" + sealed, private_key, ROUND, FINGERPRINT)


def test_a_refusal_says_nothing_of_what_was_nearly_opened(private_key: PrivateKey) -> None:
    inside = b"my caseworker said" + bytes(3822)
    sealed = suite().encrypt(inside, private_key.public.handle, info_for(ROUND, FINGERPRINT))
    with pytest.raises(CannotOpen) as refused:
        open_envelope(b"\x01" + sealed, private_key, ROUND, FINGERPRINT)
    assert refused.value.args == ()
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_copied_envelope_opens_as_often_as_it_is_copied(envelope: bytes, private_key: PrivateKey) -> None:
    # Why the tally counts a record key once.
    assert open_envelope(envelope, private_key, ROUND, FINGERPRINT) == open_envelope(
        bytes(bytearray(envelope)), private_key, ROUND, FINGERPRINT
    )


def test_an_envelope_of_another_survey_of_the_same_round_does_not_open(
    context: SealingContext, private_key: PrivateKey
) -> None:
    other = replace(context, survey="counsellors", fingerprint=b"\x07" * 32)
    envelope = seal(other, lang="de", channel="web", answers={"region": "08"})
    with pytest.raises(CannotOpen):
        open_envelope(envelope, private_key, ROUND, FINGERPRINT)

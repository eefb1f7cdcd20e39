"""The outer shape of an envelope and what it is bound to."""

from __future__ import annotations

import pytest

from feedback_service.sealing.envelope import ENVELOPE_BYTES, ENVELOPE_VERSION, info_for, well_formed

RIGHT = b"\x01\x04" + bytes(3920)


def test_an_envelope_is_version_byte_point_plaintext_and_tag() -> None:
    assert ENVELOPE_VERSION == 1
    assert ENVELOPE_BYTES == 1 + 65 + 3840 + 16 == 3922


def test_the_info_is_prefix_round_and_fingerprint() -> None:
    assert info_for("2026-Q4", b"\xff" * 32) == b"feedback-service/v1|2026-Q4|" + b"\xff" * 32


def test_the_outside_of_a_right_envelope_is_well_formed() -> None:
    assert well_formed(RIGHT)


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"\x01",
        RIGHT[:-1],
        RIGHT + b"\x00",
        b"\x00" + RIGHT[1:],
        b"\x02" + RIGHT[1:],
        b"\x01\x02" + RIGHT[2:],
        b"\x01\x03" + RIGHT[2:],
    ],
    ids=["empty", "one byte", "cut", "longer", "version 0", "version 2", "compressed point", "other point"],
)
def test_another_length_version_or_kind_of_point_is_not_well_formed(envelope: bytes) -> None:
    assert not well_formed(envelope)

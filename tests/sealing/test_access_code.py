"""Access codes as people write them: forgiving in form, strict in content."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sealing.access_code import ALPHABET, AccessCode, InvalidAccessCode
from feedback_service.secret import Secret

codes = st.binary(min_size=10, max_size=10).map(AccessCode)


@given(codes)
def test_what_is_printed_reads_back(code: AccessCode) -> None:
    assert AccessCode.from_text(code.shown) == code
    groups = code.shown.split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 5]
    assert set("".join(groups)) <= set(ALPHABET) and not set("ILOU") & set(ALPHABET)


@given(codes)
def test_it_may_be_typed_in_any_case_grouping_and_script_of_digits(code: AccessCode) -> None:
    shown = code.shown
    arabic = shown.translate({ord("0") + digit: chr(0x0660 + digit) for digit in range(10)})
    wide = shown.translate({ord(one): ord(one) + 0xFEE0 for one in ALPHABET})
    look_alike = shown.replace("0", "o").replace("1", "l")
    spaced = " ".join(shown.replace("-", "")) + "\u200f\n"
    dashes = shown.replace("-", "\u2013")
    for typed in (shown.lower(), shown.replace("-", ""), dashes, arabic, wide, look_alike, spaced):
        assert AccessCode.from_text(typed) == code, typed


@given(codes, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(code: AccessCode, place: int, wrong: str) -> None:
    written = code.shown.replace("-", "")
    changed = written[:place] + wrong + written[place + 1 :]
    if changed != written:
        with pytest.raises(InvalidAccessCode):
            AccessCode.from_text(changed)


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    """Luhn misses one pair of the alphabet: 0 and Z swapped."""
    missed = found = 0
    chance = random.Random(1)
    for _ in range(400):
        written = AccessCode(chance.randbytes(10)).shown.replace("-", "")
        for place in range(16):
            swapped = written[:place] + written[place + 1] + written[place] + written[place + 2 :]
            if swapped == written:
                continue
            try:
                AccessCode.from_text(swapped)
                missed += 1
                assert set(written[place : place + 2]) == {"0", "Z"}
            except InvalidAccessCode:
                found += 1
    assert found > 200 * missed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "ABCD",
        "0000-0000-0000-0000",
        "0000-0000-0000-00000-0",
        "0000-0000-0000-0000U",
        "١" * 18,
        "💧" * 17,
        "0" * 100_000,
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(InvalidAccessCode):
        AccessCode.from_text(typed)


def test_the_hash_depends_on_code_and_pepper_and_does_not_hold_the_code() -> None:
    code, other = AccessCode(b"0123456789"), AccessCode(b"0123456780")
    pepper = Secret(bytes(32))
    assert len(code.mac(pepper)) == 32 and code.secret not in code.mac(pepper)
    assert len({code.mac(pepper), other.mac(pepper), code.mac(Secret(b"p" * 32))}) == 3


def test_a_code_does_not_print() -> None:
    code = AccessCode.fresh()
    assert code.secret.hex() not in repr(code) and code.shown not in f"{code} {code!r}"
    assert repr(code.secret) not in repr(code)


def test_fresh_codes_are_all_different() -> None:
    assert len({AccessCode.fresh().shown for _ in range(1000)}) == 1000

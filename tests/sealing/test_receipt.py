"""The receipt: forty digits that any hand can copy, with every common slip found."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.sealing.receipt import InvalidReceipt, Receipt

RECEIPTS = [bytes(16), b"\xff" * 16, bytes(range(16)), hashlib.md5(b"a receipt").digest()]
FIRST_DIGITS = {"arabic": 0x0660, "persian": 0x06F0, "devanagari": 0x0966, "fullwidth": 0xFF10}


def _verhoeff(digits: str) -> int:
    """Verhoeff's sum, written out from the dihedral group of the pentagon and not from a table."""

    def times(a: int, b: int) -> int:
        if a < 5:
            return (a + b) % 5 + 5 * (b >= 5)
        return (a - b) % 5 + 5 * (b < 5)

    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    total = 0
    for position, digit in enumerate(map(int, reversed(digits))):
        for _ in range(position % 8):
            digit = step[digit]
        total = times(total, digit)
    return total


def _in_script(digits: str, zero: int) -> str:
    return "".join(chr(zero + int(one)) if one.isdigit() else one for one in digits)


@pytest.mark.parametrize("secret", RECEIPTS)
def test_a_receipt_is_its_number_in_39_digits_and_a_check_digit(secret: bytes) -> None:
    digits = Receipt(secret).digits
    assert len(digits) == 40
    assert int(digits[:39]) == int.from_bytes(secret, "big")
    assert _verhoeff(digits) == 0


def test_a_receipt_is_shown_in_ten_groups_of_four() -> None:
    receipt = Receipt(bytes(range(16)))
    groups = receipt.shown.split(" ")
    assert [len(group) for group in groups] == [4] * 10
    assert "".join(groups) == receipt.digits


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=16))
def test_every_receipt_comes_back_from_what_is_shown(secret: bytes) -> None:
    assert Receipt.from_text(Receipt(secret).shown).secret == secret


@pytest.mark.parametrize("secret", RECEIPTS)
def test_every_single_wrong_digit_is_found(secret: bytes) -> None:
    digits = Receipt(secret).digits
    wrong = [
        digits[:at] + other + digits[at + 1 :]
        for at in range(40)
        for other in "0123456789"
        if other != digits[at]
    ]
    assert len(wrong) == 360
    assert [text for text in wrong if _is_read(text)] == []


@pytest.mark.parametrize("secret", RECEIPTS)
def test_every_swap_of_two_neighbours_is_found(secret: bytes) -> None:
    digits = Receipt(secret).digits
    swapped = [
        digits[:at] + two + one + digits[at + 2 :]
        for at, (one, two) in enumerate(pairwise(digits))
        if one != two
    ]
    assert [text for text in swapped if _is_read(text)] == []


def _is_read(text: str) -> bool:
    try:
        Receipt.from_text(text)
    except InvalidReceipt:
        return False
    return True


@pytest.mark.parametrize("zero", FIRST_DIGITS.values(), ids=FIRST_DIGITS.keys())
def test_digits_of_any_script_with_decimal_digits_are_read(zero: int) -> None:
    receipt = Receipt(bytes(range(16)))
    assert Receipt.from_text(_in_script(receipt.shown, zero)) == receipt


def test_scripts_may_be_mixed_in_one_number() -> None:
    digits = Receipt(bytes(range(16))).digits
    mixed = _in_script(digits[:20], FIRST_DIGITS["arabic"]) + _in_script(digits[20:], FIRST_DIGITS["persian"])
    assert Receipt.from_text(mixed).secret == bytes(range(16))


@pytest.mark.parametrize("sign", ["-", " ", "\u00a0", "\u200f", "\n", ".", "/", "\t"])
def test_what_stands_between_the_digits_does_not_matter(sign: str) -> None:
    receipt = Receipt(bytes(range(16)))
    assert Receipt.from_text(sign.join(["", *receipt.shown.split(), ""])) == receipt


def test_ethiopic_numerals_have_no_zero_and_are_not_read_as_digits() -> None:
    # ፩ to ፱ are numbers without decimal places: whoever counts with them writes 0 to 9 for codes.
    digits = Receipt(b"\xff" * 16).digits
    ethiopic = "".join(one if one == "0" else chr(0x1368 + int(one)) for one in digits)
    with pytest.raises(InvalidReceipt):
        Receipt.from_text(ethiopic)


def test_raised_and_circled_digits_are_not_read_as_digits() -> None:
    digits = Receipt(bytes(range(16))).digits
    with pytest.raises(InvalidReceipt):
        Receipt.from_text(digits[:-1] + "²")
    assert _is_read(digits + "①²")


@pytest.mark.parametrize("text", ["", " ", "abc", "0", "0" * 39, "0" * 41, "1" * 5000], ids=len)
def test_another_number_of_digits_is_refused(text: str) -> None:
    with pytest.raises(InvalidReceipt):
        Receipt.from_text(text)


def test_a_number_above_128_bits_is_refused_though_its_check_digit_is_right() -> None:
    number = str(1 << 128)
    checked = next(number + str(last) for last in range(10) if _verhoeff(number + str(last)) == 0)
    assert len(checked) == 40
    with pytest.raises(InvalidReceipt):
        Receipt.from_text(checked)


def test_the_tag_is_the_start_of_the_receipts_sha256() -> None:
    secret = bytes(range(16))
    assert Receipt(secret).tag == hashlib.sha256(secret).digest()[:16]


def test_the_id_is_the_start_of_the_hmac_over_canonical_answers() -> None:
    secret = bytes(range(16))
    canonical = '{"comment":"ä","pressing":["a","b"],"region":"08"}'.encode()
    given = {"region": "08", "pressing": ["a", "b"], "comment": "ä"}
    assert Receipt(secret).id_for(given) == hmac.new(secret, canonical, hashlib.sha256).digest()[:16]


def test_the_same_answers_in_another_order_have_the_same_id() -> None:
    receipt = Receipt.fresh()
    assert receipt.id_for({"a": "1", "b": ["2"]}) == receipt.id_for({"b": ["2"], "a": "1"})


def test_other_answers_from_the_same_page_have_the_same_tag_and_another_id() -> None:
    receipt = Receipt.fresh()
    ids = {receipt.id_for(one) for one in ({"a": "1"}, {"a": "2"}, {"a": ["1"]}, {"b": "1"}, {})}
    assert len(ids) == 5


def test_the_same_answers_from_another_page_share_neither_tag_nor_id() -> None:
    one, two = Receipt.fresh(), Receipt.fresh()
    assert one.tag != two.tag
    assert one.id_for({"a": "1"}) != two.id_for({"a": "1"})


def test_a_fresh_receipt_has_128_bits_of_its_own() -> None:
    secrets = {Receipt.fresh().secret for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {16}


def test_a_receipt_does_not_print(shows: Callable[[object, bytes], bool]) -> None:
    receipt = Receipt.fresh()
    assert not shows(receipt, receipt.secret)
    assert receipt.digits not in repr(receipt) + str(receipt)
    assert receipt.shown not in repr(receipt) + str(receipt)


def test_a_refused_receipt_does_not_stand_in_the_error() -> None:
    with pytest.raises(InvalidReceipt) as refused:
        Receipt.from_text("1234" * 9 + "1235")
    assert "1234" not in f"{refused.value} {refused.value!r} {refused.value.facts}"

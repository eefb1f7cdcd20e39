"""The constants are what the specification promises."""

from __future__ import annotations

from feedback_service.disclosure import parameters


def test_a_release_prints_the_promised_parameters() -> None:
    assert parameters.as_json() == {
        "k": {"local": 10, "wide": 20, "state": 20},
        "V": 3,
        "percent_from": 20,
        "mean_from": 30,
    }


def test_a_kreis_is_cut_from_200_into_parts_of_30_and_a_pool_has_two_kreise() -> None:
    assert (parameters.SPLIT_FROM, parameters.PART_MINIMUM, parameters.POOL_KREISE) == (200, 30, 2)


def test_changing_what_was_printed_changes_no_constant() -> None:
    parameters.as_json()["k"]["local"] = 1
    assert parameters.K["local"] == 10

"""What counting hands on: shapes that disclosure control relies on."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from feedback_service.tally.table import RegionCount


def test_a_regions_n_is_its_number_of_record_keys() -> None:
    assert RegionCount("08", ("a", "b", "c"), {}).n == 3
    assert RegionCount("08", (), {}).n == 0


def test_a_count_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        RegionCount("08", (), {}).region = "081"  # type: ignore[misc]

"""The tile map: every Kreis has one place, and no two the same."""

from __future__ import annotations

from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.regions.keys import Level
from feedback_service.regions.tiles import tile_places


def test_every_kreis_has_a_tile_and_nothing_else_has() -> None:
    assert set(tile_places()) == {kreis.ags for kreis in baden_wuerttemberg().at(Level.KREIS)}


def test_no_two_tiles_lie_on_the_same_place_or_have_the_same_name() -> None:
    places = tile_places().values()
    assert (
        len({(place.column, place.row) for place in places}) == len({place.short for place in places}) == 44
    )
    assert all(0 <= place.column < 8 and 0 <= place.row < 8 for place in places)
    assert all(len(place.short) <= 3 for place in places), "more letters don't fit a tile"

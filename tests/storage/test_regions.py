"""The tree of regions in the database."""

from __future__ import annotations

from feedback_service.regions.directory import Region, baden_wuerttemberg
from feedback_service.storage.regions import put_regions, read_directory
from feedback_service.storage.session import Store


def test_the_shipped_tree_comes_back_whole(store: Store) -> None:
    with store.begin() as connection:
        put_regions(connection, baden_wuerttemberg().regions.values())
        assert read_directory(connection) == baden_wuerttemberg()


def test_a_region_that_is_known_gets_the_new_name_and_the_others_stay(store: Store) -> None:
    with store.begin() as connection:
        put_regions(connection, [Region("08", "The state"), Region("081", "Old name")])
        put_regions(connection, [Region("081", "New name"), Region("082", "More")])
        names = {one.ags: one.name for one in read_directory(connection).regions.values()}
    assert names == {"08": "The state", "081": "New name", "082": "More"}

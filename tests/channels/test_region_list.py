"""One list of municipalities for everybody."""

from __future__ import annotations

from typing import Any

from feedback_service.regions.directory import Region
from feedback_service.storage.regions import put_regions


def test_towns_that_can_be_chosen_are_listed_by_key_and_others_are_not(site: Any) -> None:
    assert site.http.get("/regions.json").json() == {}
    assert "/regions.json" not in site.http.get("/de/a").text
    towns = [
        Region("08416041", "Tübingen"),
        Region("08416036", "Rottenburg"),
        Region("08111000", "Stuttgart"),
    ]
    with site.store.begin() as connection:
        put_regions(connection, towns)
    site.open_rounds.renew_now()
    assert site.http.get("/regions.json").json() == {"08416036": "Rottenburg", "08416041": "Tübingen"}
    assert 'data-towns="/regions.json"' in site.http.get("/de/a").text


def test_the_real_number_of_towns_is_small_on_the_way(site: Any) -> None:
    towns = [
        Region(f"{district.ags}{number:03}", f"Gemeinde Nummer {number} am {district.name}")
        for district in site.open_rounds.latest.directory.regions.values()
        if len(district.ags) == 5
        for number in range(1, 26)
    ]
    assert len(towns) == 1100
    with site.store.begin() as connection:
        put_regions(connection, towns)
    site.open_rounds.renew_now()
    reply = site.http.get("/regions.json", headers={"accept-encoding": "gzip"})
    assert int(reply.headers["content-length"]) <= 12_000
    form = site.http.get("/de/a", headers={"accept-encoding": "gzip"})
    assert int(form.headers["content-length"]) <= 30_000 and form.text.count("<option") < 60

"""Who is counted together: each publish class's one partition of the records into atoms, by n alone.

An atom is the smallest group that is ever published, and every published number is a sum of atoms. A
class has exactly one partition, whatever its questions hold: hiding one question in one district only
would be undone by "state minus the others". Nothing here reads an answer.

How each edge case is decided:

- A class that no question has gets no atoms: there would be nothing to say about them but their n.
- Every Kreis of the directory with n < k is in its Bezirk's pool, also with n = 0, so that a pool's name
  doesn't tell whether somebody answered there. A pool needs two Kreise and k records together; as each has
  fewer than k, a pool that reaches k always holds records of two.
- Where a Bezirk's pool fails, its small Kreise go to the state pool together with "I don't want to say"
  (records under the state's own key) if that has n < k; it counts there like a Kreis of no Bezirk and is
  written `08-unknown`. With n >= k it is an atom of its own. What a failed state pool leaves is in no atom.
- The class `state` has one atom of all records under the state's key, or none below k.
- A region that was counted with no records is as good as one that nobody named.
- Where the survey uses codes, "n" above is the number of verified records: invented answers then can't make
  an atom around somebody. The atom's own n, and its figures, hold all records.
- Records of a Bezirk, of another state or of a Kreis that the directory lacks have no lawful place: the
  count is refused. A municipality needs no entry in the directory, only its Kreis does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import FeedbackError
from ..regions.directory import Directory
from ..regions.keys import InvalidRegionKey, Level, cut_to
from ..tally.table import CountTable, PublishClass
from .municipalities import cut
from .parameters import POOL_KREISE, PUBLISH_CLASSES, K


class CountOutsideDirectory(FeedbackError):
    """Records of a region without a Kreis in the directory; names none, as it is somebody's answer."""

    status = 422
    code = "count-outside-directory"
    message = (
        "The count holds answers from a region that the regions file doesn't have. Nothing was drawn. "
        "Import the regions file with which the round was opened."
    )


@dataclass(frozen=True, slots=True)
class Atom:
    """A group that is published as one: `regions` as printed, `members` as keyed in the count table."""

    id: str
    publish_class: PublishClass
    audience: str
    regions: tuple[str, ...]
    n: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A Kreis, or "I don't want to say": the records of each counted region in it, none of them empty.

    `deciding` has the same keys; it differs from `sizes` only where codes are used.
    """

    key: str
    sizes: Mapping[str, int]
    deciding: Mapping[str, int]

    @property
    def n(self) -> int:
        """The number that decides what becomes of it."""
        return sum(self.deciding.values())

    def records(self, regions: Iterable[str]) -> int:
        """All records of some of its regions."""
        return sum(self.sizes[region] for region in regions)


def unknown_key(state: str) -> str:
    """The printed key of "I don't want to say": `08-unknown`."""
    return f"{state}-unknown"


def pool_key(region: str) -> str:
    """The id of the pool of a Bezirk or of the state: `083-rest`, `08-rest`."""
    return f"{region}-rest"


def all_atoms(table: CountTable, directory: Directory) -> tuple[Atom, ...]:
    """The atoms of every class that the survey's questions have, by class and id.

    Raises `CountOutsideDirectory`.
    """
    asked = {question.publish for question in table.questions}
    return tuple(
        atom for name in PUBLISH_CLASSES if name in asked for atom in atoms_of(table, directory, name)
    )


def atoms_of(table: CountTable, directory: Directory, publish_class: PublishClass) -> tuple[Atom, ...]:
    """The partition of one class, by id. Raises `CountOutsideDirectory`."""
    state = directory.state.ags
    places = _places(table, directory)
    if publish_class == "state":
        if sum(place.n for place in places.values()) < K[publish_class]:
            return ()
        return (_atom(state, publish_class, table.audience, places.values(), (state,)),)
    found: list[Atom] = []
    left: list[_Place] = []
    for bezirk in directory.children(state):
        small = []
        for kreis in directory.children(bezirk.ags):
            place = places[kreis.ags]
            if place.n >= K[publish_class]:
                found += _own_atoms(place, publish_class, table.audience)
            else:
                small.append(place)
        pooled = _pool(bezirk.ags, small, publish_class, table.audience)
        found += pooled
        left += [] if pooled else small
    unknown = places[unknown_key(state)]
    if unknown.n >= K[publish_class]:
        found.append(_atom(unknown.key, publish_class, table.audience, [unknown], (unknown.key,)))
    else:
        left.append(unknown)
    found += _pool(state, left, publish_class, table.audience)
    return tuple(sorted(found, key=lambda atom: atom.id))


def _places(table: CountTable, directory: Directory) -> dict[str, _Place]:
    """Every Kreis of the directory and "I don't want to say", by printed key, also where empty."""
    state = directory.state.ags
    inside: dict[str, list[str]] = {kreis.ags: [] for kreis in directory.at(Level.KREIS)}
    inside[unknown_key(state)] = []
    for region, count in table.regions.items():
        if count.n:
            home = unknown_key(state) if region == state else _kreis_of(region)
            if home is None or home not in inside:
                raise CountOutsideDirectory
            inside[home].append(region)
    return {
        key: _Place(
            key,
            {region: table.regions[region].n for region in regions},
            {region: table.deciding(region) for region in regions},
        )
        for key, regions in inside.items()
    }


def _kreis_of(region: str) -> str | None:
    try:
        return cut_to(region, Level.KREIS)
    except InvalidRegionKey:
        return None


def _own_atoms(place: _Place, publish_class: PublishClass, audience: str) -> list[Atom]:
    """A Kreis of n >= k: its municipalities and their remainder, or itself."""
    parts = cut(place.key, place.deciding)
    if not parts:
        return [_atom(place.key, publish_class, audience, [place], (place.key,))]
    return [
        Atom(part.id, publish_class, audience, (part.region,), place.records(part.members), part.members)
        for part in parts
    ]


def _pool(region: str, small: list[_Place], publish_class: PublishClass, audience: str) -> list[Atom]:
    """One atom of all small places under a Bezirk or the state; none where they are too few."""
    if len(small) < POOL_KREISE or sum(place.n for place in small) < K[publish_class]:
        return []
    regions = tuple(sorted(place.key for place in small))
    return [_atom(pool_key(region), publish_class, audience, small, regions)]


def _atom(
    name: str, publish_class: PublishClass, audience: str, places: Iterable[_Place], regions: tuple[str, ...]
) -> Atom:
    sizes = {region: n for place in places for region, n in place.sizes.items()}
    return Atom(name, publish_class, audience, regions, sum(sizes.values()), tuple(sorted(sizes)))

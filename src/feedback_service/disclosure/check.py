"""The start of the auditor: what anyone can recompute from one published file, C1 to C3 and C6.

Takes the parsed file, trusts nothing in it, and says in sentences what doesn't hold. Given the file of the
round before, it recomputes the trends too; given the ledger's public key and the ledger, it checks that both
vouch for the file. It looks at no raw number, and it
finds regions and sums in its own way: only the display rules are shared with what made the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..sealing.signing import LedgerPublicKey
from .check_chain import chain_problems
from .check_display import displayed, trends
from .ledger import LedgerEntry
from .parameters import PART_MINIMUM, POOL_KREISE, SPLIT_FROM, K, as_json
from .protected import atom_digest
from .shape import RELEASE, mismatches

FORMAT: Final = "feedback-release/1"
_DIGITS: Final = {"state": 2, "bezirk": 3, "kreis": 5, "municipality": 8}

Json = Mapping[str, Any]


def problems(
    release: Json,
    previous: Json | None = None,
    ledger_key: LedgerPublicKey | None = None,
    ledger: Sequence[LedgerEntry] | None = None,
) -> list[str]:
    """Everything that is wrong with a release file, as sentences; an empty list means that it holds.

    `previous` is the file of the same survey's round before; `ledger` the whole ledger or a stretch of it. A
    file of another shape gets its mismatches only: nothing else could be computed.
    """
    found = list(mismatches(release, RELEASE))
    if previous is not None:
        found += mismatches(previous, RELEASE, "previous")
    if found:
        return found
    classes = _by_class(release["atoms"])
    found += _heading(release)
    found += [problem for atom in release["atoms"] for problem in _atom(atom)]
    for name, atoms in classes.items():
        found += _partition(name, atoms)
        found += _presence(name, atoms, release["rows"])
    found += [problem for row in release["rows"] for problem in _row(row, release, classes)]
    found += _withheld(release, classes)
    found += displayed(release)
    found += trends(release, previous)
    found += chain_problems(release, ledger_key, ledger)
    return found


def _heading(release: Json) -> Iterator[str]:
    if release["format"] != FORMAT:
        yield f"the format is not {FORMAT}"
    if release["parameters"] != as_json():
        yield "the parameters are not the ones promised"
    if release["issue"] < 1 or release["invalid"] < 0:
        yield "the issue or the number of invalid records is out of range"
    if any(number < 0 for number in release.get("codes", {}).values()):
        yield "a number of codes is below zero"
    told = [*release["atoms"], *release["rows"], *release["withheld"]]
    if len({entry["audience"] for entry in told}) > 1:
        yield "atoms, rows and what is withheld are of other audiences"


def _by_class(atoms: Iterable[Json]) -> dict[str, list[Json]]:
    classes: dict[str, list[Json]] = {}
    for atom in atoms:
        classes.setdefault(atom["class"], []).append(atom)
    return classes


def _atom(atom: Json) -> Iterator[str]:
    """C1 for one atom: large enough for what it is, and its digest."""
    where = f"atom {atom['class']} {atom['id']}"
    least = K.get(atom["class"])
    if least is None:
        yield f"{where}: there is no such class"
    elif atom["n"] < least:
        yield f"{where}: n is below {least}"
    if not _lawful(atom):
        yield f"{where}: its id, regions and n don't make a lawful atom"
    noisy = {name: tuple(question["noisy"]) for name, question in atom["questions"].items()}
    if atom["digest"] != atom_digest(atom["n"], noisy):
        yield f"{where}: the digest is of other numbers"


def _lawful(atom: Json) -> bool:
    name, _, suffix = atom["id"].partition("-")
    regions = atom["regions"]
    if not name.isdigit():
        return False
    if atom["class"] == "state":
        return len(name) == _DIGITS["state"] and not suffix and regions == [name]
    if suffix == "rest" and len(name) < _DIGITS["kreis"]:
        return len(regions) >= POOL_KREISE and all(region.startswith(name) for region in regions)
    if suffix == "rest" or len(name) == _DIGITS["municipality"]:
        return bool(regions == [name] and atom["n"] >= PART_MINIMUM)
    if suffix == "unknown":
        return len(name) == _DIGITS["state"] and regions == [atom["id"]]
    return len(name) == _DIGITS["kreis"] and not suffix and regions == [name]


def _partition(name: str, atoms: list[Json]) -> Iterator[str]:
    """C1 for a class: no record can be in two atoms, and a Kreis was cut only where it is large."""
    regions = Counter(region for atom in atoms for region in atom["regions"])
    ids = Counter(atom["id"] for atom in atoms)
    for twice in [key for counter in (ids, regions) for key, times in counter.items() if times > 1]:
        yield f"class {name}: {twice} is in two atoms"
    if len({tuple(sorted(atom["questions"])) for atom in atoms}) > 1:
        yield f"class {name}: the atoms hold different questions"
    parts: dict[str, list[Json]] = {}
    for atom in atoms:
        if len(atom["regions"]) == 1 and atom["regions"][0].isdigit():
            parts.setdefault(atom["regions"][0][: _DIGITS["kreis"]], []).append(atom)
    for kreis, found in parts.items():
        cut = any(atom["id"] != kreis for atom in found)
        if cut and (len(found) < 2 or sum(atom["n"] for atom in found) < SPLIT_FROM or kreis in ids):
            yield f"class {name}: {kreis} is not cut as it may be"


def _ids_in(level: str, region: str, atoms: Iterable[Json]) -> list[str]:
    """The ids of all atoms that a row of a level and region must be made of."""
    if level == "pool":
        return [atom["id"] for atom in atoms if atom["id"] == region and region.endswith("-rest")]
    if len(region) != _DIGITS.get(level):
        return []
    return sorted(atom["id"] for atom in atoms if all(key.startswith(region) for key in atom["regions"]))


def _row(row: Json, release: Json, classes: Mapping[str, list[Json]]) -> Iterator[str]:
    """C1 and C3 for one row: the right atoms, and nothing but their sums."""
    where = f"row {row['class']} {row['level']} {row['region']}"
    atoms = classes.get(row["class"], [])
    if not row["atoms"] or row["atoms"] != _ids_in(row["level"], row["region"], atoms):
        yield f"{where}: it is not made of exactly the atoms inside it"
        return
    inside = [atom for atom in atoms if atom["id"] in row["atoms"]]
    if row["window"] != [release["round"]]:
        yield f"{where}: its window is another round"
    if row["n"] != sum(atom["n"] for atom in inside):
        yield f"{where}: n is not the sum of its atoms' n"
    if any(row["questions"].keys() != atom["questions"].keys() for atom in inside):
        yield f"{where}: other questions than its atoms"
        return
    for name, question in row["questions"].items():
        columns = [atom["questions"][name]["noisy"] for atom in inside]
        if any(len(column) != len(question["choices"]) for column in columns):
            yield f"{where}, {name}: an atom has not one number a choice"
        elif question["noisy"] != [sum(cell) for cell in zip(*columns, strict=True)]:
            yield f"{where}, {name}: the noisy numbers are not the sum of its atoms'"
        elif question["kind"] == "select_one":
            for atom, column in zip(inside, columns, strict=True):
                if sum(column) != atom["n"]:
                    yield f"{where}, {name}: atom {atom['id']} doesn't sum to its n"


def _presence(name: str, atoms: list[Json], rows: Iterable[Json]) -> Iterator[str]:
    """Each row that the atoms make possible is there, once: a row left out would hide something."""
    expected = {("pool", atom["id"]) for atom in atoms if len(atom["id"].partition("-rest")[0]) < 5}
    for region in {region for atom in atoms for region in atom["regions"]}:
        keys = {level: region[:digits] for level, digits in _DIGITS.items() if len(region) >= digits}
        expected |= {(level, key) for level, key in keys.items() if key.isdigit()}
    expected = {place for place in expected if _ids_in(*place, atoms)}
    found = Counter((row["level"], row["region"]) for row in rows if row["class"] == name)
    for level, region in sorted(expected - found.keys()):
        yield f"row {name} {level} {region} is missing"
    for level, region in sorted(place for place, times in found.items() if times > 1):
        yield f"row {name} {level} {region} stands twice"


def _withheld(release: Json, classes: Mapping[str, list[Json]]) -> Iterator[str]:
    """What is withheld has no row or atom of its own, and is in the pool that it names."""
    shown = {(row["class"], row["region"]) for row in release["rows"]}
    shown |= {(atom["class"], atom["id"]) for atom in release["atoms"]}
    seen: set[tuple[str, str]] = set()
    for entry in release["withheld"]:
        place = entry["class"], entry["region"]
        pools = [atom["id"] for atom in classes.get(entry["class"], []) if entry["region"] in atom["regions"]]
        if place in shown or place in seen or entry["reason"] != "fewer-than-k":
            yield f"withheld {place[0]} {place[1]}: it is shown, stands twice, or has another reason"
        if pools != [entry["pooled_into"]] and (pools or entry["pooled_into"] is not None):
            yield f"withheld {place[0]} {place[1]}: it isn't pooled where it says"
        seen.add(place)
    for atom in release["atoms"]:
        for region in atom["regions"] if len(atom["regions"]) > 1 else ():
            if (atom["class"], region) not in seen:
                yield f"withheld {atom['class']} {region} is missing, though it is pooled"

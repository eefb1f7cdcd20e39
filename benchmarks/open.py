"""Envelopes opened, checked and counted a second, as a ratio to bare HPKE opening in the same run.

Both in one process, in turns, medians; then the peak memory of a count at two sizes, each in a process of its
own. The target is 60 % of bare opening, and memory that hardly grows with the number of envelopes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from feedback_service.demo.invented import invent
from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.sealing.envelope import info_for, suite
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.secret import Secret
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey
from feedback_service.tally.count import count_envelopes
from feedback_service.tally.open_batch import OpeningContext

ROUND = "2026-Q4"
DIFFERENT = 500


def sealed(questionnaire: Questionnaire, key: PrivateKey, number: int) -> Iterator[bytes]:
    """Envelopes of invented answers, each sealed anew, so that each has its own record key."""
    context = SealingContext(questionnaire.name, ROUND, questionnaire.fingerprint, key.public)
    answers = [one.answers for one in invent(questionnaire, baden_wuerttemberg(), ROUND, DIFFERENT)]
    chance = random.Random(1)
    for _ in range(number):
        yield seal(context, lang="de", channel="web", answers=chance.choice(answers))


def opening_context(questionnaire: Questionnaire, key: PrivateKey) -> OpeningContext:
    """What `rounds count` makes from the database."""
    regions = tuple((one.ags, one.name) for one in baden_wuerttemberg().regions.values())
    return OpeningContext(ROUND, questionnaire.canonical, regions, Secret(key.to_bytes()))


def bare_rate(envelopes: list[bytes], key: PrivateKey, fingerprint: bytes) -> float:
    """Openings a second with nothing around them."""
    info, hpke = info_for(ROUND, fingerprint), suite()
    begun = time.perf_counter()
    for envelope in envelopes:
        hpke.decrypt(envelope[1:], key.handle, info)
    return len(envelopes) / (time.perf_counter() - begun)


def counted_rate(envelopes: list[bytes], questionnaire: Questionnaire, key: PrivateKey) -> float:
    """Envelopes a second through the whole count."""
    begun = time.perf_counter()
    table = count_envelopes(
        questionnaire, opening_context(questionnaire, key), [(False, one) for one in envelopes]
    ).table
    rate = len(envelopes) / (time.perf_counter() - begun)
    assert sum(region.n for region in table.regions.values()) == len(envelopes)
    return rate


def _peak_mib(number: int) -> float:
    questionnaire, key = standing_survey("clients"), PrivateKey.generate()
    # A stream, as from the database: no list of envelopes is ever held.
    table = count_envelopes(
        questionnaire,
        opening_context(questionnaire, key),
        ((False, one) for one in sealed(questionnaire, key, number)),
    ).table
    assert table.invalid == 0
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envelopes", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sizes", type=json.loads, default=[10_000, 100_000])
    chosen = parser.parse_args()
    questionnaire, key = standing_survey("clients"), PrivateKey.generate()
    envelopes = list(sealed(questionnaire, key, chosen.envelopes))
    bare: list[float] = []
    counted: list[float] = []
    for turn in range(chosen.turns):
        if sys.stderr.isatty():
            print(f"turn {turn + 1}", end="\r", file=sys.stderr)
        bare.append(bare_rate(envelopes, key, questionnaire.fingerprint))
        counted.append(counted_rate(envelopes, questionnaire, key))
    ratio = statistics.median(counted) / statistics.median(bare)
    print(f"bare HPKE opening    {statistics.median(bare):>8.0f} a second")
    print(f"opened and counted   {statistics.median(counted):>8.0f} a second, {ratio:.0%} of bare")
    for size in chosen.sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(f"peak memory at {size:>9,} envelopes: {pool.apply(_peak_mib, (size,)):.0f} MiB")


if __name__ == "__main__":
    main()

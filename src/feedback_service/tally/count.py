"""Counts a round: a stream of envelopes in, one `CountTable` out; nothing raw is kept or written.

Memory holds one batch a worker, the counts, and every record key (some 100 bytes each): a copied envelope
opens as often as it is copied, so a record key is counted once and its further copies are invalid.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice

from ..surveys.questionnaire import Questionnaire, counted_questions
from .open_batch import OpeningContext, Record, open_batch
from .table import CountedQuestion, CountTable, RegionCount

BATCH = 500
_BATCHES_AHEAD = 8


def count_envelopes(
    questionnaire: Questionnaire,
    context: OpeningContext,
    bodies: Iterable[bytes],
    executor: Executor | None = None,
    done: Callable[[int], None] = lambda _opened: None,
) -> CountTable:
    """Open, check and count. `done` is told how many envelopes each finished batch had."""
    tally = _Tally(counted_questions(questionnaire))
    for records in _opened(context, bodies, executor):
        for record in records:
            tally.add(record)
        done(len(records))
    return tally.table(questionnaire, context.round_id)


def _opened(
    context: OpeningContext, bodies: Iterable[bytes], executor: Executor | None
) -> Iterator[list[Record | None]]:
    """Batches in the order of the envelopes, so that the first of two copies is always the same one."""
    batches = _batches(iter(bodies))
    if executor is None:
        yield from (open_batch(context, batch) for batch in batches)
        return
    running: deque[Future[list[Record | None]]] = deque()
    for batch in batches:
        running.append(executor.submit(open_batch, context, batch))
        # Never all at once: memory stays flat however many envelopes there are.
        if len(running) >= _BATCHES_AHEAD:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def _batches(bodies: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(bodies, BATCH)):
        yield batch


class _Tally:
    """Counts a region, category by category."""

    def __init__(self, questions: tuple[CountedQuestion, ...]) -> None:
        self._questions = questions
        self._size = sum(len(question.choices) for question in questions)
        self._seen: set[bytes] = set()
        self._keys: dict[str, list[bytes]] = {}
        self._counts: dict[str, list[int]] = {}
        self._invalid = 0

    def add(self, record: Record | None) -> None:
        if record is None or record.record_key in self._seen:
            self._invalid += 1
            return
        self._seen.add(record.record_key)
        if record.region not in self._counts:
            self._keys[record.region] = []
            self._counts[record.region] = [0] * self._size
        self._keys[record.region].append(record.record_key)
        counts = self._counts[record.region]
        for position in record.picks:
            counts[position] += 1

    def table(self, questionnaire: Questionnaire, round_id: str) -> CountTable:
        regions = {
            region: RegionCount(
                region=region,
                record_keys=tuple(key.hex() for key in self._keys[region]),
                counts=self._by_question(self._counts[region]),
            )
            for region in sorted(self._counts)
        }
        return CountTable(
            survey=questionnaire.name,
            round=round_id,
            audience=questionnaire.audience,
            questions=self._questions,
            regions=regions,
            invalid=self._invalid,
        )

    def _by_question(self, counts: list[int]) -> dict[str, tuple[int, ...]]:
        found, start = {}, 0
        for question in self._questions:
            found[question.name] = tuple(counts[start : start + len(question.choices)])
            start += len(question.choices)
        return found

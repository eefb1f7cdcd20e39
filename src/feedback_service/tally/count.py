"""Counts a round: a stream of envelopes in, one `CountTable` and the comments out; nothing is written.

Memory holds one batch a worker, the counts, the comments, and every record key (some 100 bytes each): a
copied envelope opens as often as it is copied, so a record key is counted once and its further copies are
invalid.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice

from ..surveys.questionnaire import Questionnaire, counted_questions
from .open_batch import OpeningContext, Record, open_batch
from .table import Comment, CountedQuestion, CountTable, RegionCount, Tallied

BATCH = 500
_BATCHES_AHEAD = 8
# Whether a code verified it, and the envelope.
Sealed = tuple[bool, bytes]


def count_envelopes(
    questionnaire: Questionnaire,
    context: OpeningContext,
    sealed: Iterable[Sealed],
    executor: Executor | None = None,
    done: Callable[[int], None] = lambda _opened: None,
) -> Tallied:
    """Open, check and count. `done` is told how many envelopes each finished batch had."""
    tally = _Tally(counted_questions(questionnaire))
    for records in _opened(context, sealed, executor):
        for verified, record in records:
            tally.add(record, verified=verified)
        done(len(records))
    return Tallied(tally.table(questionnaire, context.round_id), tally.comments())


def _opened(
    context: OpeningContext, sealed: Iterable[Sealed], executor: Executor | None
) -> Iterator[list[tuple[bool, Record | None]]]:
    """Batches in the order of the envelopes, so that the first of two copies is always the same one."""
    batches = _batches(iter(sealed))
    if executor is None:
        yield from (_joined(batch, open_batch(context, _bodies(batch))) for batch in batches)
        return
    running: deque[tuple[list[Sealed], Future[list[Record | None]]]] = deque()
    for batch in batches:
        running.append((batch, executor.submit(open_batch, context, _bodies(batch))))
        # Never all at once: memory stays flat however many envelopes there are.
        if len(running) >= _BATCHES_AHEAD:
            yield _finished(running.popleft())
    while running:
        yield _finished(running.popleft())


def _finished(
    running: tuple[list[Sealed], Future[list[Record | None]]],
) -> list[tuple[bool, Record | None]]:
    batch, future = running
    return _joined(batch, future.result())


def _joined(batch: list[Sealed], records: list[Record | None]) -> list[tuple[bool, Record | None]]:
    return [(verified, record) for (verified, _), record in zip(batch, records, strict=True)]


def _bodies(batch: list[Sealed]) -> list[bytes]:
    return [body for _, body in batch]


def _batches(sealed: Iterator[Sealed]) -> Iterator[list[Sealed]]:
    while batch := list(islice(sealed, BATCH)):
        yield batch


class _Tally:
    """Counts a region, category by category."""

    def __init__(self, questions: tuple[CountedQuestion, ...]) -> None:
        self._questions = questions
        self._size = sum(len(question.choices) for question in questions)
        self._seen: set[bytes] = set()
        self._keys: dict[str, list[bytes]] = {}
        self._counts: dict[str, list[int]] = {}
        self._verified: Counter[str] = Counter()
        self._comments: list[Comment] = []
        self._invalid = 0

    def add(self, record: Record | None, *, verified: bool) -> None:
        if record is None or record.record_key in self._seen:
            self._invalid += 1
            return
        self._seen.add(record.record_key)
        if record.region not in self._counts:
            self._keys[record.region] = []
            self._counts[record.region] = [0] * self._size
        self._keys[record.region].append(record.record_key)
        self._verified[record.region] += verified
        if record.written:
            self._comments.append(Comment(record.written.text, record.written.language, record.region))
        counts = self._counts[record.region]
        for position in record.picks:
            counts[position] += 1

    def comments(self) -> tuple[Comment, ...]:
        """Sorted by what they say: the order of the envelopes is gone."""
        return tuple(sorted(self._comments, key=lambda one: (one.text, one.language, one.region)))

    def table(self, questionnaire: Questionnaire, round_id: str) -> CountTable:
        regions = {
            region: RegionCount(
                region=region,
                record_keys=tuple(key.hex() for key in self._keys[region]),
                counts=self._by_question(self._counts[region]),
                verified=self._verified[region],
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
            by_verified=questionnaire.has_codes,
        )

    def _by_question(self, counts: list[int]) -> dict[str, tuple[int, ...]]:
        found, start = {}, 0
        for question in self._questions:
            found[question.name] = tuple(counts[start : start + len(question.choices)])
            start += len(question.choices)
        return found

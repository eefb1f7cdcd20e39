"""A load of form posts over kept connections to 127.0.0.1: bounded in number, ends by itself."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlencode

PEOPLE = 32


@dataclass(frozen=True, slots=True)
class Measured:
    """Posts a second and the median time of one, in milliseconds."""

    rate: float
    median_ms: float


def form_request(round_id: str) -> bytes:
    """One filled form of its own receipt, as a browser sends it."""
    fields = [
        ("round", round_id), ("receipt", secrets.token_hex(16)), ("region", "08416"), ("access", "sometimes"),
        ("waiting", "month"), ("trust", "4"), ("helpful", "3"),
        ("pressing", "housing"), ("pressing", "papers"),
        ("offices", "2"), ("understand", "partly"), ("housing", "shared"), ("turned_away", "no"),
        ("comment", "The letters are hard to understand. " + secrets.token_hex(16)),
    ]  # fmt: skip
    body = urlencode(fields).encode()
    head = (
        "POST /en/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def post_all(port: int, requests: list[bytes]) -> Measured:
    """Send all requests over 32 connections, each waiting for its answer before the next."""
    waiting = iter(requests)
    times: list[float] = []

    async def person() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 303"):
                raise RuntimeError(head.split(b"\r\n")[0].decode())
            await reader.readexactly(_length(head))
            times.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(person() for _ in range(PEOPLE)))
    return Measured(len(requests) / (time.perf_counter() - begun), 1000 * statistics.median(times))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0

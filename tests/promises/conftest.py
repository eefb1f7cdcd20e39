"""A crowd that answers: by web from fifty addresses with seventeen browsers, and as a bot would, sealed.

Everything that it typed and everything that its browsers told is a marker; the order in which it was
acknowledged is the true one, against which an examiner's guess is measured.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import httpx2
import pytest

from feedback_service.sealing.keys import PublicKey, from_base64url
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.seal import SealingContext, seal

ADDRESSES = 50
BROWSERS = 17
# What all answers, browsers, addresses of pages and languages begin with.
STEMS = ("CanaryAnswer", "CanaryBrowser", "canary-referer", "ti-ER-canary")
REGIONS = ("08111", "08115", "08416", "08212", "08")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who answers, and all by which they could be found again."""

    channel: str
    region: str
    marker: str
    address: str
    user_agent: str
    referer: str
    language: str
    receipt: Receipt

    @property
    def answers(self) -> dict[str, str]:
        """What they say."""
        return {"region": self.region, "access": "yes", "comment": self.marker}

    @property
    def headers(self) -> dict[str, str]:
        """What their browser tells."""
        return {
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": self.user_agent,
            "referer": self.referer,
            "accept-language": self.language,
        }

    def known(self) -> dict[str, Any]:
        """What an examiner is told for the check."""
        return {
            "marker": self.marker,
            "tag": self.receipt.tag.hex(),
            "id": self.receipt.id_for(self.answers).hex(),
            "address": self.address,
            "user_agent": self.user_agent,
            "referer": self.referer,
            "language": self.language,
        }


@dataclass(slots=True)
class Crowd:
    """Sends answers, one after the other; `arrived` is in the true order."""

    seed: str
    arrived: list[Person] = field(default_factory=list)
    refused: list[Person] = field(default_factory=list)
    clients: dict[str, httpx2.Client] = field(default_factory=dict)

    def _from(self, address: str) -> httpx2.Client:
        if address not in self.clients:
            transport = httpx2.HTTPTransport(local_address=address, retries=2)
            self.clients[address] = httpx2.Client(transport=transport, timeout=60)
        return self.clients[address]

    def people(self, number: int, channel: str) -> list[Person]:
        """Invents `number` of them, always the same ones."""
        chance = random.Random(f"{self.seed} {channel}")
        return [self._person(chance, channel) for _ in range(number)]

    def _person(self, chance: random.Random, channel: str) -> Person:
        browser = chance.randrange(BROWSERS)
        return Person(
            channel=channel,
            region=chance.choice(REGIONS),
            marker=f"CanaryAnswer {chance.randbytes(12).hex()}",
            address=f"127.0.{chance.randrange(5)}.{10 + chance.randrange(ADDRESSES // 5)}",
            user_agent=f"CanaryBrowser/{browser}.{hashlib.sha256(b'%d' % browser).hexdigest()[:12]}",
            referer=f"https://canary-referer-{chance.randrange(30)}.example/chat",
            language=f"ti-ER-canary{chance.randrange(20)}",
            receipt=Receipt(chance.randbytes(16)),
        )

    def send(self, url: str, people: list[Person]) -> None:
        """Each of them sends once and is told that it arrived, or is refused."""
        survey = httpx2.get(f"{url}/api/v1/surveys/clients").json()
        for person in people:
            taken = (
                self._by_web(url, person) if person.channel == "web" else self._by_bot(url, survey, person)
            )
            (self.arrived if taken else self.refused).append(person)

    def _by_web(self, url: str, person: Person) -> bool:
        fields = {**person.answers, "receipt": person.receipt.secret.hex()}
        http = self._from(person.address)
        reply = http.post(f"{url}/ar/a", content=urlencode(fields), headers=person.headers)
        assert reply.status_code in (303, 503), reply.status_code
        assert "set-cookie" not in reply.headers and "etag" not in reply.headers
        return reply.status_code == 303

    def _by_bot(self, url: str, survey: dict[str, Any], person: Person) -> bool:
        context = SealingContext(
            "clients",
            survey["round"],
            bytes.fromhex(survey["fingerprint"]),
            PublicKey.from_bytes(from_base64url(survey["public_key"])),
        )
        envelope = seal(context, lang="ar", channel="telegram", answers=person.answers)
        known = person.known()
        sent = {
            "survey": "clients", "round": survey["round"], "tag": known["tag"], "id": known["id"],
            "envelope": base64.urlsafe_b64encode(envelope).rstrip(b"=").decode(),
        }  # fmt: skip
        http = self._from(person.address)
        reply = http.post(f"{url}/api/v1/submissions", json=sent, headers={"user-agent": person.user_agent})
        assert reply.status_code in (202, 503), reply.status_code
        return reply.status_code == 202

    def make_mistakes(self, url: str, people: list[Person]) -> None:
        """Bad forms of every kind, each with something that must not be kept."""
        for person in people:
            bad = [
                urlencode({**person.answers, "access": person.marker}),
                urlencode({"region": person.marker}),
                urlencode({**person.answers, "comment": person.marker * 200}),
                urlencode({"round": person.marker, **person.answers}),
                person.marker.encode("utf-16").decode("latin-1"),
            ]
            http = self._from(person.address)
            for body in bad:
                reply = http.post(f"{url}/ar/a", content=body.encode(), headers=person.headers)
                assert reply.status_code in (400, 409, 422), reply.status_code
            reply = http.post(f"{url}/api/v1/submissions", json={"survey": person.marker})
            assert reply.status_code == 422 and person.marker not in reply.text
            assert http.get(f"{url}/ar/{person.marker}").status_code == 404

    def send_slowly(self, url: str, person: Person) -> bytes:
        """A post of 30 KB that arrives in pieces; `process/test_files.py` looks about meanwhile."""
        body = urlencode({**person.answers, "comment": person.marker + " ሰላም" * 1200}).encode()
        assert len(body) > 30_000
        split = urlsplit(url)
        head = (
            f"POST /ar/a HTTP/1.1\r\nHost: {split.netloc}\r\nUser-Agent: {person.user_agent}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        with socket.create_connection(
            (split.hostname, split.port or 80), source_address=(person.address, 0)
        ) as out:
            out.sendall(head.encode() + body[:20_000])
            out.sendall(body[20_000:])
            reply = b""
            while part := out.recv(65536):
                reply += part
        return reply

    def write_markers(self, path: Path) -> Path:
        """The known answers in their true order of arrival, as `audit storage --markers` reads them."""
        path.write_text("".join(json.dumps(one.known()) + "\n" for one in self.arrived), "utf-8")
        return path


@pytest.fixture
def crowd(request: pytest.FixtureRequest) -> Iterator[Crowd]:
    """A crowd of its own for each test."""
    made = Crowd(request.node.name)
    yield made
    for client in made.clients.values():
        client.close()


def shapes_of(marker: str) -> list[bytes]:
    """The shapes in which a text may lie in a file."""
    raw = marker.encode()
    shapes = [raw, marker.encode("utf-16-le"), marker.encode("utf-16-be"), raw.hex().encode()]
    shapes += [raw.hex().upper().encode(), quote(marker).encode(), quote_plus(marker).encode()]
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        shapes.append(coded[4 : 4 * (len(raw) // 3)])
    return shapes


@pytest.fixture
def search() -> Callable[..., None]:
    """A plain search of every file below a folder, and of what was printed; the audit's is another."""

    pattern = re.compile(b"|".join(re.escape(shape) for one in STEMS for shape in shapes_of(one)))

    def find_nothing(folder: Path, printed: str = "") -> None:
        for shape in shapes_of(f"{STEMS[0]} 0123456789abcdef"):
            assert pattern.search(b"junk" + shape + b"junk"), "the search finds nothing"
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files
        for path in files:
            try:
                found = pattern.search(path.read_bytes())
            except FileNotFoundError:
                # A living database server makes files and removes them again.
                continue
            assert found is None, (path, found)
        found = pattern.search(printed.encode())
        assert found is None, found

    return find_nothing

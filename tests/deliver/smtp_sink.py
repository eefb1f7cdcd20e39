"""A mail server in a process of its own, for tests and `benchmarks/exactly_once.py`.

    smtp_sink.py FOLDER PORT [--certificate PEM] [--tls | --starttls] [--user NAME --password WORD]

It writes each mail to disk before it says 250, and each 250 before it goes out. How it behaves is read
anew at each step from FOLDER/behaviour.json: {"rcpt": {ADDRESS or "*": [CODE, …]}, "data": {…}, "mail": "…",
"greeting": "…", "wait": SECONDS, "delay": SECONDS}; a reply is a text like "550 5.1.1 no such user".
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import ssl
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Sink:
    """What happens at each step; aiosmtpd calls these."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = (folder / "log.jsonl").open("a", encoding="utf-8")

    def behaviour(self) -> dict[str, Any]:
        path = self.folder / "behaviour.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def write(self, **event: object) -> None:
        """One line, on disk when this returns."""
        # The same clock in all processes of a machine.
        self.log.write(json.dumps({**event, "at": time.monotonic()}) + "\n")
        self.log.flush()
        os.fsync(self.log.fileno())

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = self.behaviour().get("mail")
        if refused:
            return str(refused)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self.behaviour()
        await asyncio.sleep(random.random() * behaviour.get("delay", 0))
        replies = behaviour.get("rcpt", {})
        refused = replies.get(address, replies.get("*"))
        if refused:
            self.write(event="refused", to=address, reply=refused)
            return str(refused)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        behaviour = self.behaviour()
        to = envelope.rcpt_tos[0]
        refused = behaviour.get("data", {}).get(to, behaviour.get("data", {}).get("*"))
        if refused:
            self.write(event="refused", to=to, reply=refused)
            return str(refused)
        await asyncio.sleep(behaviour.get("wait", 0))
        content = envelope.original_content or b""
        name = f"{len(list(self.folder.glob('*.eml'))):05}.eml"
        (self.folder / name).write_bytes(content)
        headers = content.partition(b"\r\n\r\n")[0].decode("ascii")
        message_id = next(
            line.partition(": ")[2] for line in headers.split("\r\n") if line.startswith("Message-ID")
        )
        self.write(event="received", to=to, message_id=message_id, file=name, tls=_encrypted(server))
        await asyncio.sleep(random.random() * behaviour.get("delay", 0))
        # On disk before it goes out: whoever got the 250 is in the log.
        self.write(event="accepted", to=to, message_id=message_id)
        assert isinstance(server, Server)
        server.answering = message_id
        return "250 OK"


def _encrypted(server: SMTP) -> bool:
    transport = server.transport
    return transport is not None and transport.get_extra_info("ssl_object") is not None


class Server(SMTP):
    """With a greeting of our choice; notes when the 250 of a mail is out."""

    answering = ""

    async def push(self, status: Any) -> None:
        text = status if isinstance(status, str) else status.decode()
        greeting = self.event_handler.behaviour().get("greeting")
        if greeting and text.startswith("220 ") and not getattr(self, "greeted", False):
            text = greeting
        self.greeted = True
        message_id, self.answering = self.answering, ""
        await super().push(text)
        if message_id:
            self.event_handler.write(event="answered", message_id=message_id)


async def run(options: argparse.Namespace) -> None:
    sink = Sink(options.folder)
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)

    def authenticated(server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (
            (data.login.decode(), data.password.decode()) == (options.user, options.password)
        )
        # Not handled: aiosmtpd says 535 itself.
        return AuthResult(success=right, handled=False)

    def made() -> SMTP:
        return Server(
            sink,
            hostname="sink.example",
            timeout=600,
            tls_context=context if options.starttls else None,
            require_starttls=options.starttls,
            authenticator=authenticated if options.user else None,
            auth_required=bool(options.user),
            auth_require_tls=bool(options.starttls),
        )

    secure = context if options.tls else None
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", options.port, ssl=secure)
    print("ready", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

"""`digests send|status|bounce`: mails to offices, each once."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from ..clock import today
from ..deliver.account import address_of, mail_account
from ..deliver.backoff import Backoff
from ..deliver.bounces import apply_bounce, read_bounces
from ..deliver.due import enqueue_due, planned
from ..deliver.incoming import take_incoming
from ..deliver.post import Post, Run
from ..deliver.sending import make_writer, send_waiting
from ..errors import FeedbackError
from ..i18n import load_interfaces
from ..rounds.grace import Clock
from ..settings import Settings
from ..storage.deliveries import by_state, interrupted, waiting
from ..storage.mail_keys import read_mail_key
from ..storage.published import newest_complete_round
from ..storage.recipients import all_recipients
from ..storage.session import Store
from .common import DEFAULT_DATA, Data, Json, Out, counter, installation
from .stopping import asked_to_stop

# What a dry run writes with where nobody is set yet.
_NOBODY = Address(addr_spec="nobody@feedback.invalid")


class MailMisconfigured(FeedbackError):
    """The mail server refuses us."""

    status = 409
    code = "mail-misconfigured"
    message = (
        "Sending stopped: %(reason)s. %(waiting)s mails wait, nobody was suspended. Mend the settings"
        " (smtp_… in settings.toml), then again: feedback-service digests send"
    )


class NoBounce(FeedbackError):
    """A file without a mail that came back."""

    status = 422
    code = "bounce-missing"
    message = "There is no delivery report about a mail in %(file)s. Nothing was changed."


def send(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print to whom what would go, and write nothing.")
    ] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Send the newest round whose surveys are all released, and whatever else waits; each mail once."""
    store, settings = installation(data)
    out = Out(as_json)
    if dry_run:
        _show(store, settings, out)
        return
    with asked_to_stop() as stop:
        run = _send(store, settings, stop, out)
    with store.read() as connection:
        round_id = newest_complete_round(connection)
    if round_id is None:
        out.line("There is no round yet of which every survey is released.")
    out.line(f"Sent: {run.sent}. Refused for good: {run.failed}. Waiting: {run.waiting}.")
    if run.later:
        out.line(f"Not now: {run.later}. What waits is sent by the next: feedback-service digests send")
    out.finish(
        {
            "round": round_id,
            "sent": run.sent,
            "failed": run.failed,
            "waiting": run.waiting,
            "later": run.later,
        }
    )
    if run.waiting:
        raise typer.Exit(1)


def _send(store: Store, settings: Settings, stop: Event, out: Out) -> Run:
    """One run, alone. Raises `MailMisconfigured`."""
    account, key = mail_account(settings), read_mail_key(store.mail_folder)
    clock = Clock(time.monotonic, lambda seconds: _pause(stop, seconds))
    with store.one_sender(lambda: out.line("Another process is sending. Waiting for it …")):
        # First of all: who wants no more must get no more.
        take_incoming(store, key, today())
        enqueue_due(store, key, account.domain, today())
        with counter("sending") as progress:
            post = Post(store, settings, account, key, load_interfaces(), _now, clock, stop.is_set, progress)
            run = send_waiting(post, Backoff())
    if run.problem:
        raise MailMisconfigured(reason=run.problem, waiting=run.waiting)
    return run


def _now() -> datetime:
    return datetime.now(UTC)


def _pause(stop: Event, seconds: float) -> None:
    stop.wait(seconds)


def _show(store: Store, settings: Settings, out: Out) -> None:
    key = read_mail_key(store.mail_folder)
    sender = address_of(settings.mail_from) if settings.mail_from else _NOBODY
    writer = make_writer(store, settings, key, load_interfaces(), sender)
    round_id, new = planned(store, key, sender.domain, today())
    with store.read() as connection:
        known = [*interrupted(connection), *waiting(connection)]
    listed: list[dict[str, Any]] = []
    for one in writer.in_order([*known, *new]):
        if writer.unwanted(one) is None:
            message, to = writer.message(one, _now()), writer.address(one)
            files = [part.get_filename() for part in message.iter_attachments()]
            out.line(f"{to}  {message['Subject']}  {' '.join(map(str, files))}".rstrip())
            listed.append(
                {"to": to, "kind": one.key.kind, "subject": str(message["Subject"]), "files": files}
            )
    out.line(f"{len(listed)} mails would go. Nothing was sent or written.")
    out.finish({"round": round_id, "mails": listed})


def status(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """What was sent, what waits, what failed, and which recipients are suspended and why."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        counts = by_state(connection)
        left = interrupted(connection)
        suspended = all_recipients(connection, "suspended")
    for (kind, about), states in counts.items():
        told = ", ".join(f"{states[one]} {one}" for one in ("waiting", "sent", "failed") if states[one])
        out.line(f"{about:<12}{kind:<12}{told or 'being sent'}")
    if left:
        out.line(f"{len(left)} are being sent now, or were interrupted: the next run sends those again.")
    for one in suspended:
        out.line(f"suspended: {one.id} ({one.region}, {one.language}): {one.reason}")
    out.finish(
        {
            "mails": [
                {"kind": kind, "about": about, **{state: states[state] for state in sorted(states)}}
                for (kind, about), states in counts.items()
            ],
            "interrupted": len(left),
            "suspended": [{"id": one.id, "region": one.region, "reason": one.reason} for one in suspended],
        }
    )


def bounce(
    file: Annotated[str, typer.Argument(help="A mail that came back, or a mailbox of them; - reads stdin.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Read mails that came back: a recipient whose server refuses for good (5.x.x) is suspended."""
    store, _ = installation(data)
    out = Out(as_json)
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    bounces = read_bounces(content)
    if not bounces:
        raise NoBounce(file="what was read" if file == "-" else file)
    judged = [apply_bounce(store, one, today()) for one in bounces]
    for one in judged:
        words = {
            "suspended": "its recipient is suspended",
            "told": "not for good, nothing was changed",
            "unknown": "no mail of ours, nothing was changed",
        }[one.judgement]
        out.line(f"{one.bounce.status} {one.bounce.reason}: {words}.")
    out.finish(
        [
            {"status": one.bounce.status, "reason": one.bounce.reason, "judgement": one.judgement}
            for one in judged
        ]
    )

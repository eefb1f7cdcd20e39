"""`recipients add|list|import|remove|resume`: the offices that get digests by mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..clock import today
from ..deliver.recipient_list import read_recipients
from ..deliver.recipients import Entered, Wanted, apply_inbox, enter, resume, wanted
from ..errors import FeedbackError
from ..regions.directory import Directory
from ..reports.build import region_name
from ..settings import Settings
from ..storage.mail_keys import read_mail_key
from ..storage.recipients import Recipient, all_recipients, remove, with_address
from ..storage.regions import read_directory
from ..storage.session import Store
from .cards import Yes, confirm
from .common import DEFAULT_DATA, Data, Json, Out, installation, read_text

Region = Annotated[str | None, typer.Option("--region", help="Only the entry for this region (AGS).")]
Vouched = Annotated[
    bool,
    typer.Option("--confirmed", help="They have asked for it: send without a mail to confirm first."),
]


class UnknownRecipient(FeedbackError):
    """An address that gets nothing."""

    status = 404
    code = "recipient-unknown"
    message = "This address is no recipient here. See: feedback-service recipients list"


class WhichRecipient(FeedbackError):
    """Neither an address nor all, or both."""

    status = 422
    code = "recipient-which"
    message = "Name an address, or say --all. Nothing was removed."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Offices that get digests by mail.")
    group.command("add")(add_recipient)
    group.command("list")(list_recipients)
    group.command("import")(import_recipients)
    group.command("remove")(remove_recipient)
    group.command("resume")(resume_recipient)
    return group


def add_recipient(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    region: Annotated[str, typer.Option("--region", help="The AGS of the region: 08, 084, 08416, …")],
    language: Annotated[str, typer.Option("--language", help="de or en.")] = "de",
    formats: Annotated[str, typer.Option("--format", help="What is attached: pdf, csv, xlsx.")] = "pdf",
    confirmed: Vouched = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Add an office. Unless --confirmed, it gets one mail with a link, and digests only after that."""
    store, settings = installation(data)
    with store.read() as connection:
        one = wanted(read_directory(connection), address, region, language, formats.split(","))
    _enter(store, settings, [one], Out(as_json), confirmed=confirmed)


def import_recipients(
    file: Annotated[Path, typer.Argument(help="CSV: address,region,language,formats.", exists=True)],
    confirmed: Vouched = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Add offices from a CSV file: all of it, or nothing where a line can't be used."""
    store, settings = installation(data)
    with store.read() as connection:
        several = read_recipients(read_text(file), read_directory(connection))
    _enter(store, settings, several, Out(as_json), confirmed=confirmed)


def list_recipients(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """All recipients with what they get and whether they get it."""
    store, _ = installation(data)
    key = read_mail_key(store.mail_folder)
    apply_inbox(store, key)
    out = Out(as_json)
    with store.read() as connection:
        directory, found = read_directory(connection), all_recipients(connection)
    rows = [_row(one, key.open_address(one.id, one.address), directory) for one in found]
    for one, row in zip(found, rows, strict=True):
        why = f" ({one.reason})" if one.reason else ""
        attached = ",".join(one.formats)
        out.line(
            f"{row['address']}  {one.region} {row['name']}  {one.language}  {attached}  {one.state}{why}"
        )
    if not rows:
        out.line("There are none. Add one: feedback-service recipients add ADDRESS --region AGS")
    out.finish(rows)


def remove_recipient(
    address: Annotated[str | None, typer.Argument(help="The mail address.")] = None,
    region: Region = None,
    everybody: Annotated[bool, typer.Option("--all", help="All of them; needs no mail key.")] = False,
    yes: Yes = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Send no more, and forget the address. --all forgets every address, also those that no key opens."""
    store, _ = installation(data)
    out = Out(as_json)
    if everybody == (address is not None):
        raise WhichRecipient
    if everybody:
        confirm("all", "This forgets every recipient. Nobody can undo it.", yes=yes)
    with store.read() as connection:
        everyone = [one for one in all_recipients(connection) if region in (None, one.region)]
    found = _entries(store, address, region) if address is not None else everyone
    with store.begin() as connection:
        for one in found:
            remove(connection, one.id)
    store.scrub()
    out.line(f"Removed: {len(found)}.")
    out.finish({"removed": len(found)})


def resume_recipient(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    region: Region = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Send again to an address that was suspended; one that never confirmed is asked once more."""
    store, _ = installation(data)
    out = Out(as_json)
    found = [one for one in _entries(store, address, region) if one.state == "suspended"]
    with store.begin() as connection:
        states = [resume(connection, one, today()) for one in found]
    asked = states.count("unconfirmed")
    out.line(f"Resumed: {len(found)}.")
    if asked:
        out.line(f"Of these {asked} never confirmed: the mail with the link goes again with the next ones.")
    out.finish({"resumed": len(found), "asked_again": asked})


def _enter(store: Store, settings: Settings, several: list[Wanted], out: Out, *, confirmed: bool) -> None:
    key = read_mail_key(store.mail_folder)
    with store.begin() as connection:
        entered = enter(connection, key, several, mail_domain(settings), today(), vouched=confirmed)
    _say(entered, out, confirmed=confirmed)


def _say(entered: Entered, out: Out, *, confirmed: bool) -> None:
    out.line(f"Added: {len(entered.added)}.")
    if entered.known:
        out.line(f"Known already for the same region, and left as they are: {entered.known}.")
    if entered.added and not confirmed:
        out.line("They get a mail with a link first; it goes with the next: feedback-service work, or")
        out.line("feedback-service digests send. Digests follow when somebody has pressed the button there.")
    ids = [one.id for one in entered.added]
    out.finish({"added": ids, "known": entered.known, "confirmed": confirmed})


def _entries(store: Store, address: str, region: str | None) -> list[Recipient]:
    key = read_mail_key(store.mail_folder)
    with store.read() as connection:
        found = with_address(connection, key.mac_of(address.strip()))
    found = [one for one in found if region in (None, one.region)]
    if not found:
        raise UnknownRecipient
    return found


def _row(one: Recipient, address: str, directory: Directory) -> dict[str, object]:
    def plain(message: str, **facts: object) -> str:
        return message % facts

    return {
        "address": address,
        "region": one.region,
        "name": region_name(directory, one.region, plain),
        "level": one.level,
        "language": one.language,
        "formats": list(one.formats),
        "state": one.state,
        "reason": one.reason,
    }


def mail_domain(settings: Settings) -> str:
    """What stands behind the @ of the operator's own address; Message-IDs end with it."""
    return settings.mail_from.rpartition("@")[2].strip(" >") or "localhost"

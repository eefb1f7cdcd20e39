"""Reads the body of a posted form: at most 64 KB, urlencoded, valid UTF-8; else a clear error.

In memory only: a multipart parser would spool larger parts to files outside the data folder.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from ..errors import N_, FeedbackError

LARGEST_BODY = 64 * 1024
# Who sends more gets a page about it, but a browser or a proxy that is answered while it still sends shows a
# broken connection instead. So what is too much is read to its end and thrown away, up to here.
LARGEST_DISCARDED = 1024 * 1024
_MOST_FIELDS = 400
_URLENCODED = "application/x-www-form-urlencoded"


class BodyTooLarge(FeedbackError):
    """More than a form can hold."""

    status = 413
    code = "body-too-large"
    message = N_("This is too much to send at once. Please shorten your text. Nothing was stored.")


class UnreadableForm(FeedbackError):
    """Not a form of ours, or not valid UTF-8."""

    status = 400
    code = "form-unreadable"
    message = N_("What arrived could not be read. Nothing was stored. Please go back and send it again.")


async def read_body(request: Request) -> bytes:
    """The body. What is too much is thrown away, never kept. Raises `BodyTooLarge`."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > LARGEST_DISCARDED:
        raise BodyTooLarge
    body = bytearray()
    arrived = 0
    async for part in request.stream():
        arrived += len(part)
        if arrived <= LARGEST_BODY:
            body += part
        elif arrived > LARGEST_DISCARDED:
            raise BodyTooLarge
    if arrived > LARGEST_BODY:
        raise BodyTooLarge
    return bytes(body)


async def read_form(request: Request) -> dict[str, list[str]]:
    """Field names with their values, repeated fields in order. Raises `BodyTooLarge`, `UnreadableForm`."""
    if request.headers.get("content-type", _URLENCODED).split(";")[0].strip().lower() != _URLENCODED:
        raise UnreadableForm
    body = await read_body(request)
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        # `from None`: the decoding error would carry what was typed.
        raise UnreadableForm from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields

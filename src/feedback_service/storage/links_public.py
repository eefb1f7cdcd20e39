"""What the web process checks links in mails with: `spool/links.pub`, the public half of the links' key."""

from __future__ import annotations

from pathlib import Path

from ..files import write_durably
from ..sealing.links import InvalidLink, Link, read_token

PUBLIC_FILE = "links.pub"


def read_links_public(spool_folder: Path) -> bytes | None:
    """The 32 bytes; `None` where they are missing (the doctor says so)."""
    path = spool_folder / PUBLIC_FILE
    return path.read_bytes() if path.exists() else None


def read_link(token: str, spool_folder: Path) -> Link:
    """The link of a token. Raises `InvalidLink`, also where there is nothing to check it with."""
    public = read_links_public(spool_folder)
    if public is None:
        raise InvalidLink
    return read_token(token, public)


def put_links_public(spool_folder: Path, public: bytes) -> None:
    """Put them there, if others or none are."""
    if read_links_public(spool_folder) != public:
        write_durably(spool_folder / PUBLIC_FILE, public)

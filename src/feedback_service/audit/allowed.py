"""The audit's own list of what an installation may hold. Nothing here is read from the service.

For each table its columns; which tables are about submissions and may have no row numbers; which files a
data folder may have.
"""

from __future__ import annotations

import re

TABLES: dict[str, frozenset[str]] = {
    "alembic_version": frozenset({"version_num"}),
    "region": frozenset({"ags", "name"}),
    "survey": frozenset({"name", "version", "fingerprint", "body"}),
    "round": frozenset(
        {
            "number",
            "survey",
            "round",
            "state",
            "closes",
            "fingerprint",
            "public_key",
            "mixing_key",
            "pepper",
            "mixed",
            "contested",
        }
    ),
    "envelope": frozenset({"round_id", "key", "verified", "body"}),
    "tombstone": frozenset({"round_id", "tag_mac"}),
    "access_code": frozenset({"round_id", "mac", "spent"}),
    "machine": frozenset({"id", "name"}),
    "drained": frozenset({"round_number", "machine_id"}),
    "ledger": frozenset(
        {"position", "survey", "round", "issue", "kind", "body", "previous", "this", "signature"}
    ),
    "release": frozenset({"survey", "round", "issue", "issued", "body"}),
    "comment_batch": frozenset({"round_id", "public_key", "number", "secret"}),
    "comment": frozenset({"round_id", "key", "body", "draft"}),
    "quote": frozenset({"id", "survey", "round", "region", "texts"}),
    "themes": frozenset({"survey", "round", "issued", "body"}),
    "recipient": frozenset(
        {"id", "address", "address_mac", "region", "language", "formats", "state", "reason"}
    ),
    "delivery": frozenset({"recipient_id", "kind", "about", "message_id", "state", "tries", "reason", "day"}),
    "reply": frozenset(
        {
            "id",
            "region",
            "round",
            "survey",
            "topic",
            "office",
            "state",
            "texts",
            "step",
            "answered",
            "released",
        }
    ),
}
ABOUT_SUBMISSIONS = ("envelope", "tombstone", "access_code", "comment", "comment_batch")
SLOT_TABLES: dict[str, frozenset[str]] = {
    "slot": frozenset({"number", "used", "content"}),
    "gate": frozenset({"accepting"}),
    "closed_round": frozenset({"number"}),
}
ENVELOPE_BYTES = 3922
SLOT_BYTES = 4080
# Dates by the calendar, the same for everyone; everything else that looks like a time is a finding.
DATES = frozenset(
    {
        ("round", "closes"),
        ("release", "issued"),
        ("themes", "issued"),
        ("delivery", "day"),
        ("reply", "answered"),
        ("reply", "released"),
    }
)
# What people wrote for everyone to read may speak of a time.
PUBLIC_TEXTS = frozenset(
    {
        ("region", "name"),
        ("survey", "body"),
        ("recipient", "reason"),
        ("delivery", "reason"),
        ("quote", "texts"),
        ("reply", "office"),
        ("reply", "texts"),
    }
)
# Columns about submissions that are one bit, and what of the others must look like chance.
DOMAINS: dict[tuple[str, str], frozenset[object]] = {
    ("envelope", "verified"): frozenset({0, 1}),
    ("access_code", "spent"): frozenset({0, 1}),
}
RANDOM_PARTS = {
    ("envelope", "key"): slice(None),
    # Behind the version and the mark of an uncompressed point.
    ("envelope", "body"): slice(2, None),
    ("tombstone", "tag_mac"): slice(None),
    ("comment", "key"): slice(None),
    ("comment", "body"): slice(2, None),
    ("comment", "draft"): slice(2, None),
    ("access_code", "mac"): slice(None),
}
MAC_BYTES = 32

_KEY = r"keys/[a-z][a-z0-9_]*(-[1-8][0-9]{3}-Q[1-4])?\.(key|pub|counted|cards|reviewers)"
FILES = tuple(
    re.compile(pattern)
    for pattern in (
        r"feedback\.sqlite(-journal)?",
        r"settings\.toml",
        r"mix\.lock",
        r"backup\.path",
        r"mix/code\.key",
        r"audio/[a-z][a-z0-9_]*/[a-z0-9][a-z0-9_-]*\.(opus|ogg|mp3|m4a)",
        _KEY,
        r"spool/code\.pub",
        r"spool/links\.pub",
        r"mail/mail\.key",
        r"spool/inbox/[0-9a-f]{32}\.json(\.new)?",
        r"work\.lock",
        r"spool/machine\.id",
        r"spool/web-[0-9]+/([ab]\.spool(-journal)?|claimed\.lock)",
    )
)


def may_be(path: str) -> bool:
    """Whether a data folder may have a file of that name, relative to it."""
    return any(pattern.fullmatch(path) for pattern in FILES)

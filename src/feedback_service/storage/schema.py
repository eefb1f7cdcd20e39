"""Every table, and for each column of a submission why it tells nothing about a person.

Nothing here has a time finer than a day, and a submission's row has no time at all, no number, no order.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ..sealing.comment import Kind

RECIPIENT_STATES = ("unconfirmed", "active", "suspended")
DELIVERY_STATES = ("waiting", "sending", "sent", "failed")
REPLY_STATES = ("heard", "decided", "done", "impossible")
REPLY_STEPS = ("waiting", "released", "refused")
ROUND_STATES = ("open", "ending", "closing", "closed", "counted", "released", "shredded")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

region = Table(
    "region",
    metadata,
    Column("ags", String(8), primary_key=True),
    Column("name", String(200), nullable=False),
    comment="The public tree of regions.",
)

survey = Table(
    "survey",
    metadata,
    Column("name", String(30), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("name", "fingerprint"),
    comment="Every version of every questionnaire, as canonical JSON. Public.",
)

round_ = Table(
    "round",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("survey", String(30), nullable=False),
    Column("round", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("closes", Date, nullable=False),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("public_key", LargeBinary(65), nullable=False),
    # Zeros once the round is closed: a receipt that is found later then names no row.
    Column("mixing_key", LargeBinary(32), nullable=False),
    # What access codes are hashed with; zeros once the round is closed, and no code can be tested any more.
    Column("pepper", LargeBinary(32), nullable=False),
    # Answers there were at the last mix, rounded down to tens; codes that came with more than one answer.
    Column("mixed", Integer, nullable=False),
    Column("contested", Integer, nullable=False),
    UniqueConstraint("survey", "round"),
    CheckConstraint(f"state in ({', '.join(repr(state) for state in ROUND_STATES)})", name="state"),
    ForeignKeyConstraint(["survey", "fingerprint"], ["survey.name", "survey.fingerprint"]),
    comment="Rounds of surveys. Dates are the calendar's, the same for everyone.",
)

envelope = Table(
    "envelope",
    metadata,
    # The round, shared by everyone who answered in it.
    Column("round_id", Integer, primary_key=True, autoincrement=False),
    # HMACs of form and answer under a key that is destroyed at the close: after it a random number.
    Column("key", LargeBinary(16), primary_key=True),
    # Whether a code was spent for it: one bit, the same for everyone with a code.
    Column("verified", Boolean, nullable=False),
    # 3,922 sealed bytes, one length for everyone; opens only with the round's private key.
    Column("body", LargeBinary(3922), nullable=False),
    ForeignKeyConstraint(["round_id"], ["round.number"]),
    # A rowid would count up in the order of insertion.
    sqlite_with_rowid=False,
    # A round's rows are written anew and destroyed together.
    postgresql_partition_by="LIST (round_id)",
    comment="Sealed answers, sorted by a key that has nothing to do with their arrival.",
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("round_id", Integer, primary_key=True, autoincrement=False),
    # HMAC of a form's tag under the mixing key; deleted at the round's close.
    Column("tag_mac", LargeBinary(8), primary_key=True),
    ForeignKeyConstraint(["round_id"], ["round.number"]),
    sqlite_with_rowid=False,
    comment="Answers that were deleted by receipt, so that a late retry doesn't bring them back.",
)

access_code = Table(
    "access_code",
    metadata,
    Column("round_id", Integer, primary_key=True, autoincrement=False),
    # HMAC of a code under the round's pepper: no number, place, date or batch, sorted by itself.
    Column("mac", LargeBinary(32), primary_key=True),
    # Flipped by the mix, where code and answer part; independent of the order of spending.
    Column("spent", Boolean, nullable=False),
    ForeignKeyConstraint(["round_id"], ["round.number"]),
    sqlite_with_rowid=False,
    postgresql_partition_by="LIST (round_id)",
    comment="Printed codes. Nothing says who got one, or which answer it was handed in with.",
)

machine = Table(
    "machine",
    metadata,
    # Drawn at random where the spools are first made.
    Column("id", String(32), primary_key=True),
    Column("name", String(60), nullable=False),
    sqlite_with_rowid=False,
    comment="Web machines whose spools a close waits for. They say nothing about who sends.",
)

drained = Table(
    "drained",
    metadata,
    Column("round_number", Integer, primary_key=True, autoincrement=False),
    Column("machine_id", String(32), primary_key=True),
    ForeignKeyConstraint(["round_number"], ["round.number"]),
    ForeignKeyConstraint(["machine_id"], ["machine.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
    comment="Machines that have handed in everything of a round that is closing; empty after the close.",
)

ledger = Table(
    "ledger",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("survey", String(30), nullable=False),
    Column("round", String(20), nullable=False),
    Column("issue", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(71), nullable=False),
    Column("this", String(71), nullable=False),
    Column("signature", Text, nullable=True),
    comment="Protected figures of groups of ten or more, hash-chained, never changed.",
)

release = Table(
    "release",
    metadata,
    Column("survey", String(30), primary_key=True),
    Column("round", String(20), primary_key=True),
    Column("issue", Integer, primary_key=True, autoincrement=False),
    Column("issued", Date, nullable=False),
    Column("body", Text, nullable=False),
    comment="Published files, verbatim.",
)

comment_batch = Table(
    "comment_batch",
    metadata,
    Column("round_id", Integer, primary_key=True, autoincrement=False),
    # The public half of the reviewers' key that everything of the batch is sealed to.
    Column("public_key", LargeBinary(65), nullable=False),
    # How many comments there were.
    Column("number", Integer, nullable=False),
    # What the noise of their themes is drawn from, sealed to the reviewers.
    Column("secret", LargeBinary(Kind.THEMES.sealed_bytes), nullable=False),
    ForeignKeyConstraint(["round_id"], ["round.number"]),
    sqlite_with_rowid=False,
    comment="A counted round's comments as a whole; gone when their review is finished, or with the round.",
)

comment = Table(
    "comment",
    metadata,
    Column("round_id", Integer, primary_key=True, autoincrement=False),
    # Sixteen random bytes of the sealed comment itself.
    Column("key", LargeBinary(16), primary_key=True),
    # Sealed anew at counting, apart from all other answers; nothing once it is decided.
    Column("body", LargeBinary(Kind.COMMENT.sealed_bytes), nullable=True),
    # What reviewers made of it, sealed to them too: one length.
    Column("draft", LargeBinary(Kind.DRAFT.sealed_bytes), nullable=True),
    ForeignKeyConstraint(["round_id"], ["comment_batch.round_id"]),
    sqlite_with_rowid=False,
    comment="What people wrote, until it is reviewed. Opens only with the reviewers' key of the round.",
)

quote = Table(
    "quote",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("survey", String(30), nullable=False),
    Column("round", String(20), nullable=False),
    # A Kreis of twenty answers or more, a Bezirk, or the state.
    Column("region", String(8), nullable=False),
    # By language, as JSON, German always; redacted and approved. The language it was written in isn't told.
    Column("texts", Text, nullable=False),
    sqlite_with_rowid=False,
    comment="Approved quotes from comments, published.",
)

themes = Table(
    "themes",
    metadata,
    Column("survey", String(30), primary_key=True),
    Column("round", String(20), primary_key=True),
    Column("issued", Date, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
    comment="How often a theme was written about in the whole state: published, verbatim, never changed.",
)

recipient = Table(
    "recipient",
    metadata,
    # Drawn at random: links and deliveries name a recipient by it.
    Column("id", String(32), primary_key=True),
    # Sealed under the mail key, one length for every address.
    Column("address", LargeBinary(284), nullable=False),
    # HMAC of the address under the mail key: the same address isn't entered twice for a region.
    Column("address_mac", LargeBinary(16), nullable=False),
    Column("region", String(8), nullable=False),
    Column("language", String(8), nullable=False),
    Column("formats", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    # Why it is suspended, in the mail server's words without the address.
    Column("reason", String(300), nullable=False),
    UniqueConstraint("address_mac", "region"),
    CheckConstraint(f"state in ({', '.join(repr(state) for state in RECIPIENT_STATES)})", name="state"),
    sqlite_with_rowid=False,
    comment="Offices that get digests. Nobody who answers is in it.",
)

delivery = Table(
    "delivery",
    metadata,
    # A recipient, or `operator` for the operator's own reminders.
    Column("recipient_id", String(32), primary_key=True),
    Column("kind", String(12), primary_key=True),
    # What it is about, like `2026-Q4`; empty for a confirmation.
    Column("about", String(60), primary_key=True),
    Column("message_id", String(120), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    # The day of its last change.
    Column("day", Date, nullable=False),
    CheckConstraint(f"state in ({', '.join(repr(state) for state in DELIVERY_STATES)})", name="state"),
    sqlite_with_rowid=False,
    comment="Mails to offices, each once: claimed before it is handed over, recorded after.",
)

reply = Table(
    "reply",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("region", String(8), nullable=False),
    # The round of the calendar whose report is answered.
    Column("round", String(20), nullable=False),
    # The survey and the problem that is answered; both empty: the report as a whole.
    Column("survey", String(30), nullable=False),
    Column("topic", String(60), nullable=False),
    Column("office", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    # By language, as JSON.
    Column("texts", Text, nullable=False),
    Column("step", String(10), nullable=False),
    Column("answered", Date, nullable=False),
    Column("released", Date, nullable=True),
    CheckConstraint(f"state in ({', '.join(repr(state) for state in REPLY_STATES)})", name="state"),
    CheckConstraint(f"step in ({', '.join(repr(step) for step in REPLY_STEPS)})", name="step"),
    sqlite_with_rowid=False,
    comment="What offices answered to reports, to be published.",
)

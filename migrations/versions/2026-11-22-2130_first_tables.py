"""The first tables: regions, surveys, rounds, envelopes, tombstones, ledger, releases.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = "state in ('open', 'closing', 'closed', 'counted', 'released', 'shredded')"


def upgrade() -> None:
    _public_tables()
    _submissions()
    _without_statistics()
    _figures()


def _public_tables() -> None:
    op.create_table(
        "region",
        sa.Column("ags", sa.String(8), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("ags", name="pk_region"),
    )
    op.create_table(
        "survey",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_survey"),
        sa.UniqueConstraint("name", "fingerprint", name="uq_survey_name"),
    )
    op.create_table(
        "round",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closes", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(65), nullable=False),
        sa.Column("mixing_key", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_round"),
        sa.UniqueConstraint("survey", "round", name="uq_round_survey"),
        sa.CheckConstraint(STATES, name="ck_round_state"),
        sa.ForeignKeyConstraint(
            ["survey", "fingerprint"], ["survey.name", "survey.fingerprint"], name="fk_round_survey"
        ),
    )


def _submissions() -> None:
    op.create_table(
        "envelope",
        sa.Column("round_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary(3922), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "key", name="pk_envelope"),
        sa.ForeignKeyConstraint(["round_id"], ["round.number"], name="fk_envelope_round"),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (round_id)",
    )
    if op.get_context().dialect.name == "postgresql":
        # Never in a TOAST table, whose chunks are numbered as they come.
        op.execute("ALTER TABLE envelope ALTER COLUMN body SET STORAGE MAIN")
    op.create_table(
        "tombstone",
        sa.Column("round_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("tag_mac", sa.LargeBinary(8), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "tag_mac", name="pk_tombstone"),
        sa.ForeignKeyConstraint(["round_id"], ["round.number"], name="fk_tombstone_round"),
        sqlite_with_rowid=False,
    )


def _without_statistics() -> None:
    """The planner's statistics would keep copies of some values, also when the rows are gone."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE envelope ALTER COLUMN key SET STATISTICS 0")
        op.execute("ALTER TABLE tombstone ALTER COLUMN tag_mac SET STATISTICS 0")


def _figures() -> None:
    op.create_table(
        "ledger",
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("issue", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(71), nullable=False),
        sa.Column("this", sa.String(71), nullable=False),
        sa.Column("signature", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_ledger"),
    )
    op.create_table(
        "release",
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("issue", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("issued", sa.Date, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("survey", "round", "issue", name="pk_release"),
    )


def downgrade() -> None:
    for table in ("release", "ledger", "tombstone", "envelope", "round", "survey", "region"):
        op.drop_table(table)

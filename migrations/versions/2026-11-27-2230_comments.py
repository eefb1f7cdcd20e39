"""Comments under review, approved quotes, and themes.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The server keeps samples of other columns, which outlive their rows.
_IN_NO_STATISTICS = {
    "comment": ("key", "body", "draft"),
    "comment_batch": ("secret",),
    "quote": ("id", "texts"),
    "recipient": ("id", "address", "address_mac", "reason"),
    "delivery": ("recipient_id", "message_id", "reason"),
    "reply": ("id", "office", "texts"),
}


def upgrade() -> None:
    op.create_table(
        "comment_batch",
        sa.Column("round_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(65), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("secret", sa.LargeBinary(210), nullable=False),
        sa.PrimaryKeyConstraint("round_id", name="pk_comment_batch"),
        sa.ForeignKeyConstraint(["round_id"], ["round.number"], name="fk_comment_batch_round"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("round_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("body", sa.LargeBinary(3922), nullable=True),
        sa.Column("draft", sa.LargeBinary(12370), nullable=True),
        sa.PrimaryKeyConstraint("round_id", "key", name="pk_comment"),
        sa.ForeignKeyConstraint(["round_id"], ["comment_batch.round_id"], name="fk_comment_comment_batch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quote"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "themes",
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("issued", sa.Date, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("survey", "round", name="pk_themes"),
        sqlite_with_rowid=False,
    )

    if op.get_bind().dialect.name == "postgresql":
        # What somebody wrote stays in its row: chunks elsewhere are numbered as they come.
        op.execute("ALTER TABLE comment SET (toast_tuple_target = 8160)")
        for table, columns in _IN_NO_STATISTICS.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    for table in ("themes", "quote", "comment", "comment_batch"):
        op.drop_table(table)

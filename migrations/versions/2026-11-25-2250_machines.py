"""Web machines that share a database, and which of them have handed in everything of a closing round.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "machine",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_machine"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drained",
        sa.Column("round_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("machine_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("round_number", "machine_id", name="pk_drained"),
        sa.ForeignKeyConstraint(["round_number"], ["round.number"], name="fk_drained_round"),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name="fk_drained_machine", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("drained")
    op.drop_table("machine")

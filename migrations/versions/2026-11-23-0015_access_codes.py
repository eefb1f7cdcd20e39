"""Access codes: their hashes, the pepper of each round, and two totals that change only at a mix.

Revision: 0002, after 0001
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")
_NONE = sa.text("0")


def upgrade() -> None:
    op.create_table(
        "access_code",
        sa.Column("round_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.Column("spent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "mac", name="pk_access_code"),
        sa.ForeignKeyConstraint(["round_id"], ["round.number"], name="fk_access_code_round"),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (round_id)",
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE access_code ALTER COLUMN mac SET STATISTICS 0")
    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("pepper", sa.LargeBinary(32), nullable=False, server_default=_EMPTY))
        batch.add_column(sa.Column("mixed", sa.Integer, nullable=False, server_default=_NONE))
        batch.add_column(sa.Column("contested", sa.Integer, nullable=False, server_default=_NONE))
    _draw_peppers()
    with op.batch_alter_table("round") as batch:
        for column in ("pepper", "mixed", "contested"):
            batch.alter_column(column, server_default=None)


def _draw_peppers() -> None:
    round_ = sa.table("round", sa.column("number", sa.Integer), sa.column("pepper", sa.LargeBinary))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(round_.c.number)).all():
        drawn = secrets.token_bytes(32)
        connection.execute(sa.update(round_).where(round_.c.number == number).values(pepper=drawn))


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        for column in ("contested", "mixed", "pepper"):
            batch.drop_column(column)
    op.drop_table("access_code")

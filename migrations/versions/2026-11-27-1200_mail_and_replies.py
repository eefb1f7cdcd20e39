"""Offices that get digests, the mails to them, and what they answer.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("address", sa.LargeBinary(284), nullable=False),
        sa.Column("address_mac", sa.LargeBinary(16), nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("formats", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("address_mac", "region", name="uq_recipient_address_mac"),
        sa.CheckConstraint(
            "state in ('unconfirmed', 'active', 'suspended')", name=op.f("ck_recipient_state")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        sa.Column("recipient_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("about", sa.String(60), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", "kind", "about", name="pk_delivery"),
        sa.UniqueConstraint("message_id", name="uq_delivery_message_id"),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_delivery_state")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        sa.Column("survey", sa.String(30), nullable=False),
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("answered", sa.Date, nullable=False),
        sa.Column("released", sa.Date, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.CheckConstraint(
            "state in ('heard', 'decided', 'done', 'impossible')", name=op.f("ck_reply_state")
        ),
        sa.CheckConstraint("step in ('waiting', 'released', 'refused')", name=op.f("ck_reply_step")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("reply")
    op.drop_table("delivery")
    op.drop_table("recipient")

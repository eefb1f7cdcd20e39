"""The state between open and closing: the next round is open, and answers are still taken for this one.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The first migration's name went through the naming convention once more.
_OLD_NAME, _NAME = "ck_round_ck_round_state", "ck_round_state"
_WITHOUT = "state in ('open', 'closing', 'closed', 'counted', 'released', 'shredded')"
_WITH = "state in ('open', 'ending', 'closing', 'closed', 'counted', 'released', 'shredded')"


def upgrade() -> None:
    _replace(_OLD_NAME, _NAME, _WITH)


def _replace(old: str, new: str, states: str) -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f(old), type_="check")
        batch.create_check_constraint(op.f(new), states)


def downgrade() -> None:
    round_ = sa.table("round", sa.column("state", sa.String))
    # The next close finishes it: an older version knows nothing of a grace.
    op.execute(sa.update(round_).where(round_.c.state == "ending").values(state="closing"))
    _replace(_NAME, _OLD_NAME, _WITHOUT)

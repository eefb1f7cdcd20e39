"""${message}

Rules: works on SQLite and PostgreSQL; goes up and down; never copies an envelope into another
table or adds a column to one that holds a time, a number or an order; a test compares the outcome with
`storage/schema.py`, and the page "What we keep" must explain every column.

Revision: ${up_revision}, after ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}

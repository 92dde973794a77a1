"""The end of everything that somebody is signed in with but the sign-in that goes on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("but_sid", pg.UUID))


def downgrade() -> None:
    op.drop_column("notices", "but_sid")

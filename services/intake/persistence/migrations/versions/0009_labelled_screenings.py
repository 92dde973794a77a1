"""The label of what tells of substance use (42 CFR Part 2), and the consent to share that."""

import sqlalchemy as sa
from alembic import op

from shared.storage.row_security import label, unlabel
from shared.storage.scope import RAISE

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SHARED = "SELECT FROM consents c WHERE c.course_id = screenings.course_id AND {now} < c.{until}"
_UNTIL = "substance_use_shared_until"
_TELLS = """
    UPDATE screenings
    SET labelled = true, body = jsonb_set(body, '{labelled}', 'true')
    WHERE EXISTS (
        SELECT FROM jsonb_array_elements(body -> 'findings') AS finding
        WHERE finding ->> 'code' IN ('sud_active_uncontrolled', 'sud_remission',
            'sud_as_indication', 'ketamine_misuse', 'substance_use_screen_high')
    )
"""


def upgrade() -> None:
    op.add_column("consents", sa.Column(_UNTIL, sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column(
        "screenings",
        sa.Column("labelled", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(RAISE)
    op.execute(_TELLS)
    op.alter_column("screenings", "labelled", server_default=None)
    op.execute(label("screenings", shared=_SHARED.replace("{until}", _UNTIL)))


def downgrade() -> None:
    op.execute(unlabel("screenings"))
    op.drop_column("screenings", "labelled")
    op.drop_column("consents", _UNTIL)

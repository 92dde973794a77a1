"""The second wall around clients' data, and who opened a record in an emergency."""

from alembic import op

from shared.storage.row_security import expose, protect
from shared.storage.steps import emergency_accesses

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PROTECTED = (
    "addenda",
    "clients",
    "consents",
    "course_facts",
    "courses",
    "holds",
    "incidents",
    "protocol_changes",
    "questions",
    "receipts",
    "reviews",
    "screenings",
)


def upgrade() -> None:
    emergency_accesses.upgrade()
    for statement in protect(PROTECTED):
        op.execute(statement)


def downgrade() -> None:
    for statement in expose(PROTECTED):
        op.execute(statement)
    emergency_accesses.downgrade()

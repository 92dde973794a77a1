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
    "adverse_events",
    "assessments",
    "course_facts",
    "dose_ledgers",
    "dose_orders",
    "holds",
    "incidents",
    "pre_dose_checks",
    "prescriptions",
    "receipts",
    "recoveries",
    "review_tasks",
    "summary_reviews",
)


def upgrade() -> None:
    emergency_accesses.upgrade()
    for statement in protect(PROTECTED):
        op.execute(statement)


def downgrade() -> None:
    for statement in expose(PROTECTED):
        op.execute(statement)
    emergency_accesses.downgrade()

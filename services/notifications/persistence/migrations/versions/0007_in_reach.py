"""The second wall around clients' data, and who opened a record in an emergency."""

from alembic import op

from shared.storage.row_security import expose, protect
from shared.storage.steps import emergency_accesses

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PROTECTED = (
    "aftercare_plans",
    "check_ins",
    "client_facts",
    "course_facts",
    "escalations",
    "messages",
    "notices",
    "receipts",
    "session_courses",
    "simulated_outbox",
    "tasks",
)


def upgrade() -> None:
    emergency_accesses.upgrade()
    for statement in protect(PROTECTED):
        op.execute(statement)


def downgrade() -> None:
    for statement in expose(PROTECTED):
        op.execute(statement)
    emergency_accesses.downgrade()

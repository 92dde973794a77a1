"""Messages, tasks and answers sealed with their client's key; integrators with the service's."""

import sqlalchemy as sa
from alembic import op

from shared.storage.scope import RAISE
from shared.storage.steps import sealing

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AGGREGATES = (
    "aftercare_plans",
    "check_ins",
    "escalations",
    "integrators",
    "messages",
    "notices",
    "staff_preferences",
    "tasks",
)
LETTERS = sealing.Sealing(
    table="simulated_outbox",
    into="letter",
    key=("message_id", "channel"),
    plain="json_build_object('sent_to', sent_to, 'subject', subject, 'body', body)::text",
    drops=("sent_to", "subject", "body"),
)


def upgrade() -> None:
    op.execute(RAISE)
    _columns_for_what_was_asked_of_documents()
    sealing.upgrade(
        [
            *sealing.aggregates(*AGGREGATES),
            *sealing.facts("course_facts", "client_facts", "session_courses"),
            LETTERS,
        ]
    )


def _columns_for_what_was_asked_of_documents() -> None:
    op.add_column("aftercare_plans", sa.Column("plan", sa.Text(), nullable=True))
    op.execute("UPDATE aftercare_plans SET plan = body ->> 'plan'")
    op.alter_column("aftercare_plans", "plan", nullable=False)
    op.add_column("messages", sa.Column("reason", sa.Text(), nullable=True))
    op.execute("UPDATE messages SET reason = body ->> 'reason'")
    op.add_column("tasks", sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.execute("UPDATE tasks SET due_at = (body ->> 'due_at')::timestamptz")
    op.alter_column("tasks", "due_at", nullable=False)


def downgrade() -> None:
    raise NotImplementedError("what is sealed is not laid open again: restore a backup")

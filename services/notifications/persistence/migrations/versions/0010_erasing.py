"""Erasing a client: the one way in which what is known of them is deleted."""

from shared.storage.steps import erasing

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_CLIENTS = (
    "aftercare_plans",
    "check_ins",
    "client_facts",
    "client_relations",
    "course_facts",
    "course_protocols",
    "escalations",
    "integrators",
    "lane_events",
    "messages",
    "notices",
    "receipts",
    "session_courses",
    "simulated_outbox",
    "staff_preferences",
    "tasks",
    "timers",
)


def upgrade() -> None:
    erasing.upgrade(OF_CLIENTS)


def downgrade() -> None:
    erasing.downgrade()

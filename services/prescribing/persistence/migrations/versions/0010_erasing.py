"""Erasing a client: the one way in which what is known of them is deleted."""

from shared.storage.steps import erasing

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_CLIENTS = (
    "addenda",
    "adverse_events",
    "assessments",
    "client_relations",
    "course_facts",
    "course_protocols",
    "dose_ledgers",
    "dose_orders",
    "holds",
    "incidents",
    "lane_events",
    "pre_dose_checks",
    "prescriptions",
    "receipts",
    "recoveries",
    "registrations",
    "review_tasks",
    "summary_reviews",
    "timers",
)


def upgrade() -> None:
    erasing.upgrade(OF_CLIENTS)


def downgrade() -> None:
    erasing.downgrade()

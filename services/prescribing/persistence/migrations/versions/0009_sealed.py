"""Everything that a person said, and all that was found of them, sealed with a key of theirs."""

from shared.storage.steps import sealing

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AGGREGATES = (
    "adverse_events",
    "assessments",
    "dose_ledgers",
    "dose_orders",
    "holds",
    "incidents",
    "pre_dose_checks",
    "prescriptions",
    "recoveries",
    "registrations",
    "review_tasks",
    "summary_reviews",
)


def upgrade() -> None:
    sealing.upgrade(
        [*sealing.aggregates(*AGGREGATES), *sealing.facts("course_facts"), sealing.ADDENDA]
    )


def downgrade() -> None:
    raise NotImplementedError("what is sealed is not laid open again: restore a backup")

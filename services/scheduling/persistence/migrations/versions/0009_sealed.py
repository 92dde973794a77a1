"""Sessions, notes, summaries and escorts sealed with their client's key; rooms and clinicians with
the service's."""

from shared.storage.steps import sealing

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AGGREGATES = (
    "clinicians",
    "desk_tasks",
    "escort_contacts",
    "holds",
    "incidents",
    "preparations",
    "rooms",
    "session_notes",
    "sessions",
    "summaries",
)


def upgrade() -> None:
    sealing.upgrade(
        [*sealing.aggregates(*AGGREGATES), *sealing.facts("course_facts"), sealing.ADDENDA]
    )


def downgrade() -> None:
    raise NotImplementedError("what is sealed is not laid open again: restore a backup")

"""Everything that a person said or is called, sealed with a key of theirs."""

from alembic import op

from shared.storage.steps import sealing

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AGGREGATES = (
    "clients",
    "consents",
    "courses",
    "holds",
    "incidents",
    "protocol_changes",
    "questions",
    "reviews",
    "screenings",
)


def upgrade() -> None:
    # The name is within the document; a search opens those of the clients in reach.
    op.drop_column("clients", "name")
    sealing.upgrade(
        [*sealing.aggregates(*AGGREGATES), *sealing.facts("course_facts"), sealing.ADDENDA]
    )


def downgrade() -> None:
    raise NotImplementedError("what is sealed is not laid open again: restore a backup")

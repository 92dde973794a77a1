"""Sessions and what belongs to them, facts of courses, and the book of rooms and people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC_TIME = sa.TIMESTAMP(timezone=True)


def _aggregates(name: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.Column("body", pg.JSONB(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id"),
    )


def upgrade() -> None:
    _sessions()
    _beside_sessions()
    for plain in ("incidents", "rooms", "clinicians"):
        _aggregates(plain)
    op.create_table(
        "course_facts",
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("body", pg.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("course_facts_client", "course_facts", ["client_id"])
    _book()


def _sessions() -> None:
    _aggregates(
        "sessions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", UTC_TIME, nullable=False),
        sa.Column("reserved_until", UTC_TIME, nullable=False),
        sa.Column("therapist_ref", sa.UUID(), nullable=False),
        sa.Column("attendant_ref", sa.UUID(), nullable=True),
        sa.Column("room_id", sa.UUID(), nullable=True),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("open_dosing", sa.Boolean(), nullable=False),
    )
    op.create_index("sessions_client", "sessions", ["client_id"])
    op.create_index("sessions_course", "sessions", ["course_id", "starts_at"])
    op.create_index("sessions_starts", "sessions", ["starts_at", "id"])
    op.create_index("sessions_here", "sessions", ["id"], postgresql_where=sa.text("here"))
    op.create_index(
        "sessions_one_open_dosing_per_client",
        "sessions",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("open_dosing"),
    )


def _beside_sessions() -> None:
    _aggregates("preparations")
    op.create_index("preparations_course", "preparations", ["course_id"], unique=True)
    _aggregates("holds", sa.Column("status", sa.Text(), nullable=False))
    op.create_index("holds_course", "holds", ["course_id"])
    _aggregates(
        "desk_tasks",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.UUID(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.UniqueConstraint("client_id", "kind", "cause", name="desk_tasks_one_per_cause"),
    )
    op.create_index("desk_tasks_status", "desk_tasks", ["status", "id"])
    for private in ("escort_contacts", "summaries", "session_notes"):
        _aggregates(private, sa.Column("session_id", sa.UUID(), nullable=False))
        op.create_index(f"{private}_session", private, ["session_id"])


def _book() -> None:
    op.create_table(
        "resources",
        sa.Column("resource_no", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("resource_no"),
        sa.UniqueConstraint("kind", "owner", name="resources_one_number_each"),
    )
    op.create_table(
        "resource_bookings",
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("resource_no", sa.BigInteger(), nullable=False),
        sa.Column("during", pg.TSTZRANGE(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=False),
        pg.ExcludeConstraint(
            (sa.literal_column("int8range(resource_no, resource_no, '[]')"), "&&"),
            (sa.column("during"), "&&"),
            where=sa.text("active"),
            using="gist",
            name="resource_bookings_nothing_twice",
        ),
        sa.ForeignKeyConstraint(["resource_no"], ["resources.resource_no"]),
        sa.PrimaryKeyConstraint("session_id", "resource_no"),
    )
    op.create_index(
        "resource_bookings_one_occupant",
        "resource_bookings",
        ["resource_no"],
        unique=True,
        postgresql_where=sa.text("occupied"),
    )


def downgrade() -> None:
    for table in (
        "resource_bookings",
        "resources",
        "course_facts",
        "clinicians",
        "rooms",
        "incidents",
        "session_notes",
        "summaries",
        "escort_contacts",
        "desk_tasks",
        "holds",
        "preparations",
        "sessions",
    ):
        op.drop_table(table)

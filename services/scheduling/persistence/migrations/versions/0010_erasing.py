"""Erasing a client: the one way in which what is known of them is deleted."""

from shared.storage.steps import erasing

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_CLIENTS = (
    "addenda",
    "client_relations",
    "clinicians",
    "course_facts",
    "course_protocols",
    "desk_tasks",
    "escort_contacts",
    "holds",
    "incidents",
    "lane_events",
    "preparations",
    "receipts",
    "rooms",
    "session_notes",
    "sessions",
    "summaries",
    "timers",
)

BOOKINGS = (
    "DELETE FROM resource_bookings"
    " WHERE session_id IN (SELECT id FROM sessions WHERE client_id = erased)"
)
"""Of what several clients share, a room's day, only this client's part goes."""
OWN_TIME = "DELETE FROM resources WHERE owner = erased"
"""A client's own time is promised to one session at a time, as a room's is."""


def upgrade() -> None:
    erasing.upgrade(OF_CLIENTS, BOOKINGS, OWN_TIME)


def downgrade() -> None:
    erasing.downgrade()

"""The tables of scheduling: its aggregates, what was told of each course, and the book of rooms
and people."""

from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts, no_facts
from services.scheduling.domain.desk_task import DeskTask
from services.scheduling.domain.escort import EscortContact
from services.scheduling.domain.hold import Hold
from services.scheduling.domain.incident import RecordedIncident
from services.scheduling.domain.note import Note
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.summary import Summary
from shared.storage import (
    AggregateTable,
    FactsTable,
    Related,
    aggregate_columns,
    facts_columns,
    in_our_hands,
    team_places,
)
from shared.storage.addenda import addenda_table
from shared.storage.tables import UTC_TIME, add_platform_tables

metadata = sa.MetaData()
add_platform_tables(metadata)
addenda_table(metadata)

sessions = sa.Table(
    "sessions",
    metadata,
    *aggregate_columns(
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("starts_at", UTC_TIME, nullable=False),
        sa.Column("reserved_until", UTC_TIME, nullable=False),
        sa.Column("therapist_ref", pg.UUID, nullable=False),
        sa.Column("attendant_ref", pg.UUID),
        sa.Column("room_id", pg.UUID),
        sa.Column("here", sa.Boolean, nullable=False),
        sa.Column("open_dosing", sa.Boolean, nullable=False),
    ),
    sa.Index("sessions_client", "client_id"),
    sa.Index("sessions_course", "course_id", "starts_at"),
    sa.Index("sessions_starts", "starts_at", "id"),
    sa.Index("sessions_here", "id", postgresql_where=sa.text("here")),
    # INV-15, whoever starts what and where at the same moment.
    sa.Index(
        "sessions_one_open_dosing_per_client",
        "client_id",
        unique=True,
        postgresql_where=sa.text("open_dosing"),
    ),
)
preparations = sa.Table(
    "preparations",
    metadata,
    *aggregate_columns(),
    sa.Index("preparations_course", "course_id", unique=True),
)
holds = sa.Table(
    "holds",
    metadata,
    *aggregate_columns(sa.Column("status", sa.Text, nullable=False)),
    sa.Index("holds_course", "course_id"),
)
incidents = sa.Table("incidents", metadata, *aggregate_columns())
desk_tasks = sa.Table(
    "desk_tasks",
    metadata,
    *aggregate_columns(
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cause", pg.UUID, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("client_id", "kind", "cause", name="desk_tasks_one_per_cause"),
    sa.Index("desk_tasks_status", "status", "id"),
)
escort_contacts = sa.Table(
    "escort_contacts",
    metadata,
    *aggregate_columns(sa.Column("session_id", pg.UUID, nullable=False)),
    sa.Index("escort_contacts_session", "session_id"),
)
summaries = sa.Table(
    "summaries",
    metadata,
    *aggregate_columns(sa.Column("session_id", pg.UUID, nullable=False)),
    sa.Index("summaries_session", "session_id"),
)
session_notes = sa.Table(
    "session_notes",
    metadata,
    *aggregate_columns(sa.Column("session_id", pg.UUID, nullable=False)),
    sa.Index("session_notes_session", "session_id"),
)
rooms = sa.Table("rooms", metadata, *aggregate_columns())
clinicians = sa.Table("clinicians", metadata, *aggregate_columns())
course_facts = sa.Table(
    "course_facts", metadata, *facts_columns(), sa.Index("course_facts_client", "client_id")
)
resources = sa.Table(
    "resources",
    metadata,
    sa.Column("resource_no", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", pg.UUID, nullable=False),
    sa.UniqueConstraint("kind", "owner", name="resources_one_number_each"),
)
resource_bookings = sa.Table(
    "resource_bookings",
    metadata,
    sa.Column("session_id", pg.UUID, primary_key=True),
    sa.Column(
        "resource_no", sa.BigInteger, sa.ForeignKey("resources.resource_no"), primary_key=True
    ),
    sa.Column("during", pg.TSTZRANGE, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("occupied", sa.Boolean, nullable=False),
    # A number as a range of one, because there is no btree_gist: nothing is promised twice.
    pg.ExcludeConstraint(
        (sa.literal_column("int8range(resource_no, resource_no, '[]')"), "&&"),
        ("during", "&&"),
        using="gist",
        where=sa.text("active"),
        name="resource_bookings_nothing_twice",
    ),
    # Whoever is still here keeps room and therapist, however long it takes (INV-36).
    sa.Index(
        "resource_bookings_one_occupant",
        "resource_no",
        unique=True,
        postgresql_where=sa.text("occupied"),
    ),
)


def _session_columns(session: Session) -> dict[str, Any]:
    return {
        "kind": session.kind.value,
        "status": session.status.value,
        "starts_at": session.starts_at,
        "reserved_until": session.reserved_until,
        "therapist_ref": session.therapist_ref,
        "attendant_ref": session.attendant_ref,
        "room_id": session.room_id,
        "here": session.client_is_here,
        # What a late dose opens again fails on no constraint (ruling 12).
        "open_dosing": session.dosing and session.client_is_here and not session.reopened,
    }


def _session_places(session: Session) -> tuple[Related, ...]:
    """Whoever has a part in a session that is not over is related by it: a substitute too."""
    parts = (
        ("therapist", "therapist", session.therapist_ref),
        ("attendant", "therapist", session.attendant_ref),
        ("supervisor", "prescriber", session.supervisor_ref),
    )
    holding = tuple(
        Related(part=part, role=role, person=person)
        for part, role, person in parts
        if person is not None and not session.over
    )
    return holding + in_our_hands(yes=session.client_is_here)


def _told_places(facts: CourseFacts) -> tuple[Related, ...]:
    """Until intake has told of a course, nobody is on its team."""
    if facts.registered is None and facts.care_team.told is None:
        return ()
    told = facts.care_team.told
    return team_places(
        therapist=None if told is None else told.value.therapist_ref,
        prescriber=None if told is None else told.value.prescriber_ref,
        over=facts.closed is not None or facts.declined is not None,
        told=True,
    )


SESSIONS = AggregateTable(
    "session", sessions, TypeAdapter(Session), _session_columns, _session_places
)
PREPARATIONS = AggregateTable("preparation", preparations, TypeAdapter(Preparation))
HOLDS = AggregateTable(
    "safety_hold", holds, TypeAdapter(Hold), lambda hold: {"status": hold.status.value}
)
INCIDENTS = AggregateTable("incident", incidents, TypeAdapter(RecordedIncident))
DESK_TASKS = AggregateTable(
    "task",
    desk_tasks,
    TypeAdapter(DeskTask),
    lambda task: {"kind": task.kind.value, "cause": task.cause, "status": task.status.value},
)
ESCORT_CONTACTS = AggregateTable(
    "escort",
    escort_contacts,
    TypeAdapter(EscortContact),
    lambda contact: {"session_id": contact.session_id},
)
SUMMARIES = AggregateTable(
    "summary",
    summaries,
    TypeAdapter(Summary),
    lambda summary: {"session_id": summary.session_id},
)
NOTES = AggregateTable(
    "note", session_notes, TypeAdapter(Note), lambda note: {"session_id": note.session_id}
)
ROOMS = AggregateTable("room", rooms, TypeAdapter(Room))
CLINICIANS = AggregateTable("clinician", clinicians, TypeAdapter(Clinician))
COURSE_FACTS = FactsTable(course_facts, TypeAdapter(CourseFacts), no_facts, _told_places)

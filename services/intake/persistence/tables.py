"""The tables of intake, and how an aggregate becomes a row."""

from typing import Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from services.intake.domain.client import Client
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.erasure import Erasure
from services.intake.domain.facts import CourseFacts
from services.intake.domain.hold import Hold
from services.intake.domain.incident import Incident
from services.intake.domain.protocol_change import ProtocolChange
from services.intake.domain.question import Question
from services.intake.domain.review import Review
from services.intake.domain.screening import Screening
from services.intake.domain.substance_use import shared_until
from shared.storage import (
    AggregateTable,
    FactsTable,
    aggregate_columns,
    facts_columns,
    team_places,
)
from shared.storage.addenda import addenda_table
from shared.storage.tables import UTC_TIME, add_platform_tables

metadata: Final = sa.MetaData()
add_platform_tables(metadata)
addenda_table(metadata)


def _status() -> sa.Column[str]:
    return sa.Column("status", sa.Text, nullable=False)


clients = sa.Table("clients", metadata, *aggregate_columns())
courses = sa.Table(
    "courses",
    metadata,
    *aggregate_columns(
        _status(),
        sa.Column("closing", sa.Boolean, nullable=False),
        sa.Column("therapist_ref", pg.UUID),
        sa.Column("prescriber_ref", pg.UUID),
    ),
    sa.Index("courses_of_client", "client_id"),
    sa.Index("courses_by_status", "status", "id"),
    sa.Index("courses_of_therapist", "therapist_ref", "id"),
    sa.Index("courses_of_prescriber", "prescriber_ref", "id"),
)
screenings = sa.Table(
    "screenings",
    metadata,
    *aggregate_columns(_status(), sa.Column("labelled", sa.Boolean, nullable=False)),
    sa.UniqueConstraint("course_id", name="screening_of_course"),
)
consents = sa.Table(
    "consents",
    metadata,
    *aggregate_columns(
        sa.Column("signatures", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("substance_use_shared_until", UTC_TIME),
    ),
    sa.UniqueConstraint("course_id", name="consent_of_course"),
    sa.Index("consents_by_signature", "signatures", postgresql_using="gin"),
)
questions = sa.Table(
    "questions",
    metadata,
    *aggregate_columns(_status()),
    sa.Index("questions_of_course", "course_id", "status"),
)
holds = sa.Table(
    "holds",
    metadata,
    *aggregate_columns(_status(), sa.Column("category", sa.Text, nullable=False)),
    sa.Index("holds_of_course", "course_id", "status"),
    sa.Index("holds_by_status", "status", "id"),
)
protocol_changes = sa.Table(
    "protocol_changes",
    metadata,
    *aggregate_columns(_status()),
    sa.Index("protocol_changes_of_course", "course_id", "status"),
    # As with reviews: of two proposals at once the signatures would be split.
    sa.Index(
        "one_open_protocol_change",
        "course_id",
        unique=True,
        postgresql_where=sa.text("status IN ('awaiting_signature', 'asking')"),
    ),
)
reviews = sa.Table(
    "reviews",
    metadata,
    *aggregate_columns(_status()),
    sa.Index("reviews_of_course", "course_id", "status"),
    # Two proposals at once would split the signatures.
    sa.Index(
        "one_waiting_review",
        "course_id",
        unique=True,
        postgresql_where=sa.text("status = 'awaiting_signature'"),
    ),
)
incidents = sa.Table("incidents", metadata, *aggregate_columns())
# Of the clinic: its client is always null, and whom it is about stands beside that.
erasures = sa.Table(
    "erasures",
    metadata,
    *aggregate_columns(_status(), sa.Column("subject_id", pg.UUID, nullable=False)),
    sa.Index("erasures_by_status", "status", "id"),
    sa.Index(
        "one_erasure_under_way",
        "subject_id",
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'erasing')"),
    ),
)
course_facts = sa.Table("course_facts", metadata, *facts_columns())
CLIENTS: Final = AggregateTable("client", clients, TypeAdapter(Client))
COURSES: Final = AggregateTable(
    "course",
    courses,
    TypeAdapter(TreatmentCourse),
    lambda c: {
        "status": c.status,
        "closing": c.closing is not None,
        "therapist_ref": c.care_team.therapist_ref,
        "prescriber_ref": c.care_team.prescriber_ref,
    },
    lambda c: team_places(
        therapist=c.care_team.therapist_ref,
        prescriber=c.care_team.prescriber_ref,
        over=c.terminal,
        told=False,
    ),
)
SCREENINGS: Final = AggregateTable(
    "screening",
    screenings,
    TypeAdapter(Screening),
    lambda s: {"status": s.status, "labelled": s.labelled},
)
CONSENTS: Final = AggregateTable(
    "consent",
    consents,
    TypeAdapter(Consent),
    lambda c: {
        "signatures": [signature.consent_id for signature in c.signatures],
        "substance_use_shared_until": shared_until(c),
    },
)
QUESTIONS: Final = AggregateTable(
    "question", questions, TypeAdapter(Question), lambda q: {"status": q.status}
)
HOLDS: Final = AggregateTable(
    "safety_hold",
    holds,
    TypeAdapter(Hold),
    lambda h: {"status": h.status, "category": h.category},
)
PROTOCOL_CHANGES: Final = AggregateTable(
    "protocol_change",
    protocol_changes,
    TypeAdapter(ProtocolChange),
    lambda change: {"status": change.status},
)
REVIEWS: Final = AggregateTable(
    "review", reviews, TypeAdapter(Review), lambda r: {"status": r.status}
)
ERASURES: Final = AggregateTable(
    "erasure",
    erasures,
    TypeAdapter(Erasure),
    lambda erasure: {"status": erasure.status, "subject_id": erasure.subject_id},
)
INCIDENTS: Final = AggregateTable("incident", incidents, TypeAdapter(Incident))
COURSE_FACTS: Final = FactsTable(
    course_facts,
    TypeAdapter(CourseFacts),
    lambda course_id, client_id: CourseFacts(course_id=course_id, client_id=client_id),
)

"""The tables of notifications. The database itself keeps one message, task and entry per cause."""

from typing import Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.check_in import CheckIn
from services.notifications.domain.client_facts import ClientFacts
from services.notifications.domain.escalation import Escalation
from services.notifications.domain.facts import CourseFacts, SessionCourse
from services.notifications.domain.message import Message
from services.notifications.domain.notice import Notice
from services.notifications.domain.staff_preferences import StaffPreferences
from services.notifications.domain.task import Task
from services.notifications.persistence.integrator_tables import INTEGRATORS
from services.notifications.persistence.schema import metadata
from shared.storage import (
    AggregateTable,
    FactsTable,
    Related,
    aggregate_columns,
    facts_columns,
    in_our_hands,
    team_places,
)
from shared.storage.tables import UTC_TIME

__all__ = ["INTEGRATORS", "metadata"]

_RESTRICTED: Final = frozenset(
    {AftercareStatus.ARMED, AftercareStatus.RESTRICTED, AftercareStatus.ESCALATED}
)

aftercare_plans: Final = sa.Table(
    "aftercare_plans",
    metadata,
    *aggregate_columns(
        sa.Column("session_id", pg.UUID, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("session_id"),
    sa.Index("aftercare_plans_course", "course_id"),
    sa.Index("aftercare_plans_status", "status", "id"),
)
AFTERCARE_PLANS: Final = AggregateTable(
    "aftercare",
    aftercare_plans,
    TypeAdapter(AftercarePlan),
    lambda plan: {
        "session_id": plan.session_id,
        "status": plan.status.value,
        "plan": plan.plan.value,
    },
    lambda plan: in_our_hands(yes=plan.status in _RESTRICTED),
)

check_ins: Final = sa.Table(
    "check_ins",
    metadata,
    *aggregate_columns(
        sa.Column("session_id", pg.UUID, nullable=False),
        sa.Column("aftercare_id", pg.UUID, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("due_at", UTC_TIME, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("aftercare_id", "hours"),
    sa.Index("check_ins_course", "course_id"),
    sa.Index("check_ins_status", "status", "due_at"),
)
CHECK_INS: Final = AggregateTable(
    "check_in",
    check_ins,
    TypeAdapter(CheckIn),
    lambda check_in: {
        "session_id": check_in.session_id,
        "aftercare_id": check_in.aftercare_id,
        "hours": check_in.hours,
        "due_at": check_in.due_at,
        "status": check_in.status.value,
    },
)

escalations: Final = sa.Table(
    "escalations",
    metadata,
    *aggregate_columns(
        sa.Column("session_id", pg.UUID, nullable=False),
        sa.Column("aftercare_id", pg.UUID, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("cause_id", pg.UUID, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("cause", "cause_id"),
    sa.Index("escalations_aftercare", "aftercare_id"),
    sa.Index("escalations_course", "course_id"),
    sa.Index("escalations_status", "status", "id"),
)
ESCALATIONS: Final = AggregateTable(
    "escalation",
    escalations,
    TypeAdapter(Escalation),
    lambda escalation: {
        "session_id": escalation.session_id,
        "aftercare_id": escalation.aftercare_id,
        "cause": escalation.cause.value,
        "cause_id": escalation.cause_id,
        "status": escalation.status.value,
    },
)

messages: Final = sa.Table(
    "messages",
    metadata,
    *aggregate_columns(
        sa.Column("session_id", pg.UUID),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("cause_id", pg.UUID, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
    ),
    sa.UniqueConstraint("cause_id", "wording", "occasion"),
    sa.Index("messages_client", "client_id", "status"),
    sa.Index("messages_course", "course_id", "id"),
    sa.Index("messages_status", "status", "id"),
)
MESSAGES: Final = AggregateTable(
    "message",
    messages,
    TypeAdapter(Message),
    lambda message: {
        "session_id": message.session_id,
        "wording": message.wording.value,
        "cause_id": message.cause_id,
        "occasion": message.occasion,
        "status": message.status.value,
        "reason": None if message.reason is None else message.reason.value,
    },
)

tasks: Final = sa.Table(
    "tasks",
    metadata,
    *aggregate_columns(
        sa.Column("session_id", pg.UUID),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner_role", sa.Text, nullable=False),
        sa.Column("cause_id", pg.UUID, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("due_at", UTC_TIME, nullable=False),
    ),
    sa.UniqueConstraint("cause_id", "kind", "owner_role"),
    sa.Index("tasks_course", "course_id", "id"),
    sa.Index("tasks_session", "session_id"),
    sa.Index("tasks_owner", "owner_role", "status", "id"),
)
TASKS: Final = AggregateTable(
    "task",
    tasks,
    TypeAdapter(Task),
    lambda task: {
        "session_id": task.session_id,
        "kind": task.kind.value,
        "owner_role": task.owner_role.value,
        "cause_id": task.cause_id,
        "status": task.status.value,
        "due_at": task.due_at,
    },
)

notices: Final = sa.Table(
    "notices",
    metadata,
    *aggregate_columns(
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cause_id", pg.UUID, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("recipient_ref", pg.UUID),
        sa.Column("status", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("cause_id", "kind", "role"),
    sa.Index("notices_course", "course_id", "role"),
    sa.Index("notices_inbox", "role", "status", "id"),
)
NOTICES: Final = AggregateTable(
    "notice",
    notices,
    TypeAdapter(Notice),
    lambda notice: {
        "kind": notice.kind.value,
        "cause_id": notice.cause_id,
        "role": notice.role.value,
        "recipient_ref": notice.recipient_ref,
        "status": notice.status.value,
    },
)

staff_preferences: Final = sa.Table("staff_preferences", metadata, *aggregate_columns())
STAFF_PREFERENCES: Final = AggregateTable(
    "staff_preferences", staff_preferences, TypeAdapter(StaffPreferences)
)

simulated_outbox: Final = sa.Table(
    "simulated_outbox",
    metadata,
    sa.Column("message_id", pg.UUID, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("client_id", pg.UUID, nullable=False),
    sa.Column("at", UTC_TIME, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    # To whom, subject and body.
    sa.Column("letter", pg.BYTEA, nullable=False),
    sa.Index("simulated_outbox_client", "client_id"),
)


def _told_places(facts: CourseFacts) -> tuple[Related, ...]:
    """Until intake has told of a course, nobody is on its team."""
    if not facts.registered.members and facts.team.told is None:
        return ()
    return team_places(
        therapist=facts.care_team.therapist_ref,
        prescriber=facts.care_team.prescriber_ref,
        over=facts.is_over,
        told=True,
    )


course_facts: Final = sa.Table("course_facts", metadata, *facts_columns())
COURSE_FACTS: Final = FactsTable(
    course_facts,
    TypeAdapter(CourseFacts),
    lambda key, client_id: CourseFacts(course_id=key, client_id=client_id),
    _told_places,
)

client_facts: Final = sa.Table("client_facts", metadata, *facts_columns())
CLIENT_FACTS: Final = FactsTable(
    client_facts, TypeAdapter(ClientFacts), lambda key, _client_id: ClientFacts(client_id=key)
)

session_courses: Final = sa.Table("session_courses", metadata, *facts_columns())
SESSION_COURSES: Final = FactsTable(
    session_courses,
    TypeAdapter(SessionCourse),
    lambda key, _client_id: SessionCourse(session_id=key),
)

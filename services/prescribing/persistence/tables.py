"""The tables of prescribing. What may exist only once, the database itself keeps single."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from services.prescribing.domain.adverse_event import AdverseEvent
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.incident import Incident
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.domain.registration import Registration
from services.prescribing.domain.review_task import ReviewTask
from services.prescribing.domain.summary_review import SummaryReview
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
from shared.storage.tables import add_platform_tables

A = TypeVar("A")

_UNDER_WAY: Final = frozenset(
    {DoseOrderStatus.CHECKED, DoseOrderStatus.RELEASED, DoseOrderStatus.ADMINISTERED}
)

metadata: Final = sa.MetaData()
add_platform_tables(metadata)
addenda_table(metadata)


def _status() -> sa.Column[str]:
    return sa.Column("status", sa.Text, nullable=False)


def _session(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("session_id", pg.UUID, nullable=nullable)


def _columns(*names: str) -> Callable[[A], dict[str, Any]]:
    """Columns that are attributes of the state under the same names."""
    return lambda state: {name: getattr(state, name) for name in names}


assessments: Final = sa.Table(
    "assessments",
    metadata,
    *aggregate_columns(_status()),
    sa.Index("assessments_course", "course_id"),
    sa.Index("assessments_client", "client_id"),
    sa.Index("assessments_status", "status", "id"),
)
ASSESSMENTS: Final = AggregateTable(
    "medical_assessment", assessments, TypeAdapter(MedicalAssessment), _columns("status")
)

registrations: Final = sa.Table("registrations", metadata, *aggregate_columns(_status()))
REGISTRATIONS: Final = AggregateTable(
    "registration", registrations, TypeAdapter(Registration), _columns("status")
)

prescriptions: Final = sa.Table(
    "prescriptions",
    metadata,
    *aggregate_columns(_status()),
    sa.Index("prescriptions_course", "course_id", "status"),
    sa.Index("prescriptions_status", "status", "id"),
    sa.Index(
        "one_active_prescription",
        "course_id",
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    ),
)
PRESCRIPTIONS: Final = AggregateTable(
    "prescription", prescriptions, TypeAdapter(Prescription), _columns("status")
)

dose_orders: Final = sa.Table(
    "dose_orders",
    metadata,
    *aggregate_columns(_session(), _status()),
    sa.Index("dose_orders_client", "client_id"),
    sa.Index("dose_orders_course", "course_id"),
    sa.Index("dose_orders_session", "session_id"),
    sa.Index("dose_orders_status", "status", "id"),
    # INV-13: at most one order of a session is open.
    sa.Index(
        "one_open_dose_order",
        "session_id",
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    ),
)
DOSE_ORDERS: Final = AggregateTable(
    "dose_order",
    dose_orders,
    TypeAdapter(DoseOrder),
    _columns("session_id", "status"),
    lambda order: in_our_hands(yes=order.status in _UNDER_WAY),
)

ledgers: Final = sa.Table(
    "dose_ledgers",
    metadata,
    *aggregate_columns(sa.Column("dose_order_id", pg.UUID, nullable=False), _status()),
    sa.UniqueConstraint("dose_order_id"),
    sa.Index("dose_ledgers_course", "course_id"),
    sa.Index("dose_ledgers_status", "status", "id"),
)
LEDGERS: Final = AggregateTable(
    "dose_ledger", ledgers, TypeAdapter(DoseLedger), _columns("dose_order_id", "status")
)

checks: Final = sa.Table(
    "pre_dose_checks",
    metadata,
    *aggregate_columns(
        _session(), _status(), sa.Column("check_ids", pg.ARRAY(pg.UUID), nullable=False)
    ),
    sa.UniqueConstraint("session_id"),
    sa.Index("pre_dose_checks_course", "course_id"),
    sa.Index("pre_dose_checks_status", "status", "id"),
    sa.Index("pre_dose_checks_ids", "check_ids", postgresql_using="gin"),
)
CHECKS: Final = AggregateTable(
    "pre_dose_check",
    checks,
    TypeAdapter(PreDoseCheck),
    lambda c: {
        "session_id": c.session_id,
        "status": c.status,
        "check_ids": [check.check_id for check in c.checks],
    },
)

recoveries: Final = sa.Table(
    "recoveries",
    metadata,
    *aggregate_columns(
        _session(), _status(), sa.Column("clearance_ids", pg.ARRAY(pg.UUID), nullable=False)
    ),
    sa.UniqueConstraint("session_id"),
    sa.Index("recoveries_course", "course_id"),
    sa.Index("recoveries_status", "status", "id"),
    sa.Index("recoveries_clearances", "clearance_ids", postgresql_using="gin"),
)
RECOVERIES: Final = AggregateTable(
    "recovery",
    recoveries,
    TypeAdapter(Recovery),
    lambda r: {
        "session_id": r.session_id,
        "status": r.status,
        "clearance_ids": [clearance.clearance_id for clearance in r.clearances],
    },
    lambda r: in_our_hands(yes=r.status is not RecoveryStatus.CLOSED),
)

adverse_events: Final = sa.Table(
    "adverse_events",
    metadata,
    *aggregate_columns(_session(), _status()),
    sa.Index("adverse_events_course", "course_id", "id"),
    sa.Index("adverse_events_status", "status", "id"),
)
ADVERSE_EVENTS: Final = AggregateTable(
    "adverse_event", adverse_events, TypeAdapter(AdverseEvent), _columns("session_id", "status")
)

summaries: Final = sa.Table(
    "summary_reviews",
    metadata,
    *aggregate_columns(_session(), _status()),
    sa.UniqueConstraint("session_id"),
    sa.Index("summary_reviews_course", "course_id"),
    sa.Index("summary_reviews_status", "status", "id"),
)
SUMMARIES: Final = AggregateTable(
    "summary_review", summaries, TypeAdapter(SummaryReview), _columns("session_id", "status")
)

holds: Final = sa.Table(
    "holds",
    metadata,
    *aggregate_columns(
        _session(nullable=True), _status(), sa.Column("cause", sa.Text, nullable=False)
    ),
    sa.Index("holds_course", "course_id", "status"),
    sa.Index("holds_status", "status", "id"),
    # Ruling 19: one open hold per cause.
    sa.Index(
        "one_open_hold_per_cause",
        "cause",
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    ),
    sa.Index("holds_cause", "cause"),
)
HOLDS: Final = AggregateTable(
    "safety_hold", holds, TypeAdapter(Hold), _columns("session_id", "status", "cause")
)

incidents: Final = sa.Table(
    "incidents",
    metadata,
    *aggregate_columns(
        _session(nullable=True),
        _status(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("code", "cause"),
    sa.Index("incidents_course", "course_id", "id"),
    sa.Index("incidents_status", "status", "id"),
)
INCIDENTS: Final = AggregateTable(
    "incident", incidents, TypeAdapter(Incident), _columns("session_id", "status", "code", "cause")
)

tasks: Final = sa.Table(
    "review_tasks",
    metadata,
    *aggregate_columns(
        _session(nullable=True),
        _status(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("kind", "cause"),
    sa.Index("review_tasks_course", "course_id", "id"),
    sa.Index("review_tasks_status", "status", "id"),
)
TASKS: Final = AggregateTable(
    "review_task", tasks, TypeAdapter(ReviewTask), _columns("session_id", "status", "kind", "cause")
)


def _told_places(facts: CourseFacts) -> tuple[Related, ...]:
    """Until intake has told of a course, nobody is on its team."""
    told = facts.care_team.told
    if facts.registered is None and told is None:
        return ()
    return team_places(
        therapist=None if told is None else told.value.therapist_ref,
        prescriber=None if told is None else told.value.prescriber_ref,
        over=facts.closed is not None,
        told=True,
    )


course_facts: Final = sa.Table("course_facts", metadata, *facts_columns())
COURSE_FACTS: Final = FactsTable(
    course_facts,
    TypeAdapter(CourseFacts),
    lambda course_id, client_id: CourseFacts(course_id=course_id, client_id=client_id),
    _told_places,
)

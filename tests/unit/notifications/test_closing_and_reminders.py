"""When aftercare may close, and when an appointment is worth a reminder."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.notifications.domain.aftercare_course import end_restriction
from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.check_in import CheckIn, CheckInStatus
from services.notifications.domain.closing import closing_decision
from services.notifications.domain.escalation import (
    Cause,
    Escalation,
    EscalationStatus,
    open_escalation,
)
from services.notifications.domain.reminders import Reminder, reminders
from shared.protocol import Messaging
from tests.unit.notifications.moments import (
    AFTERCARE,
    CLIENT,
    COURSE,
    SESSION,
    at,
    plan,
)

LATER = at("13:00", day=13)
MONITORING = end_restriction(plan(until="20:30", end_known=True), now=LATER).state


def check_in(status: CheckInStatus) -> CheckIn:
    return CheckIn(
        id=UUID(int=61),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        aftercare_id=AFTERCARE,
        hours=24,
        patience_hours=6,
        due_at=at("12:30", day=11),
        status=status,
    )


def escalation(status: EscalationStatus) -> Escalation:
    opened = open_escalation(
        escalation_id=UUID(int=62),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        aftercare_id=AFTERCARE,
        cause=Cause.CHECK_IN_CONCERN,
        cause_id=UUID(int=61),
        since=at("13:00", day=11),
        now=at("13:00", day=11),
        messaging=Messaging(),
    ).state
    return replace(opened, status=status)


CLOSED = [check_in(CheckInStatus.CLOSED)]
RESOLVED = [escalation(EscalationStatus.RESOLVED)]


def test_everything_done_closes() -> None:
    assert closing_decision(MONITORING, CLOSED, RESOLVED, now=LATER).allowed


@pytest.mark.parametrize(
    ("state", "check_ins", "escalations", "now", "slug"),
    [
        (plan(until="20:30", end_known=True), CLOSED, [], at("20:29"), "restriction-over"),
        (MONITORING, [check_in(CheckInStatus.DUE)], [], LATER, "check-ins-closed"),
        (MONITORING, [check_in(CheckInStatus.PLANNED)], [], LATER, "check-ins-closed"),
        (MONITORING, [], [], LATER, "check-ins-closed"),
        (MONITORING, CLOSED, [escalation(EscalationStatus.OPEN)], LATER, "nothing-escalated"),
        (
            MONITORING,
            CLOSED,
            [escalation(EscalationStatus.ACKNOWLEDGED)],
            LATER,
            "nothing-escalated",
        ),
        (
            replace(MONITORING, status=AftercareStatus.ESCALATED),
            CLOSED,
            [],
            LATER,
            "nothing-escalated",
        ),
    ],
)
def test_each_thing_left_keeps_it_open(
    state: AftercarePlan,
    check_ins: list[CheckIn],
    escalations: list[Escalation],
    now: datetime,
    slug: str,
) -> None:
    decision = closing_decision(state, check_ins, escalations, now=now)
    assert {refusal.slug for refusal in decision.refusals} == {slug}


def test_an_unknown_end_keeps_it_open_for_ever() -> None:
    decision = closing_decision(plan(), CLOSED, [], now=at("18:00", day=30))
    assert {r.slug for r in decision.refusals} == {"session-end-known", "restriction-over"}


STARTS = at("09:30", day=20)


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        (
            at("10:00"),
            (
                Reminder(48, at("09:30", day=18)),
                Reminder(24, at("09:30", day=19)),
            ),
        ),
        (at("10:00", day=18), (Reminder(24, at("09:30", day=19)),)),
        (at("10:00", day=19), (Reminder(0, at("10:00", day=19)),)),
        (STARTS - timedelta(hours=2), (Reminder(0, at("07:30", day=20)),)),
        (STARTS - timedelta(minutes=119), ()),
        (STARTS + timedelta(hours=1), ()),
    ],
)
def test_reminders_that_are_still_ahead(booked: datetime, expected: tuple[Reminder, ...]) -> None:
    assert reminders(starts_at=STARTS, booked_at=booked, hours=(24, 48)) == expected

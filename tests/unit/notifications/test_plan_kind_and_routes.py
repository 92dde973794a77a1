"""What makes aftercare enhanced (F101, 7.2), and who is told what (F36)."""

from uuid import UUID

import pytest

from services.notifications.domain.alerts import ROUTES, Alert, AlertKind
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.plan_kind import plan_kind
from services.notifications.domain.session_facts import (
    Dose,
    Exit,
    ExitWay,
    SessionFacts,
)
from services.notifications.domain.vocabulary import PlanKind
from shared.protocol import HoldCategory, Role
from tests.unit.notifications.moments import CLIENT, COURSE, ORDER, SESSION, at, told

FRESH = CourseFacts(course_id=COURSE, client_id=CLIENT)
EMPTY = SessionFacts(id=SESSION)
HOLD = UUID(int=24)


def dosed(session: SessionFacts = EMPTY) -> SessionFacts:
    return session.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00"))))


def held(category: HoldCategory, occurred: str = "10:00") -> CourseFacts:
    return FRESH.hold_placed("intake", HOLD, told(category, occurred=at(occurred)))


@pytest.mark.parametrize(
    ("facts", "session", "expected"),
    [
        (FRESH, dosed(), PlanKind.STANDARD),
        (FRESH, dosed().worried("recovery:1", told(at("10:50"))), PlanKind.ENHANCED),
        (
            FRESH,
            dosed().left(told(Exit(way=ExitWay.TRANSFERRED, at=at("11:05")))),
            PlanKind.ENHANCED,
        ),
        (
            FRESH,
            dosed().left(told(Exit(way=ExitWay.AGAINST_ADVICE, at=at("11:05")))),
            PlanKind.ENHANCED,
        ),
        (
            FRESH,
            dosed().left(told(Exit(way=ExitWay.DISCHARGED, at=at("12:45")))),
            PlanKind.STANDARD,
        ),
        (
            FRESH.hold_placed("intake", HOLD, told(HoldCategory.SUICIDALITY)).hold_lifted(
                "intake", HOLD, "e"
            ),
            dosed(),
            PlanKind.ENHANCED,
        ),
        (
            FRESH.hold_placed(
                "intake", HOLD, told(HoldCategory.CONTRAINDICATION, occurred=at("10:30"))
            ),
            dosed(),
            PlanKind.ENHANCED,
        ),
        (
            FRESH.hold_placed(
                "intake", HOLD, told(HoldCategory.CONTRAINDICATION, occurred=at("09:00"))
            ),
            dosed(),
            PlanKind.STANDARD,
        ),
        (held(HoldCategory.VITALS), dosed(), PlanKind.STANDARD),
        (
            FRESH.alert(
                told(
                    Alert(kind=AlertKind.APPROVAL_REVOKED, cause_id=UUID(int=40)),
                    occurred=at("10:30"),
                )
            ),
            dosed(),
            PlanKind.ENHANCED,
        ),
    ],
)
def test_what_makes_a_plan_enhanced(
    facts: CourseFacts, session: SessionFacts, expected: PlanKind
) -> None:
    assert plan_kind(facts, session) is expected


BOTH = {Role.THERAPIST, Role.PRESCRIBER}


@pytest.mark.parametrize(
    "kind",
    [
        AlertKind.HOLD_PLACED,
        AlertKind.APPROVAL_REVOKED,
        AlertKind.PRESCRIPTION_REVOKED,
        AlertKind.CONSENT_WITHDRAWN,
        AlertKind.CLEARANCE_RESCINDED,
        AlertKind.ADVERSE_EVENT,
        AlertKind.SERIOUS_ADVERSE_EVENT,
        AlertKind.LEFT_AGAINST_ADVICE,
        AlertKind.DOSE_WITHHELD,
    ],
)
def test_both_roles_hear_of_every_hold_revocation_and_adverse_event(kind: AlertKind) -> None:
    assert set(ROUTES[kind].roles) >= BOTH


def test_every_alert_has_somebody_to_tell() -> None:
    assert set(ROUTES) == set(AlertKind)
    assert all(route.roles for route in ROUTES.values())

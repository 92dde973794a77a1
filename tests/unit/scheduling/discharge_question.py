"""A discharge that is allowed, and what can be changed about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.gate_discharge import (
    DischargeFacts,
    decide_discharge,
)
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.peer_answers import ClearanceWord, OrderWord, PrescribingWord
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Decision
from tests.support.replayed import assert_replays
from tests.unit.scheduling.building import (
    NURSE,
    ORDER,
    PROTOCOL,
    THERAPIST,
    administered,
    at,
    escort,
    facts,
    named,
    recovering,
)

NOW = at("12:45")
HERE = (escort(arrived=True),)
CLOSED = OrderWord(id=str(ORDER), authorised=False, closed=True)
CLEARANCE = ClearanceWord(
    id=str(named("clearance")),
    covers_dose_seq=1,
    cleared_at=at("12:35"),
    valid_until=at("13:05"),
)


def prescribing(**changes: Any) -> PrescribingWord:
    good: dict[str, Any] = {
        "age": timedelta(seconds=0.1),
        "order": CLOSED,
        "clearance": CLEARANCE,
        "administered_count": 1,
    }
    return PrescribingWord(**{**good, **changes})


def manual(**changes: Any) -> ManualClearance:
    good: dict[str, Any] = {
        "id": named("manual"),
        "stated_dose_count": 1,
        "last_dose_at": at("10:00"),
        "cleared_at": at("12:35"),
        "valid_until": at("13:05"),
        "reason_code": ManualClearanceReason.PRESCRIBING_UNREACHABLE,
        "first_ref": NURSE,
        "first_role": Role.NURSE,
        "second_ref": THERAPIST,
        "second_role": Role.THERAPIST,
    }
    return ManualClearance(**{**good, **changes})


def decide(**changes: Any) -> Decision:
    asked = question(**changes)
    decision = decide_discharge(asked)
    if _could_be(asked.session.manual_clearance):
        assert_replays(RECORDED_GATES, decision, asked, replace(PROTOCOL, recovery=asked.recovery))
    return decision


def _could_be(stated: ManualClearance | None) -> bool:
    """Whether it lasts as long as the clinic says; some tests let it end when they like."""
    validity = timedelta(minutes=PROTOCOL.recovery.clearance_validity_minutes)
    return stated is None or stated.valid_until == stated.cleared_at + validity


def question(**changes: Any) -> DischargeFacts:
    good: dict[str, Any] = {
        "session": recovering(status=SessionStatus.DISCHARGING, escorts=HERE),
        "facts": administered(facts()),
        "prescribing": prescribing(),
        "recovery": PROTOCOL.recovery,
        "now": NOW,
    }
    return DischargeFacts(**{**good, **changes})


def discharging(**changes: Any) -> dict[str, Any]:
    return {
        "session": recovering(**{"status": SessionStatus.DISCHARGING, "escorts": HERE, **changes})
    }

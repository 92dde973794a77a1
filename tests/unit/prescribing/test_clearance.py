from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.clearance import (
    ClearanceFacts,
    clear,
    clearance_decision,
    clearing_role,
    expire,
    rescind,
)
from services.prescribing.domain.events import ClearanceRescinded, ClearedForDischarge
from services.prescribing.domain.recovery_states import RecoveryEnd, RecoveryStatus
from shared.decisions import Refused
from shared.protocol import ClearanceRole, Role
from tests.unit.prescribing.clearing import CLEARANCE, cleared, ready
from tests.unit.prescribing.clinic import (
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    THERAPIST,
    at,
    on_board,
    recovering,
    slugs,
)

S = RecoveryStatus


def facts(**changes: Any) -> ClearanceFacts:
    good = ClearanceFacts(
        recovery=ready(),
        protocol=PROTOCOL,
        session_ended_at=at("12:30"),
        session_end_source="event",
        medicine_out=False,
        found=False,
        by=NURSE,
        at=at("12:35"),
    )
    return replace(good, **changes)


def test_a_clearance_covers_the_doses_and_runs_out() -> None:
    assert clearance_decision(facts()).allowed

    recovery = cleared()

    assert recovery.cleared_at(at("12:35"))
    assert recovery.cleared_at(at("13:04"))
    assert not recovery.cleared_at(at("13:05"))
    assert recovery.status_at(at("13:05")) is S.READY


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"at": at("11:30"), "recovery": recovering()}, "minimum-observation-not-over"),
        ({"recovery": recovering()}, "recovery-criteria-not-met"),
        ({"recovery": ready(at("12:04"))}, "recovery-criteria-not-met"),
        ({"session_ended_at": None}, "session-not-ended"),
        ({"medicine_out": True}, "medicine-not-accounted-for"),
        ({"by": THERAPIST}, "role-may-not-clear"),
        ({"recovery": ready().tighten().state}, "prescriber-must-clear"),
        ({"found": True}, "prescriber-must-clear"),
        ({"recovery": cleared(), "at": at("12:40")}, "already-cleared"),
        (
            {"recovery": ready().close(RecoveryEnd.TRANSFERRED, at("12:31")).state},
            "recovery-closed",
        ),
        (
            {"recovery": ready().on_board(on_board(at("12:20"), seq=2), at("12:32")).state},
            "minimum-observation-not-over",
        ),
    ],
)
def test_one_missing_condition_refuses(changes: dict[str, Any], slug: str) -> None:
    decision = clearance_decision(facts(**changes))

    assert slug in {r.slug for r in decision.refusals}


def test_a_check_at_the_edge_of_its_age_still_counts() -> None:
    assert clearance_decision(facts(recovery=ready(at("12:05")))).allowed


def test_the_prescriber_clears_what_was_tightened() -> None:
    """Section 7.2: found with the dose on board."""
    tightened = ready().tighten().state

    assert clearance_decision(facts(recovery=tightened, by=PRESCRIBER)).allowed
    assert clearance_decision(facts(found=True, by=PRESCRIBER)).allowed


@pytest.mark.parametrize(
    ("role", "clears_as"),
    [
        (Role.PRESCRIBER, ClearanceRole.PRESCRIBER),
        (Role.NURSE, ClearanceRole.NURSE),
        (Role.THERAPIST, None),
        (Role.FRONT_DESK, None),
    ],
)
def test_who_may_clear(role: Role, clears_as: ClearanceRole | None) -> None:
    assert clearing_role(role, PROTOCOL.recovery) is clears_as


def test_a_clinic_may_let_trained_therapists_clear() -> None:
    rules = replace(
        PROTOCOL.recovery,
        clearance_roles=(*PROTOCOL.recovery.clearance_roles, ClearanceRole.TRAINED_THERAPIST),
    )

    assert clearing_role(Role.THERAPIST, rules) is ClearanceRole.TRAINED_THERAPIST


def test_a_clearance_that_ran_out_leads_back_to_ready() -> None:
    assert expire(cleared(), at("13:05")).state.status is S.READY
    assert expire(cleared(), at("13:04")).state.status is S.CLEARED


def test_after_running_out_a_new_check_gives_a_new_clearance() -> None:
    """Ruling 16."""
    stale = facts(recovery=expire(cleared(), at("13:05")).state, at=at("13:06"))
    assert "recovery-criteria-not-met" in {r.slug for r in clearance_decision(stale).refusals}


def test_rescinding_is_final_for_that_clearance() -> None:
    """INV-23."""
    change = rescind(cleared(), CLEARANCE, at("12:40"))
    assert [type(e) for e in change.events] == [ClearanceRescinded]
    assert change.state.status is S.RESCINDED

    with pytest.raises(Refused) as refused:
        rescind(change.state, CLEARANCE, at("12:41"))
    assert slugs(refused.value) == {"clearance-not-in-force"}


def test_only_the_clearance_in_force_can_be_rescinded() -> None:
    for recovery, clearance_id in ((cleared(), uuid4()), (ready(), CLEARANCE)):
        with pytest.raises(Refused) as refused:
            rescind(recovery, clearance_id, at("12:40"))
        assert slugs(refused.value) == {"clearance-not-in-force"}
    with pytest.raises(Refused):
        rescind(cleared(), CLEARANCE, at("13:05"))


def test_a_clearance_says_who_cleared_and_which_doses() -> None:
    change = clear(
        ready(),
        UUID(int=41),
        by=PRESCRIBER,
        role=ClearanceRole.PRESCRIBER,
        at=at("12:35"),
        validity=at("13:05") - at("12:35"),
    )

    (event,) = change.events
    assert isinstance(event, ClearedForDischarge)
    assert (event.covers_dose_seq, event.cleared_by_role, event.valid_until) == (
        1,
        ClearanceRole.PRESCRIBER,
        at("13:05"),
    )


def test_nobody_is_cleared_who_is_not_ready() -> None:
    with pytest.raises(Refused) as refused:
        clear(
            recovering(),
            UUID(int=41),
            by=PRESCRIBER,
            role=ClearanceRole.PRESCRIBER,
            at=at("12:35"),
            validity=at("13:05") - at("12:35"),
        )
    assert slugs(refused.value) == {"recovery-not-ready"}

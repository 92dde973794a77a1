"""Late doses, the proof of none, and the ways out of the door."""

from dataclasses import replace

import pytest

from services.scheduling.domain.doses import close_undosed, see_doses
from services.scheduling.domain.events import (
    ClientDischarged,
    DischargeMode,
    IncidentCode,
    LeftAgainstAdvice,
    Outcome,
    SessionCompleted,
)
from services.scheduling.domain.leaving import (
    begin_discharge,
    discharge,
    leave_against_advice,
    return_to_clearable,
    transfer,
)
from services.scheduling.domain.left_against_advice import Capacity, Circumstances
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen, Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.therapy import end_therapy, request_stop
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    at,
    checked_in,
    dosed,
    named,
    opening,
    recovering,
    session,
)

ONE = DosesSeen(count=1, first_at=at("10:00"), last_at=at("10:00"))
TWO = DosesSeen(count=2, first_at=at("10:00"), last_at=at("10:40"))
S = SessionStatus


def test_the_first_dose_begins_the_onset() -> None:
    seen = see_doses(opening(), ONE, at=at("10:01"))
    assert seen.state.status is S.DOSED
    assert seen.state.phase is Phase.ONSET
    assert seen.state.incidents == ()


def test_the_same_dose_again_changes_nothing() -> None:
    assert see_doses(dosed(), ONE, at=at("10:30")).state == dosed()


def test_a_second_dose_keeps_the_phase() -> None:
    seen = see_doses(dosed(phase=Phase.PEAK), TWO, at=at("10:41")).state
    assert seen.status is S.DOSED
    assert seen.phase is Phase.PEAK
    assert seen.doses == TWO


@pytest.mark.parametrize("status", [S.ABORTED, S.CLOSED])
def test_a_dose_after_an_aborted_end_reopens_with_an_incident(status: SessionStatus) -> None:
    aborted = request_stop(opening(), by_role=Role.CLIENT, at=at("09:59")).state
    seen = see_doses(_with(aborted, status), ONE, at=at("10:05")).state
    assert seen.status is S.DOSED
    assert seen.reopened
    assert seen.end is None
    assert [i.code for i in seen.incidents] == [IncidentCode.DOSE_AFTER_ABORTED_END]


def test_a_reopened_session_is_ended_anew_by_the_therapist() -> None:
    aborted = request_stop(opening(), by_role=Role.CLIENT, at=at("09:59")).state
    reopened = see_doses(aborted, ONE, at=at("10:05")).state
    ended = end_therapy(
        reopened, ended_at=at("10:10"), outcome=None, now=at("10:10"), by=Role.THERAPIST
    )
    assert ended.state.status is S.THERAPY_ENDED
    assert [type(e) for e in ended.events] == [SessionCompleted]


@pytest.mark.parametrize("status", [S.SCHEDULED, S.BLOCKED, S.READY, S.CANCELLED, S.MISSED])
def test_a_dose_outside_a_running_session_is_observed_all_the_same(status: SessionStatus) -> None:
    seen = see_doses(_with(checked_in(gate_id=named("gate")), status), ONE, at=at("10:05")).state
    assert seen.status is S.DOSED
    assert seen.gate_id is None
    assert [i.code for i in seen.incidents] == [IncidentCode.DOSE_OUTSIDE_SESSION]


@pytest.mark.parametrize("status", [S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE, S.DISCHARGING])
def test_a_late_dose_brings_whoever_is_still_here_back_to_recovering(
    status: SessionStatus,
) -> None:
    seen = see_doses(_with(recovering(), status), TWO, at=at("12:40")).state
    assert seen.status is S.RECOVERING
    assert seen.end == recovering().end


@pytest.mark.parametrize("status", [S.DISCHARGED, S.TRANSFERRED, S.LEFT_AGAINST_ADVICE])
def test_a_late_dose_of_someone_gone_is_an_incident(status: SessionStatus) -> None:
    seen = see_doses(_with(recovering(), status), TWO, at=at("13:40")).state
    assert seen.status is status
    assert seen.doses == TWO
    assert [i.code for i in seen.incidents] == [IncidentCode.DOSE_AFTER_DISCHARGE]


def test_a_dose_told_for_a_talk_is_an_incident() -> None:
    seen = see_doses(session(SessionKind.PREP), ONE, at=at("10:00")).state
    assert seen.status is S.SCHEDULED
    assert [i.code for i in seen.incidents] == [IncidentCode.DOSE_OUTSIDE_SESSION]


def test_no_dose_closes_an_aborted_session_and_a_dose_does_not() -> None:
    aborted = request_stop(opening(), by_role=Role.CLIENT, at=at("09:59")).state
    assert close_undosed(aborted, at=at("10:05")).state.status is S.CLOSED
    assert close_undosed(recovering(), at=at("12:40")).state.status is S.RECOVERING


def test_a_discharge_names_clearance_and_escort() -> None:
    clearable = _with(recovering(), S.CLEARABLE)
    discharging = begin_discharge(
        clearable, gate_id=named("gate"), at=at("12:44"), by=Role.FRONT_DESK
    ).state
    change = discharge(
        discharging,
        clearance_id=named("clearance"),
        escort_id=named("escort"),
        open_items=("escort_instructed",),
        left_at=at("12:45"),
        at=at("12:45"),
        by=Role.FRONT_DESK,
    )
    assert change.state.over
    assert change.events == (
        ClientDischarged(
            at=at("12:45"),
            session_id=clearable.id,
            mode=DischargeMode.STANDARD,
            clearance_id=named("clearance"),
            escort_id=named("escort"),
        ),
    )
    assert change.state.leaving is not None
    assert change.state.leaving.open_items == ("escort_instructed",)


def test_a_refused_discharge_goes_back_and_an_older_decision_does_not() -> None:
    discharging = begin_discharge(
        _with(recovering(), S.CLEARABLE), gate_id=named("gate"), at=at("12:44"), by=Role.FRONT_DESK
    ).state
    kept = return_to_clearable(discharging, gate_id=named("x"), at=at("12:45"), by=Role.SYSTEM)
    assert kept.state is discharging
    back = return_to_clearable(discharging, gate_id=named("gate"), at=at("12:45"), by=Role.SYSTEM)
    assert back.state.status is S.CLEARABLE


@pytest.mark.parametrize("status", [S.DOSED, S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE])
def test_a_transfer_ends_the_therapy_first_where_it_had_not(status: SessionStatus) -> None:
    here = dosed() if status is S.DOSED else _with(recovering(), status)
    change = transfer(here, left_at=at("12:35"), at=at("12:36"), by=Role.NURSE)
    kinds = [type(e) for e in change.events]
    assert kinds == ([SessionCompleted] if status is S.DOSED else []) + [ClientDischarged]
    assert change.state.status is S.TRANSFERRED
    assert change.events[-1].at == at("12:35")
    if status is S.DOSED:
        assert change.state.end is not None
        assert change.state.end.outcome is Outcome.ENDED_BY_CLINICIAN
        assert change.state.end.at == at("12:35")


def test_walking_out_is_no_discharge_and_ends_the_therapy_once() -> None:
    change = leave_against_advice(
        dosed(),
        left_at=at("11:00"),
        circumstances=Circumstances(capacity=Capacity.HAS_CAPACITY, escort_present=False),
        at=at("11:01"),
        by=Role.THERAPIST,
    )
    assert [type(e) for e in change.events] == [SessionCompleted, LeftAgainstAdvice]
    assert isinstance(told := change.events[-1], LeftAgainstAdvice)
    assert told.capacity_assessed
    later = leave_against_advice(
        recovering(),
        left_at=at("12:50"),
        circumstances=Circumstances(capacity=Capacity.LACKS_CAPACITY, escort_present=True),
        at=at("12:50"),
        by=Role.NURSE,
    )
    assert [type(e) for e in later.events] == [LeftAgainstAdvice]


@pytest.mark.parametrize("here", [checked_in(), opening(), None])
def test_before_a_dose_nobody_is_transferred_or_walks_out(here: Session | None) -> None:
    here = here or request_stop(opening(), by_role=Role.CLIENT, at=at("09:59")).state
    with pytest.raises(Refused) as refused:
        transfer(here, left_at=at("10:00"), at=at("10:00"), by=Role.NURSE)
    assert refused.value.refusals[0].slug == "cannot-transfer"


def _with(session_: Session, status: SessionStatus) -> Session:
    return replace(session_, status=status)

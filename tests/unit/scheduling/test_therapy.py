"""Start, stop, end, abort: the therapy part of a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.assent import AssentStatus
from services.scheduling.domain.events import (
    DosingSessionStarted,
    Outcome,
    SessionCompleted,
    SessionStopRequested,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.starting import (
    lower_ready,
    raise_ready,
    start_dosing,
    start_talk,
)
from services.scheduling.domain.therapy import (
    abort,
    end_therapy,
    enter_phase,
    observe,
    request_stop,
)
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    ORDER,
    PRESCRIBER,
    at,
    checked_in,
    dosed,
    named,
    opening,
    recovering,
    session,
)

GATE = named("gate")
AFTER_DOSE = (Phase.ONSET, Phase.PEAK, Phase.SUBSIDING, Phase.DEBRIEF)


def _ready() -> Session:
    return raise_ready(checked_in(), gate_id=GATE, at=at("09:50"), by=Role.THERAPIST).state


def test_the_flag_goes_up_and_names_its_decision() -> None:
    ready = _ready()
    assert ready.status is SessionStatus.READY
    assert ready.gate_id == GATE


def test_a_second_start_while_one_is_decided_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        raise_ready(_ready(), gate_id=named("other"), at=at("09:50"), by=Role.THERAPIST)
    assert refused.value.refusals[0].slug == "start-being-decided"


def test_lowering_an_old_flag_does_nothing() -> None:
    ready = _ready()
    lowered = lower_ready(ready, gate_id=named("older"), at=at("09:51"), by=Role.SYSTEM)
    assert lowered.state is ready
    assert (
        lower_ready(ready, gate_id=GATE, at=at("09:51"), by=Role.SYSTEM).state.status
        is SessionStatus.CHECKED_IN
    )


def test_a_start_uses_the_assent_and_names_gate_and_supervisor() -> None:
    change = start_dosing(
        _ready(),
        assent_id=named("assent"),
        supervisor_ref=PRESCRIBER,
        dose_order_id=ORDER,
        at=at("09:50"),
        by=Role.THERAPIST,
    )
    assert change.state.status is SessionStatus.IN_PROGRESS
    assert change.state.phase is Phase.OPENING
    assert change.state.assent.status is AssentStatus.USED
    assert change.state.dose_order_id == ORDER
    assert change.events == (
        DosingSessionStarted(
            at=at("09:50"),
            session_id=change.state.id,
            gate_id=GATE,
            assent_id=named("assent"),
            supervisor_ref=PRESCRIBER,
        ),
    )


def test_a_talk_starts_without_a_gate_and_ends_with_the_talk() -> None:
    talk = session(SessionKind.PREP, status=SessionStatus.CHECKED_IN)
    started = start_talk(talk, at=at("09:30"), by=Role.THERAPIST).state
    ended = end_therapy(
        started, ended_at=at("10:20"), outcome=None, now=at("10:25"), by=Role.THERAPIST
    )
    assert ended.state.status is SessionStatus.COMPLETED
    assert ended.events == (
        SessionCompleted(
            at=at("10:20"),
            session_id=talk.id,
            kind=SessionKind.PREP,
            outcome=Outcome.COMPLETED,
        ),
    )


@pytest.mark.parametrize("phase", [Phase.ONSET, Phase.PEAK, Phase.SUBSIDING, Phase.DEBRIEF])
def test_a_stop_is_taken_in_every_phase_after_the_dose(phase: Phase) -> None:
    change = request_stop(dosed(phase=phase), by_role=Role.CLIENT, at=at("10:25"))
    assert change.state.status is SessionStatus.THERAPY_ENDED
    assert change.events == (
        SessionStopRequested(at=at("10:25"), session_id=change.state.id, by_role=Role.CLIENT),
        SessionCompleted(
            at=at("10:25"),
            session_id=change.state.id,
            kind=SessionKind.DOSING,
            outcome=Outcome.ENDED_BY_CLIENT,
        ),
    )


def test_a_clinicians_stop_is_the_clinicians() -> None:
    change = request_stop(dosed(), by_role=Role.NURSE, at=at("10:25"))
    assert change.state.end is not None
    assert change.state.end.outcome is Outcome.ENDED_BY_CLINICIAN


def test_a_stop_before_the_dose_aborts_and_does_not_close() -> None:
    change = request_stop(opening(), by_role=Role.CLIENT, at=at("09:55"))
    assert change.state.status is SessionStatus.ABORTED
    assert [type(e) for e in change.events] == [SessionStopRequested, SessionCompleted]
    assert change.state.end is not None
    assert change.state.end.outcome is Outcome.ABORTED_BEFORE_DOSE


def test_a_second_stop_changes_nothing() -> None:
    stopped = request_stop(dosed(), by_role=Role.CLIENT, at=at("10:25")).state
    again = request_stop(stopped, by_role=Role.THERAPIST, at=at("10:26"))
    assert again.state is stopped
    assert again.events == ()


def test_a_stop_while_the_start_is_decided_takes_the_assent_back() -> None:
    change = request_stop(_ready(), by_role=Role.CLIENT, at=at("09:50"))
    assert change.state.status is SessionStatus.CHECKED_IN
    assert change.state.assent.status is AssentStatus.REFUSED
    assert change.state.gate_id is None
    assert change.events == ()


def test_where_nothing_runs_there_is_nothing_to_stop() -> None:
    with pytest.raises(Refused) as refused:
        request_stop(checked_in(), by_role=Role.CLIENT, at=at("09:45"))
    assert refused.value.refusals[0].slug == "nothing-in-progress"


def test_a_talk_is_stopped_without_a_safety_event() -> None:
    talk = session(SessionKind.INTEGRATION, status=SessionStatus.IN_PROGRESS)
    change = request_stop(talk, by_role=Role.CLIENT, at=at("09:45"))
    assert change.state.status is SessionStatus.COMPLETED
    assert [type(e) for e in change.events] == [SessionCompleted]


def test_the_therapist_ends_at_the_stated_moment() -> None:
    change = end_therapy(
        dosed(), ended_at=at("12:30"), outcome=None, now=at("12:33"), by=Role.THERAPIST
    )
    assert change.state.end is not None
    assert change.state.end.at == at("12:30")
    assert change.events[0].at == at("12:30")
    assert change.state.passages[-1].at == at("12:33")


def test_an_end_before_the_last_dose_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        end_therapy(
            dosed(last="10:40"),
            ended_at=at("10:39"),
            outcome=None,
            now=at("12:00"),
            by=Role.THERAPIST,
        )
    assert refused.value.refusals[0].slug == "ended-before-last-dose"


def test_a_dosed_session_cannot_end_as_undosed() -> None:
    with pytest.raises(Refused) as refused:
        end_therapy(
            dosed(),
            ended_at=at("12:30"),
            outcome=Outcome.ABORTED_BEFORE_DOSE,
            now=at("12:30"),
            by=Role.THERAPIST,
        )
    assert refused.value.refusals[0].slug == "a-dose-was-taken"


def test_with_no_dose_seen_the_outcome_must_be_said() -> None:
    with pytest.raises(Refused) as refused:
        end_therapy(
            opening(), ended_at=at("10:30"), outcome=None, now=at("10:30"), by=Role.THERAPIST
        )
    assert refused.value.refusals[0].slug == "outcome-not-stated"


def test_an_undosed_looking_end_is_observed_until_the_order_closes() -> None:
    ended = end_therapy(
        opening(),
        ended_at=at("10:30"),
        outcome=Outcome.COMPLETED,
        now=at("10:30"),
        by=Role.THERAPIST,
    ).then(lambda s: observe(s, at=at("10:30")))
    assert ended.state.status is SessionStatus.RECOVERING
    assert [type(e) for e in ended.events] == [SessionCompleted]


def test_stating_that_there_was_no_dose_aborts() -> None:
    ended = end_therapy(
        opening(),
        ended_at=at("10:30"),
        outcome=Outcome.ABORTED_BEFORE_DOSE,
        now=at("10:31"),
        by=Role.THERAPIST,
    )
    assert ended.state.status is SessionStatus.ABORTED
    assert ended.events == abort(opening(), at=at("10:30"), by=Role.THERAPIST).events


def test_phases_follow_the_clinician_in_any_order() -> None:
    here = dosed()
    for phase in (Phase.DEBRIEF, Phase.PEAK, Phase.SUBSIDING):
        here = enter_phase(here, phase, at=at("10:30"), by=Role.THERAPIST).state
        assert here.phase is phase
    assert [p.phase for p in here.passages[-3:]] == [Phase.DEBRIEF, Phase.PEAK, Phase.SUBSIDING]


@pytest.mark.parametrize(
    ("here", "phase"),
    [(opening(), Phase.PEAK), (recovering(), Phase.PEAK), (dosed(), Phase.OPENING)],
)
def test_a_phase_needs_a_dose_and_no_end(here: Session, phase: Phase) -> None:
    with pytest.raises(Refused) as refused:
        enter_phase(here, phase, at=at("10:30"), by=Role.THERAPIST)
    assert refused.value.refusals[0].slug == "phase-not-possible"


def test_a_stop_told_late_happened_when_it_was_said() -> None:
    change = request_stop(dosed(), by_role=Role.CLIENT, at=at("10:25"), now=at("10:40"))
    assert change.state.stop is not None
    assert change.state.end is not None
    assert (change.state.stop.at, change.state.end.at) == (at("10:25"), at("10:25"))
    assert change.state.passages[-1].at == at("10:40")


def test_a_stop_told_late_ends_no_earlier_than_the_last_dose() -> None:
    change = request_stop(dosed(last="10:40"), by_role=Role.CLIENT, at=at("10:25"), now=at("10:50"))
    assert change.state.stop is not None
    assert change.state.end is not None
    assert (change.state.stop.at, change.state.end.at) == (at("10:25"), at("10:40"))


@given(st.lists(st.tuples(st.integers(1, 59), st.sampled_from(AFTER_DOSE)), max_size=8))
def test_phases_told_in_any_order_stand_in_the_order_in_which_they_were(
    told: list[tuple[int, Phase]],
) -> None:
    """Nothing is lost, equal times keep the order of telling, and the latest is where it is now."""
    here = dosed()
    for minute, phase in told:
        here = enter_phase(here, phase, at=at(f"11:{minute:02}"), by=Role.THERAPIST).state
    way = here.passages[len(dosed().passages) :]
    expected = sorted(told, key=lambda one: one[0])
    assert [(p.at, p.phase) for p in way] == [(at(f"11:{m:02}"), p) for m, p in expected]
    assert here.phase is (expected[-1][1] if expected else dosed().phase)

"""Every command in every state, and every event: what happens is in these tables.

A command that is not for a state is refused by name and with its facts; none is silently dropped,
except a stop where everything is over already.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import uuid5

import pytest

from services.scheduling.domain.accompanying import (
    confirm_safety_plan,
    decline_integration,
    share_summary,
)
from services.scheduling.domain.arrival import check_in, record_assent
from services.scheduling.domain.booking import cancel, miss
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.escorting import cancel_escort, confirm_escort, escort_arrived
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.leaving import begin_discharge, leave_against_advice, transfer
from services.scheduling.domain.left_against_advice import Capacity, Circumstances
from services.scheduling.domain.rearranging import reassign, reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session, SessionChange
from services.scheduling.domain.session_states import (
    BEFORE_START,
    DOSING,
    GONE,
    OVER,
    TALK,
    SessionStatus,
)
from services.scheduling.domain.starting import raise_ready, start_talk
from services.scheduling.domain.therapy import end_therapy, enter_phase, request_stop
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    PROTOCOL,
    RX,
    SESSION,
    ZONE,
    administered,
    at,
    cleared,
    hold,
    named,
    order_closed,
    rescinded,
    told,
)
from tests.unit.scheduling.states import dosing_in, facts_in, order_withheld, talk_in

S = SessionStatus
NOW = at("12:40")
DESK, HERE = Role.FRONT_DESK, Role.THERAPIST
WALKED_OUT = Circumstances(capacity=Capacity.HAS_CAPACITY, escort_present=False)
Command = Callable[[Session], SessionChange]

COMMANDS: Final[dict[str, Command]] = {
    "check_in": lambda s: check_in(s, at=NOW, by=DESK, zone=ZONE),
    "assent": lambda s: record_assent(
        s, assent_id=named("new"), at=NOW, explained=True, given=True, valid=timedelta(hours=1)
    ),
    "raise_ready": lambda s: raise_ready(s, gate_id=uuid5(SESSION, "new"), at=NOW, by=HERE),
    "phase": lambda s: enter_phase(s, Phase.PEAK, at=NOW, by=HERE),
    "stop": lambda s: request_stop(s, by_role=Role.CLIENT, at=NOW),
    "end": lambda s: end_therapy(s, ended_at=NOW, outcome=None, now=NOW, by=HERE),
    "cancel": lambda s: cancel(s, at=NOW, by=DESK),
    "miss": lambda s: miss(s, at=NOW, by=DESK),
    "reschedule": lambda s: reschedule(s, starts_at=NOW, at=NOW, by=DESK, zone=ZONE),
    "reassign": lambda s: reassign(s, room_id=named("another room")),
    "confirm_escort": lambda s: confirm_escort(
        s, escort_id=named("new"), adult=True, rideshare=False, rideshare_alone=False, at=NOW
    ),
    "cancel_escort": lambda s: cancel_escort(s, named("escort"), at=NOW),
    "escort_arrived": lambda s: escort_arrived(
        s, named("escort"), arrived_at=NOW, identity_matched=True
    ),
    "decline_integration": lambda s: decline_integration(s, at=NOW),
    "safety_plan": lambda s: confirm_safety_plan(s, at=NOW),
    "summary": lambda s: share_summary(s, summary_ref=named("summary"), at=NOW),
    "begin_discharge": lambda s: begin_discharge(s, gate_id=named("door"), at=NOW, by=DESK),
    "transfer": lambda s: transfer(s, left_at=NOW, at=NOW, by=HERE),
    "walk_out": lambda s: leave_against_advice(
        s, left_at=NOW, circumstances=WALKED_OUT, at=NOW, by=HERE
    ),
}
_NOT_THERE_YET = {S.SCHEDULED, S.BLOCKED}
_RUNNING = {S.IN_PROGRESS, S.DOSED}
_OBSERVED = {S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE, S.DISCHARGING}
_ENDED = _OBSERVED | GONE | {S.ABORTED, S.CLOSED}
_BEGUN = set(DOSING) - BEFORE_START
DOSING_ALLOWS: Final[dict[str, set[SessionStatus]]] = {
    "check_in": {S.SCHEDULED},
    "assent": {S.CHECKED_IN},
    "raise_ready": {S.CHECKED_IN},
    "phase": {S.DOSED},
    "stop": _RUNNING | {S.READY},
    "end": {S.DOSED},
    "cancel": set(BEFORE_START),
    "miss": _NOT_THERE_YET,
    "reschedule": set(BEFORE_START),
    "reassign": set(BEFORE_START),
    "confirm_escort": set(DOSING) - OVER,
    "cancel_escort": set(DOSING) - OVER,
    "escort_arrived": set(DOSING) - OVER - _NOT_THERE_YET,
    "decline_integration": _BEGUN,
    "safety_plan": _BEGUN,
    "summary": _ENDED,
    "begin_discharge": {S.CLEARABLE},
    "transfer": _OBSERVED | {S.DOSED},
    "walk_out": _OBSERVED | {S.DOSED},
}
TALK_ALLOWS: Final[dict[str, set[SessionStatus]]] = {
    "check_in": {S.SCHEDULED},
    "assent": {S.CHECKED_IN},
    "stop": {S.IN_PROGRESS},
    "end": {S.IN_PROGRESS},
    "cancel": _NOT_THERE_YET | {S.CHECKED_IN},
    "miss": _NOT_THERE_YET,
    "reschedule": _NOT_THERE_YET | {S.CHECKED_IN},
    "reassign": _NOT_THERE_YET | {S.CHECKED_IN},
    "confirm_escort": set(TALK) - OVER,
    "summary": {S.COMPLETED},
}


def _tried(command: Command, here: Session, *, allowed: bool, already_over: bool) -> None:
    if allowed:
        assert command(here).state != here
    elif already_over:
        assert command(here) == type(command(here))(here)
    else:
        with pytest.raises(Refused) as refused:
            command(here)
        for refusal in refused.value.refusals:
            assert refusal.slug
            assert refusal.rule
            assert refusal.facts, refusal.slug


@pytest.mark.parametrize("status", list(DOSING))
@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_dosing_session_takes_or_refuses_every_command(name: str, status: SessionStatus) -> None:
    here = dosing_in(status)
    stopped_already = name == "stop" and status in _ENDED
    _tried(
        COMMANDS[name],
        here,
        allowed=status in DOSING_ALLOWS[name],
        already_over=stopped_already,
    )


@pytest.mark.parametrize("status", list(TALK))
@pytest.mark.parametrize("name", [*COMMANDS, "start_talk"])
def test_a_talk_takes_or_refuses_every_command(name: str, status: SessionStatus) -> None:
    here = talk_in(status)
    if name == "start_talk":
        allowed = status is S.CHECKED_IN
        _tried(lambda s: start_talk(s, at=NOW, by=HERE), here, allowed=allowed, already_over=False)
        return
    _tried(
        COMMANDS[name],
        here,
        allowed=status in TALK_ALLOWS.get(name, set()),
        already_over=name == "stop" and status is S.COMPLETED,
    )


def test_a_refused_transition_says_what_is_possible() -> None:
    with pytest.raises(Refused) as refused:
        cancel(dosing_in(S.DOSED), at=NOW, by=DESK)
    facts = refused.value.refusals[0].facts
    assert facts["allowed"] == ["end", "see_dose"]


def _withdrawn(known: CourseFacts) -> CourseFacts:
    return known.consent(lambda c: c.withdraw(told("w"), "consent", ("treatment",), at("12:39")))


Event = Callable[[CourseFacts], CourseFacts]
EVENTS: Final[dict[str, Event]] = {
    "dose": lambda f: administered(f, "10:40", seq=2 if f.dose_count(str(SESSION)) else 1),
    "closed_none": lambda f: order_closed(f, 0, version=20),
    "closed_two": lambda f: order_closed(f, 2, version=21),
    "cleared": lambda f: cleared(f, name="newer"),
    "rescinded": rescinded,
    "stop_hold": lambda f: hold(f, "start", "dose"),
    "pause_hold": lambda f: hold(f, "start", "dose", severity="pause", category="logistics"),
    "approval_revoked": lambda f: f.revoke_approval(told("ar"), "approval"),
    "rx_revoked": lambda f: f.revoke_prescription(told("rr"), str(RX)),
    "consent_withdrawn": _withdrawn,
    "course_closed": lambda f: f.close(told("cc"), "completed"),
    "declined": lambda f: f.decline(told("cd")),
    "withheld": order_withheld,
}
_UNDOSED = {*BEFORE_START, S.IN_PROGRESS, S.ABORTED, S.CLOSED, S.CANCELLED, S.MISSED}
_TO_DOSED = dict.fromkeys(_UNDOSED, S.DOSED)
_BACK = {S.CLEARABLE: S.RECOVERING, S.DISCHARGING: S.RECOVERING}
_ON_THE_DAY = {S.CHECKED_IN: S.CANCELLED, S.READY: S.CANCELLED, S.IN_PROGRESS: S.ABORTED}
LEADS_TO: Final[dict[str, dict[SessionStatus, SessionStatus]]] = {
    "dose": {**_TO_DOSED, **_BACK},
    "closed_none": {S.ABORTED: S.CLOSED},
    "closed_two": {**_TO_DOSED, **_BACK},
    "cleared": {S.RECOVERING: S.CLEARABLE, S.THERAPY_ENDED: S.CLEARABLE},
    "rescinded": _BACK,
    "stop_hold": _ON_THE_DAY,
    "pause_hold": {},
    "approval_revoked": {
        **dict.fromkeys(BEFORE_START, S.CANCELLED),
        S.IN_PROGRESS: S.ABORTED,
    },
    "rx_revoked": _ON_THE_DAY,
    "consent_withdrawn": {S.IN_PROGRESS: S.ABORTED, S.DOSED: S.RECOVERING},
    "course_closed": dict.fromkeys(BEFORE_START, S.CANCELLED),
    "declined": dict.fromkeys(BEFORE_START, S.CANCELLED),
    "withheld": {S.IN_PROGRESS: S.ABORTED},
}


def _followed(here: Session, known: CourseFacts) -> Session:
    by = Known(facts=known, booking=None, recovery=PROTOCOL.recovery, now=NOW)
    state = follow(here, by).state
    assert follow(state, by).state == state, "followed twice is followed once"
    return state


@pytest.mark.parametrize("status", list(DOSING))
def test_without_news_nothing_moves(status: SessionStatus) -> None:
    moved = _followed(dosing_in(status), facts_in(status)).status
    assert moved is (S.RECOVERING if status is S.THERAPY_ENDED else status)


@pytest.mark.parametrize("status", list(DOSING))
@pytest.mark.parametrize("name", list(EVENTS))
def test_every_event_in_every_state_leads_where_its_table_says(
    name: str, status: SessionStatus
) -> None:
    before = facts_in(status)
    known = EVENTS[name](before)
    assert EVENTS[name](known) == known or name == "dose", "told twice is told once"
    after = _followed(dosing_in(status), known)
    unmoved = S.RECOVERING if status is S.THERAPY_ENDED else status
    assert after.status is LEADS_TO[name].get(status, unmoved)
    if name in {"dose", "closed_two"}:
        assert after.doses.count == known.dose_count(str(SESSION))
        unusual = status in (_UNDOSED - {S.IN_PROGRESS}) | GONE
        assert bool(after.incidents) == unusual, "what cannot be is for people to look into"

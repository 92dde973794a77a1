"""People at random around one dosing session: any command, at any time."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid5

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from services.scheduling.domain.arrival import check_in, record_assent
from services.scheduling.domain.booking import cancel, miss
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.escorting import cancel_escort, confirm_escort, escort_arrived
from services.scheduling.domain.events import (
    Outcome,
    SessionEvent,
)
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.gate_discharge import (
    DischargeFacts,
    clearance_used,
    decide_discharge,
    escort_here,
)
from services.scheduling.domain.leaving import (
    begin_discharge,
    discharge,
    leave_against_advice,
    return_to_clearable,
    transfer,
)
from services.scheduling.domain.left_against_advice import Capacity, Circumstances
from services.scheduling.domain.projected_answers import projected_prescribing
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.starting import lower_ready, raise_ready, start_dosing
from services.scheduling.domain.therapy import end_therapy, enter_phase, request_stop
from services.scheduling.domain.told import Told
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    ORDER,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    ZONE,
    at,
    authorised,
    facts,
    named,
    session,
)

S = SessionStatus
ROLES = st.sampled_from([Role.CLIENT, Role.THERAPIST, Role.NURSE, Role.FRONT_DESK])


class PeoplePlay(RuleBasedStateMachine):
    session: Session
    facts: CourseFacts

    def _book(self) -> None:
        self.session = session()
        self.facts = authorised(facts())
        self.now = at("09:30")
        self.events: list[SessionEvent] = []
        self.doses = 0
        self.told = 0
        self.clearances = 0

    def _try(self, command: Callable[[Session], SessionChange]) -> bool:
        before = self.session
        try:
            change = command(before)
        except Refused:
            assert self.session is before
            return False
        self._keep(change)
        self._follow()
        return True

    def _keep(self, change: SessionChange) -> None:
        self.session = change.state
        self.events.extend(change.events)

    def _follow(self) -> None:
        known = Known(facts=self.facts, booking=None, recovery=PROTOCOL.recovery, now=self.now)
        self._keep(follow(self.session, known))

    def _told(self) -> Told:
        self.told += 1
        event_id = f"{self.told:06d}-{uuid5(SESSION, str(self.told))}"
        return Told(event_id=event_id, occurred_at=self.now, version=self.told)

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._follow()

    @rule()
    def client_arrives(self) -> None:
        self._try(lambda s: check_in(s, at=self.now, by=Role.FRONT_DESK, zone=ZONE))

    @rule(given=st.booleans())
    def assent(self, given: bool) -> None:
        self._try(
            lambda s: record_assent(
                s,
                assent_id=named("assent"),
                at=self.now,
                explained=True,
                given=given,
                valid=timedelta(hours=1),
            )
        )

    @rule(allowed=st.booleans())
    def start(self, allowed: bool) -> None:
        gate = uuid5(SESSION, f"gate-{self.told}")
        if not self._try(lambda s: raise_ready(s, gate_id=gate, at=self.now, by=Role.THERAPIST)):
            return
        if not allowed:
            self._try(lambda s: lower_ready(s, gate_id=gate, at=self.now, by=Role.SYSTEM))
        elif self.session.status is S.READY and self.session.gate_id == gate:
            self._try(
                lambda s: start_dosing(
                    s,
                    assent_id=named("assent"),
                    supervisor_ref=PRESCRIBER,
                    dose_order_id=ORDER,
                    at=self.now,
                    by=Role.THERAPIST,
                )
            )

    @rule()
    def reschedule(self) -> None:
        self._try(
            lambda s: reschedule(s, starts_at=self.now, at=self.now, by=Role.FRONT_DESK, zone=ZONE)
        )

    @rule()
    def cancel(self) -> None:
        self._try(lambda s: cancel(s, at=self.now, by=Role.FRONT_DESK))

    @rule()
    def miss(self) -> None:
        self._try(lambda s: miss(s, at=self.now, by=Role.FRONT_DESK))

    @rule(number=st.integers(0, 2))
    def escort_promised(self, number: int) -> None:
        if any(e.id == named(f"escort-{number}") for e in self.session.escorts):
            return
        self._try(
            lambda s: confirm_escort(
                s,
                escort_id=named(f"escort-{number}"),
                adult=True,
                rideshare=False,
                rideshare_alone=False,
                at=self.now,
            )
        )

    @rule(number=st.integers(0, 2))
    def escort_falls_through(self, number: int) -> None:
        self._try(lambda s: cancel_escort(s, named(f"escort-{number}"), at=self.now))

    @rule(number=st.integers(0, 2), matched=st.booleans())
    def escort_comes(self, number: int, matched: bool) -> None:
        self._try(
            lambda s: escort_arrived(
                s, named(f"escort-{number}"), arrived_at=self.now, identity_matched=matched
            )
        )

    @rule(phase=st.sampled_from(Phase))
    def phase(self, phase: Phase) -> None:
        self._try(lambda s: enter_phase(s, phase, at=self.now, by=Role.THERAPIST))

    @rule(role=ROLES)
    def stop(self, role: Role) -> None:
        running = self.session.therapy_running
        taken = self._try(lambda s: request_stop(s, by_role=role, at=self.now))
        assert taken or not running, "INV-19: a stop is taken in every running phase"
        assert not self.session.therapy_running

    @rule(outcome=st.sampled_from([None, *Outcome]))
    def end(self, outcome: Outcome | None) -> None:
        self._try(
            lambda s: end_therapy(
                s, ended_at=self.now, outcome=outcome, now=self.now, by=Role.THERAPIST
            )
        )

    @rule()
    def transfer(self) -> None:
        self._try(lambda s: transfer(s, left_at=self.now, at=self.now, by=Role.NURSE))

    @rule(capacity=st.booleans())
    def walk_out(self, capacity: bool) -> None:
        self._try(
            lambda s: leave_against_advice(
                s,
                left_at=self.now,
                circumstances=Circumstances(
                    capacity=Capacity.HAS_CAPACITY if capacity else Capacity.NOT_ASSESSED,
                    escort_present=False,
                ),
                at=self.now,
                by=Role.NURSE,
            )
        )

    @rule(prescribing_answers=st.booleans())
    def discharge(self, prescribing_answers: bool) -> None:
        gate = uuid5(SESSION, f"door-{self.told}-{self.now}")
        if not self._try(
            lambda s: begin_discharge(s, gate_id=gate, at=self.now, by=Role.FRONT_DESK)
        ):
            return
        seen = self.session.doses.count
        answer = projected_prescribing(self.facts, str(SESSION), seen, self.now)
        question = DischargeFacts(
            session=self.session,
            facts=self.facts,
            prescribing=answer if prescribing_answers else None,
            recovery=PROTOCOL.recovery,
            now=self.now,
        )
        clearance, escort = clearance_used(question), escort_here(self.session)
        if decide_discharge(question).allowed:
            assert clearance is not None
            assert escort is not None
            standing = self.facts.of_session(str(SESSION)).clearance(self.now, seen)
            assert standing is not None, "INV-20: nobody goes without a clearance that stands"
            self._try(
                lambda s: discharge(
                    s,
                    clearance_id=clearance,
                    escort_id=escort.id,
                    open_items=(),
                    left_at=self.now,
                    at=self.now,
                    by=Role.FRONT_DESK,
                )
            )
        else:
            self._try(lambda s: return_to_clearable(s, gate_id=gate, at=self.now, by=Role.SYSTEM))

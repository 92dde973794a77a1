"""A dosing session under everything at once: any command, any fact, any order.

The machine plays people and peers at random and holds what clinical.md 7.1 promises after every
step. Refused commands are part of the play: they must leave the session as it was.
"""

import itertools
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid5

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.scheduling.domain.arrival import check_in, record_assent
from services.scheduling.domain.booking import cancel, miss, reschedule
from services.scheduling.domain.course_facts import CourseFacts, HoldFact
from services.scheduling.domain.doses import see_doses
from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.escorting import cancel_escort, confirm_escort, escort_arrived
from services.scheduling.domain.events import (
    ClientDischarged,
    DischargeMode,
    DosingSessionStarted,
    LeftAgainstAdvice,
    Outcome,
    SessionCompleted,
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
from services.scheduling.domain.prescription_facts import DoseFact
from services.scheduling.domain.projected_answers import projected_prescribing
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session, SessionChange
from services.scheduling.domain.session_facts import ClearanceFact
from services.scheduling.domain.session_states import DOSING, GONE, SessionStatus
from services.scheduling.domain.starting import lower_ready, raise_ready, start_dosing
from services.scheduling.domain.therapy import end_therapy, enter_phase, request_stop
from services.scheduling.domain.told import Told
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    ORDER,
    PRESCRIBER,
    PROTOCOL,
    RX,
    SESSION,
    ZONE,
    at,
    authorised,
    facts,
    named,
    session,
)

S = SessionStatus
DOSED_STATES = {S.DOSED, S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE, S.DISCHARGING} | GONE
ROLES = st.sampled_from([Role.CLIENT, Role.THERAPIST, Role.NURSE, Role.FRONT_DESK])


class SessionMachine(RuleBasedStateMachine):
    session: Session
    facts: CourseFacts

    @initialize(depth=st.integers(0, 6))
    def come_some_way(self, depth: int) -> None:
        """Begin anywhere on the usual way, so that its far end is tried as often as its start."""
        self._book()
        usual: tuple[Callable[[], None], ...] = (
            self.client_arrives,
            lambda: (self.escort_promised(0), self.assent(given=True))[0],
            lambda: self.start(allowed=True),
            self.dose_is_told,
            lambda: (self.end(None), self.order_is_closed(), self.escort_comes(0, matched=True))[0],
            lambda: self.cleared(30),
        )
        for step in usual[:depth]:
            step()

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
                s, assent_id=named("assent"), at=self.now, explained=True, given=given
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
                capacity_assessed=capacity,
                escort_present=False,
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

    @rule()
    def dose_is_told(self) -> None:
        self.doses += 1
        dose = DoseFact(
            administered_at=self.now,
            timing_profile="SL-STD",
            observe_until=self.now + timedelta(hours=2),
        )
        told, seq = self._told(), self.doses
        self.facts = self.facts.order(
            str(ORDER), str(SESSION), lambda o: o.administer(told, seq, dose)
        )
        self._follow()

    @rule()
    def order_is_closed(self) -> None:
        told, count = self._told(), self.doses
        self.facts = self.facts.order(str(ORDER), str(SESSION), lambda o: o.close(told, count))
        self._follow()

    @rule(minutes=st.integers(1, 60))
    def cleared(self, minutes: int) -> None:
        if not self.doses:
            return
        self.clearances += 1
        fact = ClearanceFact(
            covers_dose_seq=self.doses,
            cleared_at=self.now,
            valid_until=self.now + timedelta(minutes=minutes),
        )
        told, name = self._told(), str(named(f"clearance-{self.clearances}"))
        self.facts = self.facts.session(str(SESSION), lambda s: s.cleared(told, name, fact))
        self._follow()

    @precondition(lambda self: self.clearances)
    @rule()
    def rescinded(self) -> None:
        told, name = self._told(), str(named(f"clearance-{self.clearances}"))
        self.facts = self.facts.session(str(SESSION), lambda s: s.rescinded(told, name))
        self._follow()

    @rule(stop=st.booleans())
    def hold_placed(self, stop: bool) -> None:
        fact = HoldFact(
            category="medical",
            blocks=("start", "dose"),
            severity="stop" if stop else "pause",
            owner="prescribing",
        )
        told = self._told()
        self.facts = self.facts.place_hold(told, told.event_id, fact)
        self._follow()

    @rule()
    def approval_revoked(self) -> None:
        self.facts = self.facts.revoke_approval(self._told(), "approval")
        self._follow()

    @rule()
    def prescription_revoked(self) -> None:
        self.facts = self.facts.revoke_prescription(self._told(), str(RX))
        self._follow()

    @rule()
    def consent_withdrawn(self) -> None:
        told = self._told()
        self.facts = self.facts.consent(
            lambda c: c.withdraw(told, "consent", ("treatment",), self.now)
        )
        self._follow()

    @invariant()
    def every_step_is_in_the_table(self) -> None:
        steps = self.session.passages
        for one, following in itertools.pairwise(steps):
            assert (
                following.status in DOSING[one.status].values() or following.status is one.status
            ), f"{one.status} to {following.status}"

    @invariant()
    def medicine_on_board_keeps_the_client_in_observation(self) -> None:
        if self.session.doses.count:
            assert self.session.status in DOSED_STATES

    @invariant()
    def every_dose_told_is_seen(self) -> None:
        assert self.session.doses.count == self.doses
        again = see_doses(self.session, self.session.doses, at=self.now)
        assert again.state == self.session

    @invariant()
    def closed_only_on_proof(self) -> None:
        if self.session.status is S.CLOSED:
            order = self.facts.orders[str(ORDER)]
            assert order.is_closed
            assert order.count == 0

    @invariant()
    def clearable_only_while_a_clearance_stands(self) -> None:
        if self.session.status in {S.CLEARABLE, S.DISCHARGING}:
            standing = self.facts.of_session(str(SESSION)).clearance(self.now, self.doses)
            assert standing is not None

    @invariant()
    def a_start_happens_once_and_a_dosed_end_is_an_end(self) -> None:
        assert sum(isinstance(e, DosingSessionStarted) for e in self.events) <= 1
        ends = [e for e in self.events if isinstance(e, SessionCompleted)]
        assert len(ends) <= (2 if self.session.reopened else 1)
        if self.session.client_has_left and ends:
            assert ends[-1].outcome is not Outcome.ABORTED_BEFORE_DOSE

    @invariant()
    def leaving_is_told_once_and_with_what_it_needs(self) -> None:
        left = [e for e in self.events if isinstance(e, ClientDischarged | LeftAgainstAdvice)]
        assert len(left) == (1 if self.session.client_has_left else 0)
        for event in left:
            if isinstance(event, ClientDischarged) and event.mode is DischargeMode.STANDARD:
                assert event.clearance_id is not None
                used = next(e for e in self.session.escorts if e.id == event.escort_id)
                assert used.arrived_at is not None
                assert used.identity_matched

    @invariant()
    def a_cancelled_escort_never_counts(self) -> None:
        confirmed = [e for e in self.session.escorts if e.status is not EscortStatus.CANCELLED]
        if not confirmed:
            assert not self.session.escort_confirmed
            assert escort_here(self.session) is None


SessionMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestSession = SessionMachine.TestCase

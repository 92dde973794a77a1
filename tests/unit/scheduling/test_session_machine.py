"""A dosing session under everything at once: any command, any fact, any order.

The machine plays people and peers at random and holds what clinical.md 7.1 promises after every
step. Refused commands are part of the play: they must leave the session as it was.
"""

import itertools

from hypothesis import settings
from hypothesis.stateful import invariant

from services.scheduling.domain.doses import see_doses
from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.events import (
    ClientDischarged,
    DischargeMode,
    DosingSessionStarted,
    LeftAgainstAdvice,
    Outcome,
    SessionCompleted,
)
from services.scheduling.domain.gate_discharge import (
    escort_here,
)
from services.scheduling.domain.session_states import DOSING, GONE, SessionStatus
from tests.unit.scheduling.building import (
    ORDER,
    SESSION,
)
from tests.unit.scheduling.session_play import SessionPlay

S = SessionStatus
DOSED_STATES = {S.DOSED, S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE, S.DISCHARGING} | GONE


class SessionMachine(SessionPlay):
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

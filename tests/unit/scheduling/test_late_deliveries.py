"""The same session when what peers tell is late, out of order, and told again.

Whatever the way, once everything has arrived the facts are those of the straight way, every dose is
seen, and a client with medicine on board was never believed to be free.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.session_states import GONE, SessionStatus
from tests.unit.scheduling.building import SESSION, authorised, facts
from tests.unit.scheduling.session_play import SessionPlay, Telling

S = SessionStatus
ON_BOARD = {S.DOSED, S.THERAPY_ENDED, S.RECOVERING, S.CLEARABLE, S.DISCHARGING} | GONE


class LateMachine(SessionPlay):
    late = False

    @initialize(depth=st.integers(0, 6))
    def come_some_way(self, depth: int) -> None:
        self.under_way: list[Telling] = []
        self.arrived: list[Telling] = []
        self.said: list[Telling] = []
        super().come_some_way(depth)

    def _hear(self, telling: Telling) -> None:
        self.said.append(telling)
        if self.late:
            self.under_way.append(telling)
            return
        self.arrived.append(telling)
        super()._hear(telling)

    @rule(late=st.booleans())
    def the_way_is_long(self, late: bool) -> None:
        self.late = late

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def one_arrives(self, data: st.DataObject) -> None:
        """Any of those under way, not the oldest first."""
        position = data.draw(st.integers(0, len(self.under_way) - 1))
        telling = self.under_way.pop(position)
        self.arrived.append(telling)
        super()._hear(telling)

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def one_is_told_again(self, data: st.DataObject) -> None:
        telling = data.draw(st.sampled_from(self.arrived))
        known, here = self.facts, self.session
        super()._hear(telling)
        assert self.facts == known, "told twice is told once"
        assert self.session.status is here.status

    @invariant()
    def medicine_on_board_as_far_as_it_is_known_keeps_the_client(self) -> None:
        assert self.session.doses.count == self.facts.dose_count(str(SESSION))
        if self.session.doses.count:
            assert self.session.status in ON_BOARD

    @invariant()
    def clearable_only_while_a_clearance_stands(self) -> None:
        if self.session.status in {S.CLEARABLE, S.DISCHARGING}:
            seen = self.session.doses.count
            assert self.facts.of_session(str(SESSION)).clearance(self.now, seen) is not None

    def teardown(self) -> None:
        if not hasattr(self, "said"):
            return
        for telling in reversed(self.under_way):
            super()._hear(telling)
        straight: CourseFacts = authorised(facts())
        for telling in self.said:
            straight = telling(straight)
        assert self.facts == straight, "any order, any number of times: the same facts"
        assert self.session.doses.count == self.doses, "no dose is lost on the way"


LateMachine.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestLateDeliveries = LateMachine.TestCase

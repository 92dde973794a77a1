"""Preparation at random: held, told twice, by several therapists, signed in pieces (INV-4).

It is complete when enough different sessions were held and every item is covered and signed,
whichever is last; that is told once, and what is complete stays so. An item that is taken back
before takes the signature with it; after, nothing is signed again.
"""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.scheduling.domain.preparation import (
    Preparation,
    PreparationChange,
    PreparationStatus,
    PrepItem,
    count_session,
    sign,
)
from shared.decisions import Refused
from shared.protocol import Prep
from tests.unit.scheduling.building import CLIENT, COURSE, at, named

ITEMS = st.dictionaries(st.sampled_from(PrepItem), st.booleans(), max_size=len(PrepItem))


class PreparationMachine(RuleBasedStateMachine):
    @initialize(needed=st.integers(0, 4), signoff=st.booleans())
    def begin(self, needed: int, signoff: bool) -> None:
        self.needed = Prep(min_sessions=needed, therapist_signoff=signoff)
        self.state = Preparation(id=named("preparation"), client_id=CLIENT, course_id=COURSE)
        self.held: set[int] = set()
        self.therapists: set[int] = set()
        self.covered: set[PrepItem] = set()
        self.was_signed = False
        self.was_complete = False
        self.told = 0

    def _keep(self, change: PreparationChange) -> None:
        self.state = change.state
        self.told += len(change.events)
        for event in change.events:
            assert event.prep_count == len(self.held)
            assert event.checklist_version >= 1

    @rule(number=st.integers(0, 4), therapist=st.integers(0, 2))
    def a_session_is_held(self, number: int, therapist: int) -> None:
        self.held.add(number)
        self.therapists.add(therapist)
        self._keep(
            count_session(
                self.state,
                session_id=named(f"prep-{number}"),
                therapist_ref=named(f"therapist-{therapist}"),
                rules=self.needed,
                at=at("10:00"),
            )
        )

    @rule(items=ITEMS)
    def some_items_are_answered(self, items: dict[PrepItem, bool]) -> None:
        self._sign(items)

    @rule()
    def every_item_is_covered(self) -> None:
        self._sign(dict.fromkeys(PrepItem, True))

    def _sign(self, items: dict[PrepItem, bool]) -> None:
        def signed() -> PreparationChange:
            return sign(
                self.state,
                checklist=items,
                therapist_ref=named("therapist-0"),
                rules=self.needed,
                at=at("11:00"),
            )

        if self.was_complete and self.was_signed:
            with pytest.raises(Refused, match="preparation-already-signed"):
                signed()
            return
        change = signed()
        self.covered |= {item for item, done in items.items() if done}
        self.covered -= {item for item, done in items.items() if not done}
        self.was_signed = self.covered == set(PrepItem)
        self._keep(change)

    @invariant()
    def it_is_complete_exactly_when_it_is(self) -> None:
        if not hasattr(self, "state"):
            return
        enough = len(self.held) >= max(self.needed.min_sessions, 1)
        acted = bool(self.held) or self.state.checklist_version > 0
        met = enough and (self.was_signed or not self.needed.therapist_signoff)
        self.was_complete = self.was_complete or (met and acted)
        assert (self.state.status is PreparationStatus.COMPLETED) == self.was_complete
        assert (self.state.completed_at is not None) == self.was_complete
        assert self.told == (1 if self.was_complete else 0)

    @invariant()
    def a_session_counts_once_and_its_therapist_is_known(self) -> None:
        if not hasattr(self, "state"):
            return
        assert self.state.sessions == {named(f"prep-{n}") for n in self.held}
        assert self.state.therapists == {named(f"therapist-{n}") for n in self.therapists}
        assert self.state.checklist == self.covered


PreparationMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=25, deadline=None
)
TestPreparation = PreparationMachine.TestCase

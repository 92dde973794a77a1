"""Escorts at random: promised, fallen through, at the desk, moved with the booking (INV-6, 24).

A second, simpler bookkeeping of who stands is kept beside, and both have to agree after each step.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.scheduling.domain.clinic_time import same_local_day
from services.scheduling.domain.escorting import (
    cancel_escort,
    confirm_escort,
    escort_arrived,
    escort_due_at,
)
from services.scheduling.domain.events import EscortArrived, EscortCancelled, EscortConfirmed
from services.scheduling.domain.gate_discharge import escort_here
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from shared.decisions import Refused
from tests.unit.scheduling.building import ZONE, at, named, session

PATIENCE = timedelta(minutes=30)
NUMBERS = st.integers(0, 3)
S = SessionStatus


@dataclass(frozen=True)
class Known:
    """What anybody at the desk would write down."""

    stands: bool = True
    for_today: bool = True
    matched: bool = False


class EscortMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.session: Session = session()
        self.now = at("08:00")
        self.known: dict[int, Known] = {}
        self.told: list[object] = []
        self.fell_through_at = self.now

    def _try(self, command: Callable[[Session], SessionChange]) -> bool:
        try:
            change = command(self.session)
        except Refused:
            return False
        self.session = change.state
        self.told.extend(change.events)
        return True

    @rule(number=NUMBERS, adult=st.booleans(), rideshare=st.booleans())
    def promise(self, number: int, adult: bool, rideshare: bool) -> None:
        if number in self.known:
            return
        taken = self._try(
            lambda s: confirm_escort(
                s,
                escort_id=named(f"escort-{number}"),
                adult=adult,
                rideshare=rideshare,
                rideshare_alone=False,
                at=self.now,
            )
        )
        assert taken == (adult and not rideshare and not self.session.over)
        if taken:
            self.known[number] = Known()

    @rule(number=NUMBERS)
    def fall_through(self, number: int) -> None:
        stood = self.known.get(number, Known(stands=False)).stands
        taken = self._try(lambda s: cancel_escort(s, named(f"escort-{number}"), at=self.now))
        assert taken == (stood and not self.session.over)
        if taken:
            self.known[number] = replace(self.known[number], stands=False)
            if self.known[number].for_today:
                self.fell_through_at = self.now

    @rule(number=NUMBERS, matched=st.booleans())
    def come(self, number: int, matched: bool) -> None:
        known = self.known.get(number, Known(stands=False))
        taken = self._try(
            lambda s: escort_arrived(
                s, named(f"escort-{number}"), arrived_at=self.now, identity_matched=matched
            )
        )
        here = self.session.status in {S.CHECKED_IN, S.IN_PROGRESS}
        assert taken == (known.stands and here)
        if taken and matched:
            self.known[number] = replace(known, matched=True)

    @rule(days=st.integers(0, 2), hours=st.integers(0, 5))
    def move(self, days: int, hours: int) -> None:
        starts = self.session.starts_at + timedelta(days=days, hours=hours)
        same = same_local_day(self.session.starts_at, starts, ZONE)
        taken = self._try(
            lambda s: reschedule(s, starts_at=starts, at=self.now, by=Role.FRONT_DESK, zone=ZONE)
        )
        if taken:
            self.known = {
                n: replace(k, for_today=k.for_today and same and k.stands)
                for n, k in self.known.items()
            }

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def begin_or_end(self) -> None:
        following = {S.SCHEDULED: S.CHECKED_IN, S.CHECKED_IN: S.IN_PROGRESS}
        status = following.get(self.session.status, self.session.status)
        self.session = replace(self.session, status=status)

    @invariant()
    def both_books_agree(self) -> None:
        known = getattr(self, "known", {}).values()
        if not hasattr(self, "session"):
            return
        standing = [k for k in known if k.stands and k.for_today]
        assert self.session.escort_confirmed == bool(standing)
        assert (escort_here(self.session) is not None) == any(k.matched for k in standing)

    @invariant()
    def each_is_told_once_and_an_arrival_only_of_whoever_was_named(self) -> None:
        told = getattr(self, "told", [])
        for kind in (EscortConfirmed, EscortCancelled, EscortArrived):
            named_ones = [e.escort_id for e in told if isinstance(e, kind)]
            assert len(named_ones) == len(set(named_ones))
        arrived = {e.escort_id for e in told if isinstance(e, EscortArrived)}
        matched = {named(f"escort-{n}") for n, k in getattr(self, "known", {}).items() if k.matched}
        assert arrived == matched

    @invariant()
    def nobody_else_is_waited_for_longer_than_the_clinic_waits(self) -> None:
        if not hasattr(self, "session"):
            return
        due = escort_due_at(self.session, PATIENCE, ZONE)
        if self.session.escort_confirmed:
            assert due is None
        elif due is not None:
            assert due <= max(self.fell_through_at + PATIENCE, self.session.starts_at)


EscortMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestEscorts = EscortMachine.TestCase

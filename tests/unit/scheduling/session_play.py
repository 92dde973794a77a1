"""People and peers at random around one dosing session: any command, any fact, any order."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from services.scheduling.domain.course_facts import CourseFacts, HoldFact
from services.scheduling.domain.prescription_facts import DoseFact
from services.scheduling.domain.session_facts import ClearanceFact
from tests.unit.scheduling.building import (
    ORDER,
    RX,
    SESSION,
    named,
)
from tests.unit.scheduling.people_play import PeoplePlay

Telling = Callable[[CourseFacts], CourseFacts]


class SessionPlay(PeoplePlay):
    def _hear(self, telling: Telling) -> None:
        """A peer tells; here at once."""
        self.facts = telling(self.facts)
        self._follow()

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

    @rule()
    def dose_is_told(self) -> None:
        self.doses += 1
        dose = DoseFact(
            administered_at=self.now,
            timing_profile="SL-STD",
            observe_until=self.now + timedelta(hours=2),
        )
        told, seq = self._told(), self.doses
        self._hear(
            lambda f: f.order(str(ORDER), str(SESSION), lambda o: o.administer(told, seq, dose))
        )

    @rule()
    def order_is_closed(self) -> None:
        told, count = self._told(), self.doses
        self._hear(lambda f: f.order(str(ORDER), str(SESSION), lambda o: o.close(told, count)))

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
        self._hear(lambda f: f.session(str(SESSION), lambda s: s.cleared(told, name, fact)))

    @precondition(lambda self: self.clearances)
    @rule()
    def rescinded(self) -> None:
        told, name = self._told(), str(named(f"clearance-{self.clearances}"))
        self._hear(lambda f: f.session(str(SESSION), lambda s: s.rescinded(told, name)))

    @rule(stop=st.booleans())
    def hold_placed(self, stop: bool) -> None:
        fact = HoldFact(
            category="medical",
            blocks=("start", "dose"),
            severity="stop" if stop else "pause",
            owner="prescribing",
        )
        told = self._told()
        self._hear(lambda f: f.place_hold(told, told.event_id, fact))

    @rule()
    def approval_revoked(self) -> None:
        told = self._told()
        self._hear(lambda f: f.revoke_approval(told, "approval"))

    @rule()
    def prescription_revoked(self) -> None:
        told = self._told()
        self._hear(lambda f: f.revoke_prescription(told, str(RX)))

    @rule()
    def consent_withdrawn(self) -> None:
        told, now = self._told(), self.now
        self._hear(lambda f: f.consent(lambda c: c.withdraw(told, "consent", ("treatment",), now)))

"""One client's bookings at random: booked, moved, cancelled, dosed; facts late and told again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.scheduling.domain.accompanying import decline_integration
from services.scheduling.domain.booking import cancel
from services.scheduling.domain.booking_conditions import GATE, booking_conditions
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.gate_book import Proposal, decide_booking
from services.scheduling.domain.leaving import transfer
from services.scheduling.domain.prescription_facts import DoseFact
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.resources import Clash, needed
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.told import Told
from shared.decisions import Change, Decision, Refused
from tests.unit.scheduling.building import (
    PROTOCOL,
    RX,
    ZONE,
    at,
    facts,
    named,
    prepared,
    room,
    session,
    terms,
    therapist,
)

S = SessionStatus
DAYS, HOURS = st.sampled_from((0, 0, 1, 2, 3, 5, 7, 8, 10, 14)), st.integers(7, 17)
KINDS = st.sampled_from([SessionKind.DOSING, SessionKind.DOSING, SessionKind.INTEGRATION])
WHICH = st.integers(0, 30)
PROMISED = {S.SCHEDULED, S.BLOCKED}


class BookingsPlay(RuleBasedStateMachine):
    @initialize(authorised=st.integers(1, 4))
    def begin(self, authorised: int) -> None:
        self.sessions: dict[UUID, Session] = {}
        self.now = at("06:00")
        self.told = 0
        self.late = False
        self.under_way: list[Callable[[CourseFacts], CourseFacts]] = []
        self.arrived: list[Callable[[CourseFacts], CourseFacts]] = []
        self.facts = facts()
        self.amend(authorised)

    def _told(self) -> Told:
        self.told += 1
        return Told(event_id=f"{self.told:06d}", occurred_at=self.now, version=self.told)

    def _hear(self, telling: Callable[[CourseFacts], CourseFacts]) -> None:
        if self.late:
            self.under_way.append(telling)
            return
        self._arrives(telling)

    def _arrives(self, telling: Callable[[CourseFacts], CourseFacts]) -> None:
        self.arrived.append(telling)
        self.facts = telling(self.facts)
        self._follow()

    def question(self, of: Session) -> BookingFacts:
        return BookingFacts(
            session=of,
            others=tuple(s for s in self.sessions.values() if s.id != of.id),
            facts=self.facts,
            preparation=prepared(),
            protocol=PROTOCOL,
            zone=ZONE,
            now=self.now,
            therapist=therapist(),
            room=room(),
        )

    def _follow(self) -> None:
        for _ in range(6):
            before = dict(self.sessions)
            for known in before.values():
                booking = None
                if known.status in PROMISED:
                    booking = Decision.of(GATE, booking_conditions(self.question(known)))
                by = Known(
                    facts=self.facts, booking=booking, recovery=PROTOCOL.recovery, now=self.now
                )
                self.sessions[known.id] = follow(known, by).state
            if self.sessions == before:
                return

    def _clashes(self, wanted: Session) -> tuple[Clash, ...]:
        return tuple(
            Clash(
                resource=part,
                resource_id=str(owner),
                session_id=str(other.id),
                starts_at=other.starts_at,
                until=other.reserved_until,
                client_id=str(other.client_id),
                therapist_ref=str(other.therapist_ref),
            )
            for other in self.sessions.values()
            if other.id != wanted.id
            and not other.over
            and wanted.starts_at < other.reserved_until
            and other.starts_at < wanted.reserved_until
            for part, owner in needed(wanted).items()
        )

    def _promise(self, change: SessionChange) -> None:
        wanted = change.state
        proposal = Proposal(booking=self.question(wanted), clashes=self._clashes(wanted))
        decision = decide_booking(proposal)
        if decision.allowed:
            self.sessions[wanted.id] = wanted
            self._follow()
            assert self.sessions[wanted.id].status is S.SCHEDULED
        else:
            assert all(refusal.unblocks_with for refusal in decision.refusals)

    def _when(self, day: int, hour: int) -> datetime:
        return at("00:00") + timedelta(days=day, hours=hour)

    def _pick(self, which: int, *statuses: SessionStatus) -> Session | None:
        found = [s for s in self.sessions.values() if s.status in statuses]
        return sorted(found, key=lambda s: s.id)[which % len(found)] if found else None

    @rule(kind=KINDS, day=DAYS, hour=HOURS)
    def book(self, kind: SessionKind, day: int, hour: int) -> None:
        minutes = 180 if kind is SessionKind.DOSING else 60
        new = session(
            kind,
            starts=self._when(day, hour),
            minutes=minutes,
            session_id=named(f"session-{len(self.sessions)}"),
        )
        self._promise(Change(new))

    @rule(which=WHICH, hours=st.integers(4, 12))
    def book_a_talk_soon_after(self, which: int, hours: int) -> None:
        dosing = self._pick(which, *PROMISED)
        if dosing is not None and dosing.dosing:
            talk = session(
                SessionKind.INTEGRATION,
                starts=dosing.starts_at + timedelta(hours=hours),
                minutes=60,
                session_id=named(f"session-{len(self.sessions)}"),
            )
            self._promise(Change(talk))

    @rule(which=WHICH, day=DAYS, hour=HOURS)
    def move(self, which: int, day: int, hour: int) -> None:
        here = self._pick(which, *PROMISED)
        if here is not None:
            starts = self._when(day, hour)
            self._promise(
                reschedule(here, starts_at=starts, at=self.now, by=Role.FRONT_DESK, zone=ZONE)
            )

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        here = self._pick(which, *PROMISED)
        if here is not None:
            self.sessions[here.id] = cancel(here, at=self.now, by=Role.CLIENT).state
            order = str(named(f"order-of-{here.id}-{here.schedule_version}"))
            told = self._told()
            self._hear(lambda f: f.order(order, str(here.id), lambda o: o.close(told, 0)))
            self._follow()

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._follow()

    @rule(which=WHICH)
    def authorise(self, which: int) -> None:
        here = self._pick(which, *PROMISED)
        if here is not None and here.dosing:
            order = str(named(f"order-of-{here.id}-{here.schedule_version}"))
            told, until = self._told(), here.planned_end_at
            self._hear(
                lambda f: f.order(order, str(here.id), lambda o: o.authorise(told, str(RX), until))
            )

    @rule(which=WHICH, delay=st.integers(10, 60))
    def dose_and_leave(self, which: int, delay: int) -> None:
        here = self._pick(which, S.SCHEDULED)
        if here is None or not here.dosing:
            return
        self.now = max(self.now, here.starts_at + timedelta(minutes=delay))
        self._follow()
        if self.sessions[here.id].status is not S.SCHEDULED:
            return
        order = str(named(f"order-of-{here.id}-{here.schedule_version}"))
        taken = here.starts_at + timedelta(minutes=delay)
        told = self._told()
        dose = DoseFact(administered_at=taken, timing_profile="SL-STD", observe_until=taken)
        self._hear(
            lambda f: f.order(
                order,
                str(here.id),
                lambda o: o.authorise(told, str(RX), taken).administer(told, 1, dose),
            )
        )
        dosed = self.sessions[here.id]
        if dosed.status is S.DOSED:
            gone = transfer(dosed, left_at=max(self.now, taken), at=self.now, by=Role.NURSE)
            self.sessions[here.id] = gone.state
            self._follow()

    @rule(which=WHICH)
    def integration_is_held(self, which: int) -> None:
        here = self._pick(which, S.SCHEDULED)
        if here is not None and not here.dosing and here.starts_at <= self.now:
            self.sessions[here.id] = replace(here, status=S.COMPLETED)
            self._follow()

    @rule(which=WHICH)
    def integration_is_declined(self, which: int) -> None:
        here = self._pick(which, S.TRANSFERRED)
        if here is not None:
            try:
                self.sessions[here.id] = decline_integration(here, at=self.now).state
            except Refused:
                return
            self._follow()

    @rule(authorised=st.integers(1, 4))
    def amend(self, authorised: int) -> None:
        told = self._told()
        self._hear(lambda f: f.prescribe(told, str(RX), told.version + 1, terms(authorised)))

    @rule(late=st.sampled_from((False, False, False, True)))
    def the_way_is_long(self, late: bool) -> None:
        self.late = late

    @precondition(lambda self: self.under_way)
    @rule(which=WHICH)
    def one_arrives(self, which: int) -> None:
        self._arrives(self.under_way.pop(which % len(self.under_way)))

    @precondition(lambda self: self.arrived)
    @rule(which=WHICH)
    def one_is_told_again(self, which: int) -> None:
        before = self.facts
        self._arrives(self.arrived[which % len(self.arrived)])
        assert self.facts == before

"""What others tell in a clinic day, and what deadlines announce: late, again, out of order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from careteam_contracts import enums as wire
from careteam_contracts import intake, scheduling
from careteam_contracts.base import Event
from services.prescribing.handlers import TIMERS
from tests.unit.prescribing import clinic_life_heard as tells
from tests.unit.prescribing.clinic import PRESCRIBER, SESSION
from tests.unit.prescribing.clinic_life_people import PeopleAct, picks
from tests.unit.prescribing.memory import due_timer

EVENTS = (
    *("moved", "started", "ended", "aborted", "stopped", "held", "paused", "lifted"),
    *("withdrawn", "consented", "revoked", "approved", "left", "transferred", "discharged"),
    *("shared", "cancelled", "declined", "escort_lost", "escort_found", "closed"),
)


class ClinicLifeSteps(PeopleAct):
    """One course and one dosing session; the clinic gives a booster."""

    @rule(far=st.integers(1, 8))
    def the_day_goes_well(self, far: int) -> None:
        """A stretch of the usual way, so that what is rare can follow it."""
        steps: list[Callable[[], Any]] = [
            lambda: self.told("started"),
            lambda: self.measure({}, 0),
            self.release,
            lambda: self.administer(self.next_seq(), 60.0),
            lambda: self.time_passes(130),
            lambda: self.told("ended"),
            lambda: self.look(well=True, escalate=False, minutes_ago=0),
            lambda: self.clear_client(PRESCRIBER),
        ]
        for step in steps[:far]:
            step()

    def told(self, name: str) -> None:
        """It happens, and is heard at once."""
        self.happens(_event(name, 0, self.now, None))
        self.act(None)
        self.run(self.bag[-1].take_effect(self.uow))

    def next_seq(self) -> int:
        order = self.uow.dose_orders.states.get(self.order_id())
        return order.next_seq if order is not None else 1

    @rule(name=st.sampled_from(EVENTS), number=st.integers(0, 2))
    def something_happens(self, name: str, number: int) -> None:
        self.happens(_event(name, number, self.now, self.one("recoveries", 0)))

    @rule(pick=picks)
    def a_message_arrives(self, pick: int) -> None:
        """The newest, or any older one: late, again, out of order."""
        self.act(None)
        self.run(self.bag[-1 - pick % len(self.bag)].take_effect(self.uow))

    @rule(pick=picks)
    def a_fact_is_folded_early(self, pick: int) -> None:
        """An urgent event from behind a gap: its fact counts, its policy has not run."""
        self.act(None)
        heard = self.bag[-1 - pick % len(self.bag)]
        if heard.event.urgent:
            self.run(heard.fold(self.uow))

    @rule(pick=picks)
    def a_deadline_is_announced(self, pick: int) -> None:
        """Late, never early; and once more than needed."""
        due = [(key, when) for key, when in self.uow.timers.due.items() if when <= self.now]
        if due:
            (kind, key), when = due[pick % len(due)]
            self.act(None)
            self.run(TIMERS[kind](due_timer(key, when), self.uow))


def _event(name: str, number: int, now: datetime, recovery: Any) -> Event:
    an_id = UUID(int=70 + number)
    clearance_id = recovery.clearance_id if recovery is not None else None
    outcome = wire.SessionOutcome
    by_name: dict[str, Any] = {
        "moved": lambda: tells.moved(now, number + 2),
        "started": lambda: tells.started(now),
        "ended": lambda: tells.ended(now, outcome.COMPLETED),
        "aborted": lambda: tells.ended(now, outcome.ABORTED_BEFORE_DOSE),
        "stopped": lambda: tells.stopped(now),
        "held": lambda: tells.held(wire.HoldSeverity.STOP, an_id),
        "paused": lambda: tells.held(wire.HoldSeverity.PAUSE, an_id),
        "lifted": lambda: tells.lifted(an_id),
        "withdrawn": lambda: tells.withdrawn(now, an_id),
        "consented": lambda: tells.consented(now, an_id),
        "revoked": lambda: intake.ApprovalRevoked(approval_id=an_id),
        "approved": lambda: intake.ClientApproved(
            approval_id=an_id, plan_version=1, valid_until=now + timedelta(days=365)
        ),
        "left": lambda: tells.left(now),
        "transferred": lambda: tells.discharged(now, None),
        "discharged": lambda: tells.discharged(now, clearance_id or an_id),
        "shared": lambda: scheduling.SessionSummaryShared(session_id=SESSION, summary_ref=uuid4()),
        "cancelled": lambda: scheduling.SessionCancelled(
            session_id=SESSION, by_role=wire.ActorRole.FRONT_DESK
        ),
        "declined": lambda: scheduling.IntegrationDeclined(session_id=SESSION, at=now),
        "escort_lost": lambda: scheduling.EscortCancelled(session_id=SESSION, escort_id=an_id),
        "escort_found": lambda: scheduling.EscortConfirmed(session_id=SESSION, escort_id=an_id),
        "closed": lambda: intake.CourseClosed(outcome=wire.CourseOutcome.COMPLETED),
    }
    event: Event = by_name[name]()
    return event

"""Every step that prescription, orders and recoveries can be asked to take, in any order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.prescribing.domain.clearance import (
    ClearanceFacts,
    clear,
    clearance_decision,
    expire,
    rescind,
)
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import Dose, DoseOrderStatus, StopCause
from services.prescribing.domain.events import (
    DoseOrderClosed,
)
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import DoseOnBoard, RecoveryEnd
from shared.decisions import Change, Refused
from shared.protocol import ClearanceRole, HoldCategory
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PROTOCOL,
    WITNESS,
    active,
    at,
    observation,
)

OBSERVATION = timedelta(minutes=120)
VALIDITY = timedelta(minutes=30)
picks = st.integers(0, 5)


class DoseLifeSteps(RuleBasedStateMachine):
    """Steps may come in any order; refusals are fine, wrong states are not."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("09:00")
        self.rx: Prescription = active(sessions=2)
        self.orders: list[DoseOrder] = []
        self.recoveries: dict[UUID, Recovery] = {}
        self.gone: set[UUID] = set()
        self.events: list[Any] = []
        self.late = 0

    def keep(self, index: int, change: Change[DoseOrder, Any]) -> None:
        before, after = self.orders[index], change.state
        self.orders[index] = after
        self.events.extend(change.events)
        for dose in after.doses[len(before.doses) :]:
            self.on_board(after, dose)
        if any(isinstance(e, DoseOrderClosed) for e in change.events):
            self.settle(after)

    def settle(self, order: DoseOrder) -> None:
        if order.prescription_id is None:
            return
        settle = self.rx.use if order.count else self.rx.give_back
        self.rx = settle(order.id, self.now).state

    def on_board(self, order: DoseOrder, dose: Dose) -> None:
        seen = DoseOnBoard(
            order_id=order.id,
            seq=dose.seq,
            administered_at=dose.administered_at,
            timing_profile=dose.timing_profile,
            observe_until=dose.administered_at + OBSERVATION,
            effects_until=dose.administered_at + timedelta(minutes=175),
        )
        known = self.recoveries.get(order.session_id)
        change = (
            known.on_board(seen, self.now)
            if known
            else Recovery.begin(
                uuid4(), seen, client_id=CLIENT, course_id=COURSE, session_id=order.session_id
            )
        )
        self.gone.discard(order.session_id)
        self.recovered(change)

    def recovered(self, change: Change[Recovery, Any]) -> None:
        self.recoveries[change.state.session_id] = change.state
        self.events.extend(change.events)

    def attempt(self, step: Callable[[], None]) -> None:
        with suppress(Refused):
            step()

    def step_order(self, pick: int, step: Callable[[DoseOrder], Change[DoseOrder, Any]]) -> None:
        if not self.orders:
            return
        index = pick % len(self.orders)
        self.attempt(lambda: self.keep(index, step(self.orders[index])))

    def step_recovery(self, pick: int, step: Callable[[Recovery], Change[Recovery, Any]]) -> None:
        if not self.recoveries:
            return
        recovery = list(self.recoveries.values())[pick % len(self.recoveries)]
        self.attempt(lambda: self.recovered(step(recovery)))

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.orders) < 6)
    @rule()
    def request(self) -> None:
        self.orders.append(
            DoseOrder.request(
                uuid4(),
                client_id=CLIENT,
                course_id=COURSE,
                session_id=uuid4(),
                starts_at=self.now,
                planned_end_at=self.now + timedelta(hours=3),
            )
        )

    @rule(pick=picks)
    def authorise(self, pick: int) -> None:
        def step(order: DoseOrder) -> Change[DoseOrder, Any]:
            change = order.authorise(self.rx.id, self.now)
            self.rx = self.rx.reserve(order.id).state
            return change

        self.step_order(pick, step)

    @rule(pick=picks)
    def check(self, pick: int) -> None:
        self.step_order(pick, lambda o: o.check())

    @rule(pick=picks)
    def release(self, pick: int) -> None:
        self.step_order(pick, lambda o: o.release())

    @rule(pick=picks)
    def administer(self, pick: int) -> None:
        self.step_order(
            pick,
            lambda o: o.administer(
                o.next_seq,
                administered_at=self.now,
                timing_profile="SL-STD",
                observe_until=self.now + OBSERVATION,
            ),
        )

    @rule(pick=picks, minutes_ago=st.integers(0, 60))
    def record_taken(self, pick: int, minutes_ago: int) -> None:
        """Never refused, from whatever state."""
        if not self.orders:
            return
        index = pick % len(self.orders)
        order = self.orders[index]
        taken_at = self.now - timedelta(minutes=minutes_ago)
        self.late += order.status is DoseOrderStatus.CLOSED
        self.keep(
            index,
            order.take(
                Dose(
                    seq=order.next_seq,
                    administered_at=taken_at,
                    timing_profile="SL-STD",
                    deviation=True,
                    witness_ref=WITNESS,
                ),
                observe_until=taken_at + OBSERVATION,
                at=self.now,
            ),
        )

    @rule(pick=picks, cause=st.sampled_from(StopCause))
    def stop(self, pick: int, cause: StopCause) -> None:
        self.step_order(pick, lambda o: o.stop(cause, HoldCategory.MEDICAL, self.now))

    @rule(pick=picks)
    def return_medicine(self, pick: int) -> None:
        self.step_order(pick, lambda o: o.return_medicine(HoldCategory.MEDICAL, self.now))

    @rule(pick=picks)
    def close(self, pick: int) -> None:
        self.step_order(pick, lambda o: o.close(self.now))

    @rule()
    def revoke(self) -> None:
        def step() -> None:
            self.rx = self.rx.revoke(HoldCategory.MEDICAL, at=self.now, by=None).state

        self.attempt(step)

    @rule(pick=picks, well=st.booleans(), escalate=st.booleans())
    def look(self, pick: int, well: bool, escalate: bool) -> None:
        self.step_recovery(
            pick,
            lambda r: r.record(
                observation(steady_gait=well),
                PROTOCOL.recovery,
                by=NURSE,
                at=self.now,
                now=self.now,
                escalate=escalate,
            ),
        )

    @rule(pick=picks)
    def clear_client(self, pick: int) -> None:
        def step(recovery: Recovery) -> Change[Recovery, Any]:
            clearance_decision(
                ClearanceFacts(
                    recovery=recovery,
                    protocol=PROTOCOL,
                    session_ended_at=self.now,
                    session_end_source=None,
                    medicine_out=False,
                    found=False,
                    by=NURSE,
                    at=self.now,
                )
            ).require()
            return clear(
                recovery,
                uuid4(),
                by=NURSE,
                role=ClearanceRole.NURSE,
                at=self.now,
                validity=VALIDITY,
            )

        self.step_recovery(pick, step)

    @rule(pick=picks)
    def clearance_runs_out(self, pick: int) -> None:
        self.step_recovery(pick, lambda r: expire(r, self.now))

    @rule(pick=picks)
    def rescind_clearance(self, pick: int) -> None:
        self.step_recovery(
            pick,
            lambda r: rescind(r, r.clearance.clearance_id if r.clearance else uuid4(), self.now),
        )

    @rule(pick=picks, end=st.sampled_from(RecoveryEnd))
    def client_leaves(self, pick: int, end: RecoveryEnd) -> None:
        def step(recovery: Recovery) -> Change[Recovery, Any]:
            change = recovery.close(end, self.now)
            self.gone.add(recovery.session_id)
            return change

        self.step_recovery(pick, step)

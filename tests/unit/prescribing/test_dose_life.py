"""What holds after any sequence of steps (INV-10, 12, 13, 20 to 23, 25, 28)."""

from hypothesis import settings
from hypothesis.stateful import invariant

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    ClearanceRescinded,
    ClearedForDischarge,
    DoseAdministered,
    DoseAuthorized,
    DoseOrderClosed,
)
from tests.unit.prescribing.dose_life_steps import OBSERVATION, DoseLifeSteps


class DoseLife(DoseLifeSteps):
    """Refusals are fine, wrong states are not."""

    @invariant()
    def authorisations_are_counted_once(self) -> None:
        """INV-13, ruling 18."""
        ours = [o for o in self.orders if o.prescription_id is not None]
        used = {o.id for o in ours if o.status is DoseOrderStatus.CLOSED and o.count}
        reserved = {o.id for o in ours if o.status is not DoseOrderStatus.CLOSED}
        assert self.rx.used == used
        assert self.rx.reserved == reserved
        assert len(used) + len(reserved) <= 2 + self.late

    @invariant()
    def a_close_says_how_many_doses_there_were(self) -> None:
        last = {e.dose_order_id: e for e in self.events if isinstance(e, DoseOrderClosed)}
        for order in self.orders:
            if order.status is DoseOrderStatus.CLOSED:
                assert last[order.id].administered_count == order.count
                assert not order.medicine_out

    @invariant()
    def every_dose_is_told_once(self) -> None:
        """INV-12."""
        told = [
            (e.dose_order_id, e.dose_seq) for e in self.events if isinstance(e, DoseAdministered)
        ]
        assert len(told) == len(set(told)) == sum(o.count for o in self.orders)

    @invariant()
    def only_an_authorised_order_gives_a_dose(self) -> None:
        authorised = {e.dose_order_id for e in self.events if isinstance(e, DoseAuthorized)}
        for order in self.orders:
            for dose in order.doses:
                assert dose.deviation or order.id in authorised

    @invariant()
    def a_dosed_client_is_in_recovery_until_gone(self) -> None:
        """INV-20, INV-28."""
        for order in self.orders:
            if order.count:
                recovery = self.recoveries[order.session_id]
                assert recovery.dose_count == order.count
                assert recovery.open is (order.session_id not in self.gone)

    @invariant()
    def a_clearance_in_force_covers_everything_and_came_in_time(self) -> None:
        """INV-21 to 23."""
        rescinded = {e.clearance_id for e in self.events if isinstance(e, ClearanceRescinded)}
        given = {e.clearance_id: e for e in self.events if isinstance(e, ClearedForDischarge)}
        for recovery in self.recoveries.values():
            if not recovery.cleared_at(self.now):
                continue
            clearance = recovery.clearance
            assert clearance is not None
            assert clearance.clearance_id not in rescinded
            event = given[clearance.clearance_id]
            assert event.covers_dose_seq == recovery.dose_count
            assert event.cleared_at >= recovery.last_dose_at + OBSERVATION
            assert self.now < event.valid_until


TestDoseLife = DoseLife.TestCase
TestDoseLife.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

"""A dose order: one for one session's window, from the wish to the final count (section 6.2)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.prescribing.domain.dose_order_events import (
    dose_administered,
    dose_authorized,
    dose_order_closed,
    dose_withheld,
)
from services.prescribing.domain.dose_order_record import DoseOrderRecord
from services.prescribing.domain.dose_order_states import (
    AUTHORISATION,
    NEXT_NUMBER,
    RELEASE,
    RETURN_MEDICINE,
    TRANSITIONS,
    WITHHOLDING,
    Dose,
    DoseOrderStatus,
    OrderTrigger,
    StopCause,
    Stopped,
)
from services.prescribing.domain.events import DomainEvent
from shared.decisions import Change, refuse
from shared.protocol import HoldCategory

OrderChange: TypeAlias = "Change[DoseOrder, DomainEvent]"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOrder(DoseOrderRecord):
    """From the wish to the final count; its table of steps is in ``dose_order_states``."""

    @classmethod
    def request(
        cls,
        order_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID,
        starts_at: datetime,
        planned_end_at: datetime,
    ) -> "DoseOrder":
        return cls(
            id=order_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=DoseOrderStatus.REQUESTED,
            starts_at=starts_at,
            planned_end_at=planned_end_at,
        )

    def authorise(self, prescription_id: UUID, at: datetime) -> OrderChange:
        """Bound to a prescription until the session's planned end (ruling 18)."""
        self._need(OrderTrigger.AUTHORISE)
        authorised = replace(
            self,
            status=DoseOrderStatus.AUTHORISED,
            prescription_id=prescription_id,
            valid_until=self.planned_end_at,
            refused_for=(),
            authorised_since=at,
        )
        return Change(authorised, (dose_authorized(self, prescription_id, at),))

    def refuse(self, slugs: tuple[str, ...]) -> OrderChange:
        """Not authorised, for these reasons; it stays requested and is looked at again."""
        self._need(OrderTrigger.AUTHORISE)
        return Change(replace(self, refused_for=slugs))

    def check(self) -> OrderChange:
        """The pre-dose check passed."""
        self._need(OrderTrigger.CHECK)
        return Change(replace(self, status=DoseOrderStatus.CHECKED))

    def ask(self, now: datetime) -> OrderChange:
        """Raise the flag before looking at others, so that of two racing decisions one sees it."""
        self._need(OrderTrigger.RELEASE)
        return Change(replace(self, asking_since=now))

    def give_up_asking(self) -> OrderChange:
        """The gate refused."""
        return Change(replace(self, asking_since=None))

    def release(self) -> OrderChange:
        """The medicine leaves the store; G-DOSE has allowed it. A further dose keeps the state."""
        self._need(OrderTrigger.RELEASE)
        self._need_authorised()
        if self.medicine_out:
            refuse("medicine-already-out", "section 6.2", RETURN_MEDICINE, order_id=str(self.id))
        given = self.status is DoseOrderStatus.ADMINISTERED
        status = DoseOrderStatus.ADMINISTERED if given else DoseOrderStatus.RELEASED
        return Change(replace(self, status=status, asking_since=None, medicine_out=True))

    def administer(
        self, seq: int, *, administered_at: datetime, timing_profile: str, observe_until: datetime
    ) -> OrderChange:
        """The next dose of the set; G-DOSE has allowed it (INV-8 to 12)."""
        self._need(OrderTrigger.ADMINISTER)
        self._need_authorised()
        self._need_next(seq)
        if not self.medicine_out:
            refuse(
                "medicine-not-released",
                "section 6.2",
                RELEASE,
                dose_seq=seq,
            )
        dose = Dose(seq=seq, administered_at=administered_at, timing_profile=timing_profile)
        return _with(self, dose, observe_until)

    def take(self, dose: Dose, *, observe_until: datetime, at: datetime) -> OrderChange:
        """A dose that was taken is never refused, from whatever state (ruling 12).

        A closed order publishes its count again: highest version wins.
        """
        self._need(OrderTrigger.TAKE)
        self._need_next(dose.seq)
        closed = self.status is DoseOrderStatus.CLOSED
        taken = _with(self, dose, observe_until)
        if not closed:
            return taken
        return taken.then(lambda order: _closed(order, at))

    def name_deviation(self, seq: int) -> OrderChange:
        """A rule that the dose broke came to light after it was recorded (ruling 12)."""
        doses = (replace(dose, deviation=True) if dose.seq == seq else dose for dose in self.doses)
        return Change(replace(self, doses=tuple(doses)))

    def stop(self, cause: StopCause, category: HoldCategory, at: datetime) -> OrderChange:
        """It will not be given: withheld for a hold or with the medicine out, else cancelled."""
        self._need(OrderTrigger.STOP)
        stopped = replace(
            self,
            stopped=Stopped(cause=cause, category=category, at=at),
            asking_since=None,
        )
        if cause not in WITHHOLDING and not self.medicine_out:
            return Change(replace(stopped, status=DoseOrderStatus.CANCELLED))
        return Change(
            replace(stopped, status=DoseOrderStatus.WITHHELD), (dose_withheld(self, category, at),)
        )

    def return_medicine(self, category: HoldCategory, at: datetime) -> OrderChange:
        """Released and not taken: back in the store before a witness (7.2)."""
        self._need(OrderTrigger.RETURN)
        if not self.medicine_out:
            refuse(
                "no-medicine-out",
                "section 6.2",
                RELEASE,
                order_id=str(self.id),
                status=self.status,
            )
        if self.doses:
            return Change(replace(self, medicine_out=False))
        returned = replace(self, status=DoseOrderStatus.RETURNED, medicine_out=False)
        if self.stopped is not None:
            return Change(returned)
        stopped = Stopped(cause=StopCause.RETURNED_BY_CLINICIAN, category=category, at=at)
        return Change(replace(returned, stopped=stopped), (dose_withheld(self, category, at),))

    def close(self, at: datetime) -> OrderChange:
        """The final count. With medicine still out there is none (headline 4)."""
        self._need(OrderTrigger.CLOSE)
        if self.medicine_out:
            refuse("medicine-not-accounted-for", "INV-25", RETURN_MEDICINE, order_id=str(self.id))
        return _closed(self, at)

    def _need_authorised(self) -> None:
        if not self.authorised:
            refuse(
                "order-not-authorised",
                "ruling 13",
                AUTHORISATION,
                order_id=str(self.id),
                status=self.status,
            )

    def _need_next(self, seq: int) -> None:
        if seq != self.next_seq:
            refuse("dose-seq-not-next", "INV-12", NEXT_NUMBER, dose_seq=seq, next_seq=self.next_seq)

    def _need(self, trigger: OrderTrigger) -> None:
        TRANSITIONS.need(self.status, trigger, order_id=str(self.id))


def _with(order: DoseOrder, dose: Dose, observe_until: datetime) -> OrderChange:
    given = replace(
        order,
        status=DoseOrderStatus.ADMINISTERED,
        doses=(*order.doses, dose),
        medicine_out=False,
        asking_since=None,
    )
    return Change(given, (dose_administered(order, dose, observe_until),))


def _closed(order: DoseOrder, at: datetime) -> OrderChange:
    closed = replace(order, status=DoseOrderStatus.CLOSED, closed_at=at)
    return Change(closed, (dose_order_closed(order, at),))

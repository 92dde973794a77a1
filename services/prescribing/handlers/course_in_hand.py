"""A course as one transaction has it in hand: read once, kept up to date by its own steps."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.prescribing.domain.authorisation import AuthorisationFacts, authorisation_decision
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.handlers.dosed_sessions import dosed_sessions
from services.prescribing.handlers.order_consequences import keep_order, keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Change, Decision
from shared.protocol import ClinicProtocol


@dataclass(slots=True)
class CourseInHand:
    """What decides about orders. Everything in it is of one client, whose lock is held."""

    uow: UnitOfWork
    protocol: ClinicProtocol
    facts: CourseFacts
    orders: dict[UUID, DoseOrder]
    elsewhere: tuple[DoseOrder, ...]
    prescriptions: dict[UUID, Prescription]
    summaries: tuple[SummaryReview, ...]
    own_holds: tuple[Hold, ...]

    @classmethod
    async def read(cls, uow: UnitOfWork, facts: CourseFacts) -> "CourseInHand":
        course_id = facts.course_id
        orders = await uow.dose_orders.list_by(client_id=facts.client_id)
        written = await uow.prescriptions.list_by(course_id=course_id)
        return cls(
            uow=uow,
            protocol=await uow.protocol_of(course_id),
            facts=facts,
            orders={order.id: order for order in orders if order.course_id == course_id},
            elsewhere=tuple(order for order in orders if order.course_id != course_id),
            prescriptions={rx.id: rx for rx in written},
            summaries=tuple(await uow.summaries.list_by(course_id=course_id)),
            own_holds=tuple(await uow.safety_holds.list_by(course_id=course_id, status="open")),
        )

    def of_session(self, session_id: UUID) -> tuple[DoseOrder, ...]:
        return tuple(o for o in self.orders.values() if o.session_id == session_id)

    def prescription_of(self, order: DoseOrder) -> Prescription | None:
        """The order's own, as if it had not reserved yet; else the one that is active."""
        if order.prescription_id is not None:
            bound = self.prescriptions[order.prescription_id]
            return replace(bound, reserved=bound.reserved - {order.id})
        written = self.prescriptions.values()
        return next((rx for rx in written if rx.status is PrescriptionStatus.ACTIVE), None)

    def decision_on(self, order: DoseOrder) -> Decision:
        """Whether this order may be authorised now, with every reason."""
        return authorisation_decision(self.authorisation_facts(order))

    def authorisation_facts(self, order: DoseOrder) -> AuthorisationFacts:
        """What an authorisation of this order is decided by."""
        others = [other for other in self.orders.values() if other.id != order.id]
        return AuthorisationFacts(
            order=order,
            prescription=self.prescription_of(order),
            course=self.facts,
            dosed=dosed_sessions(self.orders.values(), besides=order.session_id),
            ahead=tuple(other.id for other in others if other.authorised),
            reviews=self.summaries,
            own_holds=self.own_holds,
            protocol=self.protocol,
            now=self.uow.now,
            dosed_elsewhere=dosed_sessions(self.elsewhere, besides=order.session_id),
        )

    async def keep(self, change: Change[DoseOrder, DomainEvent]) -> DoseOrder:
        """Save an order's step; what it settled with its prescription is known here too."""
        order = await keep_order(self.uow, change)
        self.orders[order.id] = order
        if order.prescription_id is not None:
            rx = await self.uow.prescriptions.get(order.prescription_id)
            self.prescriptions[rx.id] = rx
        return order

    async def reserve(self, rx_id: UUID, order: DoseOrder) -> DoseOrder:
        """Take one authorisation of a prescription for an order."""
        rx = await keep_prescription(self.uow, self.prescriptions[rx_id].reserve(order.id))
        self.prescriptions[rx.id] = rx
        return await self.keep(order.authorise(rx.id, self.uow.now))

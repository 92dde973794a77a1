"""An event that could not take effect is told to people."""

from services.prescribing.domain.vocabulary import IncidentCode
from services.prescribing.handlers.tasks import record_incident
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from shared.messaging import Delivery


async def tell_people(delivery: Delivery, reason: str, uow: SqlPrescribingUnitOfWork) -> None:
    """Gates of this course refuse until somebody looks; the incident becomes a task (INV-39)."""
    if delivery.course_id is not None:
        await record_incident(
            uow,
            IncidentCode.EVENT_PARKED,
            client_id=delivery.client_id,
            course_id=delivery.course_id,
            session_id=None,
            cause=f"parked:{delivery.event_id}",
            at=uow.now,
        )

"""What If-Match and ETag mean on routes that name a session, a check or a clearance."""

from uuid import UUID

from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from shared.web.calls import Call


async def about_recovery(call: Call, session_id: UUID) -> Call:
    """The session's recovery."""

    async def find(uow: SqlPrescribingUnitOfWork) -> UUID | None:
        recovery = await uow.recoveries.find_by(session_id=session_id)
        return recovery.id if recovery is not None else None

    return call.about(await call.read(find))


async def about_clearance(call: Call, clearance_id: UUID) -> Call:
    """The recovery in which it was given; raises NotFound."""

    async def find(uow: SqlPrescribingUnitOfWork) -> UUID:
        return (await uow.recoveries.with_clearance(clearance_id)).id

    return call.about(await call.read(find))


async def about_checks(call: Call, session_id: UUID) -> Call:
    """The session's series of checks, if anybody has measured."""

    async def find(uow: SqlPrescribingUnitOfWork) -> UUID | None:
        series = await uow.checks.find_by(session_id=session_id)
        return series.id if series is not None else None

    return call.about(await call.read(find))


async def about_check(call: Call, check_id: UUID) -> Call:
    """The series that this check belongs to; raises NotFound."""

    async def find(uow: SqlPrescribingUnitOfWork) -> UUID:
        return (await uow.checks.with_check(check_id)).id

    return call.about(await call.read(find))


async def about_summary(call: Call, session_id: UUID) -> Call:
    """The review of the session's summary."""

    async def find(uow: SqlPrescribingUnitOfWork) -> UUID | None:
        review = await uow.summaries.find_by(session_id=session_id)
        return review.id if review is not None else None

    return call.about(await call.read(find))

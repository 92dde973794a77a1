"""What prescribing keeps that is signed: assessments and pre-dose checks, with what came later."""

from typing import Any, Final
from uuid import UUID

from shared.decisions.addendum import SignedRecord
from shared.web.addenda import RecordKind, add_routes


async def _assessment(uow: Any, request_id: UUID) -> SignedRecord:
    found = await uow.assessments.get(request_id)
    return SignedRecord(
        kind=ASSESSMENT.name,
        id=found.id,
        client_id=found.client_id,
        course_id=found.course_id,
        signed_at=found.completed.at if found.completed else None,
    )


async def _check(uow: Any, check_id: UUID) -> SignedRecord:
    found = await uow.checks.with_check(check_id)
    [check] = [one for one in found.checks if one.check_id == check_id]
    return SignedRecord(
        kind=PRE_DOSE_CHECK.name,
        id=check_id,
        client_id=found.client_id,
        course_id=found.course_id,
        signed_at=check.taken.at,
    )


ASSESSMENT: Final = RecordKind(
    name="assessments", read="see_assessments", sign="complete_assessment", find=_assessment
)
PRE_DOSE_CHECK: Final = RecordKind(
    name="pre-dose-checks", read="see_pre_dose_checks", sign="record_pre_dose_check", find=_check
)
KINDS: Final = (ASSESSMENT, PRE_DOSE_CHECK)

router: Final = add_routes(KINDS)

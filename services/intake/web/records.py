"""What intake keeps that is signed: evaluations and consents. What came later is added beneath."""

from typing import Any, Final
from uuid import UUID

from shared.decisions.addendum import SignedRecord
from shared.web.addenda import RecordKind, add_routes


async def _evaluation(uow: Any, course_id: UUID) -> SignedRecord:
    course = await uow.courses.get(course_id)
    return SignedRecord(
        kind=EVALUATION.name,
        id=course.id,
        client_id=course.client_id,
        course_id=course.id,
        signed_at=course.evaluation.at if course.evaluation else None,
    )


async def _consent(uow: Any, consent_id: UUID) -> SignedRecord:
    book = await uow.consents.with_signature(consent_id)
    return SignedRecord(
        kind=CONSENT.name,
        id=consent_id,
        client_id=book.client_id,
        course_id=book.course_id,
        signed_at=book.with_id(consent_id).signed_at,
    )


EVALUATION: Final = RecordKind(
    name="evaluations", read="read_course", sign="evaluate_client", find=_evaluation
)
"""The psychological evaluation of a course, found by the course's id."""
CONSENT: Final = RecordKind(name="consents", read="read_course", sign="sign_consent", find=_consent)
KINDS: Final = (EVALUATION, CONSENT)

router: Final = add_routes(KINDS)

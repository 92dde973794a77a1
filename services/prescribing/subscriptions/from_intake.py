"""Intake: the request to assess, approval, consent, the team, the course's end."""

from typing import Any, Final

from careteam_contracts import intake
from services.prescribing.domain.course_facts import CareTeam, CourseReview
from services.prescribing.domain.vocabulary import CourseDecision
from services.prescribing.handlers.when_course_changes import (
    when_approval_revoked,
    when_assessment_requested,
    when_consent_withdrawn,
    when_course_ended,
)
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.subscriptions.hearing import course_of, folds, look_again, told
from shared.messaging import Delivery, Subscription, erase_client
from shared.protocol import ConsentScope


async def _assess(
    event: intake.MedicalAssessmentRequested, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_assessment_requested(
        uow,
        request_id=event.request_id,
        client_id=delivery.client_id,
        course_id=course_of(delivery),
        requested_at=delivery.occurred_at,
        review_flags=event.review_flags,
    )


async def _end(
    _event: intake.CourseClosed | intake.ClientDeclined,
    delivery: Delivery,
    uow: SqlPrescribingUnitOfWork,
) -> None:
    await when_course_ended(uow, course_id=course_of(delivery), client_id=delivery.client_id)


async def _revoke(
    _event: intake.ApprovalRevoked, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_approval_revoked(uow, course_id=course_of(delivery), client_id=delivery.client_id)


async def _stop_preparing(
    _event: intake.ConsentWithdrawn, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_consent_withdrawn(uow, course_id=course_of(delivery), client_id=delivery.client_id)


def _scopes(scopes: tuple[Any, ...]) -> tuple[ConsentScope, ...]:
    return tuple(ConsentScope(scope) for scope in scopes)


FROM_INTAKE: Final[tuple[Subscription[Any, SqlPrescribingUnitOfWork], ...]] = (
    Subscription(
        intake.ClientRegistered,
        fold=folds(lambda f, _e, d: f.register(told(value=True, delivery=d))),
    ),
    Subscription(
        intake.CareTeamAssigned,
        fold=folds(
            lambda f, e, d: f.assign(
                e.team_version,
                told(CareTeam(therapist_ref=e.therapist_ref, prescriber_ref=e.prescriber_ref), d),
            )
        ),
    ),
    Subscription(
        intake.MedicalAssessmentRequested, fold=folds(lambda f, _e, _d: f), policy=_assess
    ),
    Subscription(
        intake.ClientApproved,
        fold=folds(lambda f, e, d: f.approve(e.approval_id, told(e.valid_until, d))),
        policy=look_again,
    ),
    Subscription(
        intake.ClientDeclined,
        fold=folds(lambda f, _e, d: f.close(told(d.occurred_at, d))),
        policy=_end,
    ),
    Subscription(
        intake.ApprovalRevoked,
        fold=folds(
            lambda f, e, d: f.revoke_approval(e.approval_id, str(d.event_id), d.occurred_at)
        ),
        policy=_revoke,
    ),
    Subscription(
        intake.ConsentGranted,
        fold=folds(
            lambda f, e, d: f.grant(e.consent_id, _scopes(e.scopes), told(e.valid_until, d))
        ),
        policy=look_again,
    ),
    Subscription(
        intake.ConsentWithdrawn,
        fold=folds(
            lambda f, e, d: f.end_consent(
                e.consent_id, _scopes(e.scopes), str(d.event_id), e.withdrawn_at
            )
        ),
        policy=_stop_preparing,
    ),
    Subscription(
        intake.ConsentExpired,
        fold=folds(
            lambda f, e, d: f.end_consent(
                e.consent_id, ConsentScope, str(d.event_id), d.occurred_at
            )
        ),
    ),
    Subscription(
        intake.CourseReviewed,
        fold=folds(
            lambda f, e, d: f.review(
                e.review_id,
                told(
                    CourseReview(
                        decision=CourseDecision(e.decision),
                        covers_until_session_no=e.covers_until_session_no,
                    ),
                    d,
                ),
            )
        ),
        policy=look_again,
    ),
    Subscription(intake.CourseProtocolChanged, fold=folds(lambda f, _e, _d: f), policy=look_again),
    Subscription(
        intake.CourseClosed,
        fold=folds(lambda f, _e, d: f.close(told(d.occurred_at, d))),
        policy=_end,
    ),
    Subscription(intake.ClientErased, fold=erase_client),
)

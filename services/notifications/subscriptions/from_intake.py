"""Registration, the care team, approval, consent, the end of a course."""

from typing import Final

from careteam_contracts import intake
from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.client_facts import ChannelConsent
from services.notifications.domain.facts import CareTeam, CourseOutcome
from services.notifications.handlers.hearing import alert, heard, sourced, then
from services.notifications.handlers.tell_team import readdress
from services.notifications.handlers.when_course_changes import (
    when_assessment_requested,
    when_client_approved,
    when_client_declined,
    when_course_closed,
)
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.subscriptions.words import tell_and_follow
from shared.messaging import Delivery, Subscription, erase_client


async def preferences_changed(
    event: intake.ContactPreferencesChanged, delivery: Delivery, uow: SqlNotificationsUnitOfWork
) -> None:
    consent = ChannelConsent(
        version=event.pref_version,
        sms=event.sms_allowed,
        email=event.email_allowed,
        voice=event.voice_allowed,
    )
    await uow.client_facts.fold(
        delivery.client_id,
        delivery.client_id,
        lambda facts: facts.consent_changed(sourced(consent, delivery)),
    )


FROM_INTAKE: Final = (
    Subscription(
        intake.ClientRegistered,
        fold=heard(lambda f, _e, d: f.was_registered(sourced(value=True, told=d))),
    ),
    Subscription(intake.ContactPreferencesChanged, fold=preferences_changed),
    Subscription(
        intake.CareTeamAssigned,
        fold=heard(
            lambda f, e, d: f.team_assigned(
                e.team_version,
                sourced(
                    CareTeam(therapist_ref=e.therapist_ref, prescriber_ref=e.prescriber_ref), d
                ),
            )
        ),
        policy=then(lambda uow, course, _e, _d: readdress(uow, course)),
    ),
    Subscription(
        intake.MedicalAssessmentRequested,
        fold=heard(lambda f, e, d: f.assessment_requested(e.request_id, sourced(d.occurred_at, d))),
        policy=then(
            lambda uow, course, e, d: when_assessment_requested(
                uow, course, request_id=e.request_id, at=d.occurred_at
            )
        ),
    ),
    Subscription(
        intake.ClientApproved,
        fold=heard(),
        policy=then(lambda uow, course, _e, d: when_client_approved(uow, course, at=d.occurred_at)),
    ),
    Subscription(
        intake.ClientDeclined,
        fold=heard(lambda f, e, d: f.was_declined(e.decision_id, sourced(d.occurred_at, d))),
        policy=then(lambda uow, course, _e, d: when_client_declined(uow, course, at=d.occurred_at)),
    ),
    Subscription(
        intake.ApprovalRevoked,
        fold=heard(alert(AlertKind.APPROVAL_REVOKED, lambda e: e.approval_id)),
        policy=tell_and_follow,
    ),
    Subscription(
        intake.ConsentWithdrawn,
        fold=heard(alert(AlertKind.CONSENT_WITHDRAWN, lambda e: e.consent_id)),
        policy=tell_and_follow,
    ),
    Subscription(
        intake.CourseProtocolChanged,
        fold=heard(),
        policy=tell_and_follow,
    ),
    Subscription(
        intake.CourseClosed,
        fold=heard(lambda f, e, d: f.closed(sourced(CourseOutcome(e.outcome), d))),
        policy=then(
            lambda uow, course, e, d: when_course_closed(
                uow,
                course,
                outcome=CourseOutcome(e.outcome),
                followup_due_at=e.followup_due_at,
                at=d.occurred_at,
            )
        ),
    ),
    Subscription(intake.ClientErased, fold=erase_client),
)

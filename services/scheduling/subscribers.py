"""What scheduling hears: the fact that each event tells, and what is done about it.

A fold only writes what was told. What follows is one policy for nearly all: look again at
everything that the client has here (ruling 20).
"""

from typing import Any, Final

from careteam_contracts import intake, notifications, prescribing, shared_safety
from services.scheduling.domain.course_facts import CareTeam, CourseFacts, HoldFact
from services.scheduling.domain.preferences import Preferences
from services.scheduling.domain.prescription_facts import DoseFact, PrescriptionTerms
from services.scheduling.domain.session_facts import CheckFact, ClearanceFact
from services.scheduling.domain.told import Told
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.subscriptions import (
    follow_up_is_owed,
    hears,
    integration_comes_forward,
    lifted_by_whom,
    somebody_calls,
    the_team_hears,
)
from shared.messaging import Subscription, erase_client


def _care_team(f: CourseFacts, t: Told, e: intake.CareTeamAssigned) -> CourseFacts:
    team = CareTeam(therapist_ref=e.therapist_ref, prescriber_ref=e.prescriber_ref)
    return f.assign(t, e.team_version, team)


def _granted(f: CourseFacts, t: Told, e: intake.ConsentGranted) -> CourseFacts:
    return f.consent(lambda c: c.grant(t, str(e.consent_id), _scopes(e.scopes), e.valid_until))


def _withdrawn(f: CourseFacts, t: Told, e: intake.ConsentWithdrawn) -> CourseFacts:
    return f.consent(lambda c: c.withdraw(t, str(e.consent_id), _scopes(e.scopes), e.withdrawn_at))


def _scopes(scopes: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(scope.value for scope in scopes)


def _preferred(f: CourseFacts, t: Told, e: intake.PreferencesUpdated) -> CourseFacts:
    preferences = Preferences(
        touch=e.touch.value,
        music=e.music,
        eyeshades=e.eyeshades,
        engagement_style=e.engagement_style.value,
    )
    return f.prefer(t, e.preferences_version, preferences)


def _prescribed(f: CourseFacts, t: Told, e: prescribing.DosePrescribed) -> CourseFacts:
    terms = PrescriptionTerms(
        timing_profile=e.timing_profile,
        sessions_authorised=e.sessions_authorised,
        valid_until=e.valid_until,
        valid_from=e.valid_from,
    )
    return f.prescribe(t, str(e.prescription_id), e.rx_version, terms)


def _amended(f: CourseFacts, t: Told, e: prescribing.PrescriptionAmended) -> CourseFacts:
    terms = PrescriptionTerms(
        timing_profile=e.timing_profile,
        sessions_authorised=e.sessions_authorised,
        valid_until=e.valid_until,
    )
    return f.prescribe(t, str(e.prescription_id), e.rx_version, terms)


def _authorised(f: CourseFacts, t: Told, e: prescribing.DoseAuthorized) -> CourseFacts:
    return f.order(
        str(e.dose_order_id),
        str(e.session_id),
        lambda o: o.authorise(t, str(e.prescription_id), e.valid_until),
    )


def _administered(f: CourseFacts, t: Told, e: prescribing.DoseAdministered) -> CourseFacts:
    dose = DoseFact(
        administered_at=e.administered_at,
        timing_profile=e.timing_profile,
        observe_until=e.observe_until,
    )
    return f.order(
        str(e.dose_order_id), str(e.session_id), lambda o: o.administer(t, e.dose_seq, dose)
    )


def _checked(f: CourseFacts, t: Told, e: prescribing.PreDoseCheckRecorded) -> CourseFacts:
    check = CheckFact(check_id=str(e.check_id), outcome=e.outcome.value, valid_until=e.valid_until)
    return f.session(str(e.session_id), lambda s: s.checked(t, e.check_version, check))


def _cleared(f: CourseFacts, t: Told, e: prescribing.ClearedForDischarge) -> CourseFacts:
    clearance = ClearanceFact(
        covers_dose_seq=e.covers_dose_seq, cleared_at=e.cleared_at, valid_until=e.valid_until
    )
    return f.session(str(e.session_id), lambda s: s.cleared(t, str(e.clearance_id), clearance))


def _held(f: CourseFacts, t: Told, e: shared_safety.SafetyHoldPlaced) -> CourseFacts:
    hold = HoldFact(
        category=e.hold_category.value,
        blocks=tuple(block.value for block in e.blocks),
        severity=e.severity.value,
        owner=e.producer.value,
    )
    return f.place_hold(t, str(e.hold_id), hold)


def _lifted(f: CourseFacts, t: Told, e: shared_safety.SafetyHoldLifted) -> CourseFacts:
    return f.lift_hold(t, str(e.hold_id), by=e.producer.value)


def _cared_for(f: CourseFacts, t: Told, e: notifications.AftercareStarted) -> CourseFacts:
    return f.care_after(
        t,
        str(e.aftercare_id),
        str(e.session_id),
        e.restrictions_until,
        end_known=e.end_known,
        plan=e.plan.value,
    )


def _extended(f: CourseFacts, t: Told, e: notifications.RestrictionsExtended) -> CourseFacts:
    return f.care_after(
        t,
        str(e.aftercare_id),
        str(e.session_id),
        e.restrictions_until,
        end_known=e.end_known,
    )


_I, _P, _N, _H = intake, prescribing, notifications, shared_safety
SUBSCRIPTIONS: Final[tuple[Subscription[Any, Uow], ...]] = (
    hears(_I.ClientRegistered, lambda f, t, _e: f.register(t), None),
    hears(_I.CareTeamAssigned, _care_team, None),
    hears(_I.ClientApproved, lambda f, t, e: f.approve(t, str(e.approval_id), e.valid_until)),
    hears(_I.ApprovalRevoked, lambda f, t, e: f.revoke_approval(t, str(e.approval_id))),
    hears(_I.ClientDeclined, lambda f, t, _e: f.decline(t)),
    hears(_I.ConsentGranted, _granted),
    hears(_I.ConsentWithdrawn, _withdrawn),
    hears(_I.ConsentExpired, lambda f, t, e: f.consent(lambda c: c.expire(t, str(e.consent_id)))),
    hears(_I.PreferencesUpdated, _preferred, None),
    Subscription(_I.ClientErased, fold=erase_client),
    hears(
        _I.CourseReviewed,
        lambda f, t, e: f.review(t, str(e.review_id), e.covers_until_session_no),
    ),
    hears(_I.CourseProtocolChanged, None),
    hears(_I.CourseClosed, lambda f, t, e: f.close(t, e.outcome.value), follow_up_is_owed),
    hears(_P.DosePrescribed, _prescribed),
    hears(_P.PrescriptionAmended, _amended),
    hears(_P.PrescriptionRevoked, lambda f, t, e: f.revoke_prescription(t, str(e.prescription_id))),
    hears(
        _P.PrescriptionEnded,
        lambda f, t, e: f.end_prescription(t, str(e.prescription_id), e.reason.value),
    ),
    hears(_P.DoseAuthorized, _authorised),
    hears(_P.PreDoseCheckRecorded, _checked),
    hears(_P.DoseAdministered, _administered),
    hears(
        _P.DoseWithheld,
        lambda f, t, e: f.order(
            str(e.dose_order_id),
            str(e.session_id),
            lambda o: o.withhold(t, e.hold_category.value),
        ),
    ),
    hears(
        _P.DoseOrderClosed,
        lambda f, t, e: f.order(
            str(e.dose_order_id), str(e.session_id), lambda o: o.close(t, e.administered_count)
        ),
    ),
    hears(
        _P.RecoveryCheckRecorded,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.recovery_checked(t, e.check_no, e.outcome.value)
        ),
    ),
    hears(_P.ClearedForDischarge, _cleared),
    hears(
        _P.ClearanceRescinded,
        lambda f, t, e: f.session(str(e.session_id), lambda s: s.rescinded(t, str(e.clearance_id))),
    ),
    hears(
        _P.AdverseEventRecorded,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.harmed(t, str(e.ae_id), serious=e.serious)
        ),
    ),
    hears(
        _P.SessionSummaryReviewed,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.reviewed(t, e.review_outcome.value)
        ),
    ),
    hears(_N.AftercareStarted, _cared_for),
    hears(_N.RestrictionsExtended, _extended),
    hears(
        _N.AftercareCompleted,
        lambda f, t, e: f.care_completed(t, str(e.aftercare_id)),
        None,
    ),
    hears(
        _N.InstructionsDelivered,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.instructions_given(t, e.recipient.value)
        ),
    ),
    hears(
        _N.InstructionsAcknowledged,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.instructions_confirmed(t, e.recipient.value)
        ),
    ),
    hears(
        _N.CheckInCompleted,
        lambda f, t, e: f.session(
            str(e.session_id), lambda s: s.asked_after(t, str(e.checkin_id), e.outcome.value)
        ),
        integration_comes_forward,
    ),
    hears(_N.AftercareEscalated, None, the_team_hears),
    hears(_N.DeliveryFailed, None, somebody_calls),
    hears(_H.IntakeSafetyHoldPlaced, _held, lifted_by_whom),
    hears(_H.PrescribingSafetyHoldPlaced, _held, lifted_by_whom),
    hears(_H.NotificationsSafetyHoldPlaced, _held, lifted_by_whom),
    hears(_H.IntakeSafetyHoldLifted, _lifted, lifted_by_whom),
    hears(_H.PrescribingSafetyHoldLifted, _lifted, lifted_by_whom),
    hears(_H.NotificationsSafetyHoldLifted, _lifted, lifted_by_whom),
)

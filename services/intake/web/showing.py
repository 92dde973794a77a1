"""Filling in the views of clients and courses."""

from datetime import date, datetime

from services.intake.domain.client import Client
from services.intake.domain.closing import Closing, Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import (
    dosed_count,
    next_session,
    preparation_is_met,
    preparations_done,
    prescribed_until,
)
from services.intake.domain.gates import CourseInFull
from services.intake.domain.plan import TreatmentPlan
from services.intake.web.views import (
    ApprovalView,
    ChannelConsentView,
    ChannelsSinceView,
    ClientView,
    ClosedView,
    ClosingView,
    CourseInFullView,
    CourseView,
    EvaluationView,
    NextSessionView,
    ObstacleView,
    PlanView,
    PreferencesView,
    RequestView,
    TouchAgreementView,
)


def client_view(client: Client, today: date) -> ClientView:
    return ClientView(
        id=client.id,
        course_id=client.course_id,
        status=client.status,
        name=client.name,
        date_of_birth=client.date_of_birth,
        age=client.age_on(today),
        phone=client.contact.phone,
        email=client.contact.email,
        language=client.contact.language,
        timezone=client.contact.timezone,
        channel_consent=ChannelConsentView(
            sms=client.channels.sms, email=client.channels.email, voice=client.channels.voice
        ),
        channel_history=[
            ChannelsSinceView(
                sms=one.channels.sms,
                email=one.channels.email,
                voice=one.channels.voice,
                since=one.since,
            )
            for one in client.channel_history
        ],
        pref_version=client.pref_version,
        registered_at=client.registered_at,
    )


def course_view(course: TreatmentCourse, now: datetime) -> CourseView:
    return CourseView(
        id=course.id,
        client_id=course.client_id,
        status="closing" if course.closing is not None else course.status,
        opened_at=course.opened_at,
        programme=course.programme,
        protocol_version=course.protocol_version,
        protocol_name=course.protocol_name,
        therapist_ref=course.care_team.therapist_ref,
        prescriber_ref=course.care_team.prescriber_ref,
        team_version=course.care_team.version,
        covers_until_session_no=course.covers_until_session_no,
        evaluation=_evaluation(course),
        plan=None if course.plan is None else _plan(course.plan),
        medical_request=_request(course),
        approval=_approval(course, now),
        preferences=PreferencesView(
            touch=course.preferences.touch,
            music=course.preferences.music,
            eyeshades=course.preferences.eyeshades,
            engagement_style=course.preferences.engagement_style,
            focus=course.preferences.focus,
            version=course.preferences.version,
            touch_history=[
                TouchAgreementView(touch=one.touch, agreed_at=one.agreed_at)
                for one in course.preferences.touch_history
            ],
        ),
        closing=None if course.closing is None else _closing(course.closing),
        close_refused=[_obstacle(one) for one in course.close_refused],
        closed=None
        if course.closed is None
        else ClosedView(
            outcome=course.closed.outcome,
            at=course.closed.at,
            followup_due_at=course.closed.followup_due_at,
        ),
    )


def course_in_full_view(
    known: CourseInFull, *, recommended: tuple[int, int], now: datetime
) -> CourseInFullView:
    shown = course_view(known.course, now).model_dump()
    if known.course.closing is None:
        shown["status"] = known.status(now)
    upcoming = next_session(known.facts, now)
    return CourseInFullView(
        **shown,
        plans=[_plan(plan) for plan in known.course.plans],
        dosed_count=dosed_count(known.facts),
        preparations_done=len(preparations_done(known.facts)),
        preparation_met=preparation_is_met(known.facts),
        serious_adverse_events=len(known.facts.serious_adverse_events.open),
        prescribed_until=prescribed_until(known.facts),
        next_session=None
        if upcoming is None
        else NextSessionView(
            session_id=upcoming.session_id, kind=upcoming.kind, starts_at=upcoming.starts_at
        ),
        open_holds=len(known.circumstances.open_holds),
        recommended_min=recommended[0],
        recommended_target=recommended[1],
    )


def _evaluation(course: TreatmentCourse) -> EvaluationView | None:
    found = course.evaluation
    if found is None:
        return None
    return EvaluationView(outcome=found.outcome, author_ref=found.author_ref, at=found.at)


def _plan(plan: TreatmentPlan) -> PlanView:
    return PlanView(
        version=plan.version,
        planned_sessions=plan.planned_sessions,
        goals=plan.goals,
        route_preference=plan.route_preference,
        agreed_at=plan.agreed_at,
    )


def _request(course: TreatmentCourse) -> RequestView | None:
    request = course.request
    if request is None:
        return None
    return RequestView(
        request_id=request.request_id,
        requested_at=request.requested_at,
        review_flags=request.review_flags,
        outcome=request.outcome,
        assessed_by=request.assessed_by,
        valid_until=request.valid_until,
    )


def _approval(course: TreatmentCourse, now: datetime) -> ApprovalView | None:
    approval = course.current_approval(now) or course.approval
    if approval is None:
        return None
    return ApprovalView(
        approval_id=approval.approval_id,
        plan_version=approval.plan_version,
        granted_at=approval.granted_at,
        valid_until=approval.valid_until,
        revoked_at=approval.revoked_at,
        current=approval.current(now),
    )


def _closing(closing: Closing) -> ClosingView:
    return ClosingView(
        cause=closing.cause,
        into=closing.into,
        outcome=closing.outcome,
        raised_at=closing.raised_at,
        obstacles=[_obstacle(one) for one in closing.obstacles],
    )


def _obstacle(obstacle: Obstacle) -> ObstacleView:
    return ObstacleView(
        kind=obstacle.kind, ref=obstacle.ref, status=obstacle.status, owner=obstacle.owner
    )

"""What intake answers about clients and courses. Private words go to signed-in people only."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class ChannelConsentView(BaseModel):
    sms: bool
    email: bool
    voice: bool


class ChannelsSinceView(ChannelConsentView):
    since: datetime


class ClientView(BaseModel):
    """A client's record."""

    id: UUID
    course_id: UUID
    status: str
    name: str
    date_of_birth: date
    age: int
    phone: str | None
    email: str | None
    language: str
    timezone: str | None
    channel_consent: ChannelConsentView
    channel_history: list[ChannelsSinceView]
    pref_version: int
    registered_at: datetime


class PlanView(BaseModel):
    version: int
    planned_sessions: int
    goals: str
    route_preference: str | None
    agreed_at: datetime


class EvaluationView(BaseModel):
    outcome: str
    author_ref: UUID | None
    at: datetime


class RequestView(BaseModel):
    request_id: UUID
    requested_at: datetime
    review_flags: int
    outcome: str | None
    assessed_by: UUID | None
    valid_until: datetime | None


class ApprovalView(BaseModel):
    approval_id: UUID
    plan_version: int
    granted_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    current: bool


class TouchAgreementView(BaseModel):
    touch: str
    agreed_at: datetime


class PreferencesView(BaseModel):
    touch: str
    music: bool
    eyeshades: bool
    engagement_style: str
    focus: str | None
    version: int
    touch_history: list[TouchAgreementView]


class ObstacleView(BaseModel):
    """What stands in the way of a closing."""

    kind: str
    ref: UUID | None
    status: str
    owner: str


class ClosingView(BaseModel):
    """The raised flag: what is being closed, why, and what it waits for."""

    cause: str
    into: str
    outcome: str | None
    raised_at: datetime
    obstacles: list[ObstacleView]


class ClosedView(BaseModel):
    outcome: str
    at: datetime
    followup_due_at: datetime | None


class CourseView(BaseModel):
    """A course of treatment; ``status`` is ``closing`` while its flag is up."""

    id: UUID
    client_id: UUID
    status: str
    opened_at: datetime
    programme: str | None
    protocol_version: int
    protocol_name: str
    therapist_ref: UUID | None
    prescriber_ref: UUID | None
    team_version: int
    covers_until_session_no: int
    evaluation: EvaluationView | None
    plan: PlanView | None
    medical_request: RequestView | None
    approval: ApprovalView | None
    preferences: PreferencesView
    closing: ClosingView | None
    close_refused: list[ObstacleView]
    closed: ClosedView | None


class NextSessionView(BaseModel):
    session_id: UUID
    kind: str
    starts_at: datetime


class CourseInFullView(CourseView):
    """A course with the way so far and what is next, as the others told it."""

    plans: list[PlanView]
    dosed_count: int
    preparations_done: int
    preparation_met: bool
    serious_adverse_events: int
    prescribed_until: datetime | None
    next_session: NextSessionView | None
    open_holds: int
    recommended_min: int
    recommended_target: int


class CoursePage(BaseModel):
    items: list[CourseView]
    next_cursor: UUID | None


class ClientPage(BaseModel):
    items: list[ClientView]
    next_cursor: UUID | None

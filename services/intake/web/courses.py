"""Courses: team, evaluation, preferences, revocation, closing, and how a course stands."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, model_validator

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.vocabulary import CourseOutcome, CourseStatus, EvaluationOutcome
from services.intake.domain.wishes import StatedWishes
from services.intake.handlers.assign_team import AssignTeam, assign_team
from services.intake.handlers.close_course import CloseCourse, close_course
from services.intake.handlers.course_in_full import course_in_full
from services.intake.handlers.evaluate_client import EvaluateClient, evaluate_client
from services.intake.handlers.revoke_approval import RevokeApproval, revoke_approval
from services.intake.handlers.update_preferences import UpdatePreferences, update_preferences
from services.intake.persistence.queries import Wanted, list_courses
from services.intake.web.fields import Body, Moment, Text
from services.intake.web.paging import PAGE, Cursor, Most, cut
from services.intake.web.showing import course_in_full_view, course_view
from services.intake.web.views import CourseInFullView, CoursePage, CourseView
from shared.protocol import EngagementStyle, Route, Touch
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/courses", tags=["courses"])


class CareTeamBody(Body):
    """Who is left out stays."""

    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None


class EvaluationBody(Body):
    """A suitable client has a plan: how many sessions, towards which goals, by which route."""

    outcome: EvaluationOutcome
    planned_sessions: Annotated[int, Field(ge=1, le=100)] | None = None
    goals: Text | None = None
    route_preference: Route | None = None

    @model_validator(mode="after")
    def _suitable_has_a_plan(self) -> Self:
        if self.outcome is EvaluationOutcome.SUITABLE and None in (
            self.planned_sessions,
            self.goals,
        ):
            raise ValueError("a suitable client needs planned_sessions and goals")
        return self


class PreferencesBody(Body):
    """What is left out stays as it was; an empty focus takes the topic back."""

    touch: Touch | None = None
    music: bool | None = None
    eyeshades: bool | None = None
    engagement_style: EngagementStyle | None = None
    focus: Text | Annotated[str, Field(max_length=0)] | None = None


class CloseBody(Body):
    outcome: CourseOutcome
    followup_due_at: Moment | None = None


class BoardQuery(BaseModel):
    """What a board asks for: everything that is given has to be so, of the statuses any."""

    status: Annotated[list[CourseStatus | Literal["closing"]], Field(max_length=20)] = []
    client_id: UUID | None = None
    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None
    held: bool | None = Field(default=None, description="With or without an open hold of intake")
    cursor: Cursor = None
    most: Most = PAGE

    def wanted(self) -> Wanted:
        return Wanted(
            statuses=tuple(self.status),
            client_id=self.client_id,
            therapist_ref=self.therapist_ref,
            prescriber_ref=self.prescriber_ref,
            held=self.held,
        )


@router.get("", responses=problems())
async def courses(
    board: Annotated[BoardQuery, Query()],
    call: Annotated[Call, Depends(calling("read_course"))],
) -> CoursePage:
    """Courses for a board, in the order of their opening."""

    async def read(uow: Any) -> CoursePage:
        found = await list_courses(uow, board.wanted(), after=board.cursor, most=board.most)
        shown, following = cut(found, board.most)
        return CoursePage(items=[_shown(call)(one) for one in shown], next_cursor=following)

    return await call.read(read)


@router.get("/{course_id}", responses=problems(404))
async def course(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_course"))]
) -> CourseInFullView:
    """One course: the way so far, and what is next."""

    async def read(uow: Any) -> CourseInFullView:
        known = await course_in_full(uow, await uow.courses.get(course_id))
        shown = (await uow.protocol_of(course_id)).course
        return course_in_full_view(
            known,
            recommended=(shown.recommended_min, shown.recommended_target),
            now=uow.now,
        )

    return await call.read(read)


@router.post("/{course_id}/care-team", responses=problems(404, 409, 412))
async def care_team(
    course_id: UUID,
    body: CareTeamBody,
    call: Annotated[Call, Depends(calling("assign_team"))],
) -> CourseView:
    """Name the therapist and the prescriber."""
    command = AssignTeam(course_id=course_id, **body.model_dump())
    return await call.run(assign_team, command, _shown(call))


@router.post(
    "/{course_id}/psychological-evaluation",
    status_code=201,
    responses=problems(404, 409, 412),
)
async def psychological_evaluation(
    course_id: UUID,
    body: EvaluationBody,
    call: Annotated[Call, Depends(calling("evaluate_client"))],
) -> CourseView:
    """Sign the psychological evaluation; a suitable client is handed to the prescriber."""
    command = EvaluateClient(
        course_id=course_id,
        outcome=body.outcome,
        planned_sessions=body.planned_sessions or 0,
        goals=body.goals or "",
        route_preference=body.route_preference,
    )
    return await call.run_gate(evaluate_client, command, _shown(call))


@router.post("/{course_id}/preferences", responses=problems(404, 409, 412))
async def preferences(
    course_id: UUID,
    body: PreferencesBody,
    call: Annotated[Call, Depends(calling("update_preferences"))],
) -> CourseView:
    """Record what the client wants; touch is never widened with medicine on board."""
    command = UpdatePreferences(course_id=course_id, stated=StatedWishes(**body.model_dump()))
    return await call.run(update_preferences, command, _shown(call))


@router.post("/{course_id}/approval-revocation", responses=problems(404, 409, 412))
async def approval_revocation(
    course_id: UUID, call: Annotated[Call, Depends(calling("revoke_approval"))]
) -> CourseView:
    """Take the approval back, because eligibility is lost."""
    return await call.run(revoke_approval, RevokeApproval(course_id=course_id), _shown(call))


@router.post("/{course_id}/close", responses=problems(404, 409, 412))
async def close(
    course_id: UUID,
    body: CloseBody,
    call: Annotated[Call, Depends(calling("close_course"))],
) -> CourseView:
    """Close the course; it stays ``closing`` while a peer that has to be asked is silent."""
    command = CloseCourse(
        course_id=course_id, outcome=body.outcome, followup_due_at=body.followup_due_at
    )
    return await call.run_gate(close_course, command, _shown(call))


def _shown(call: Call) -> Callable[[TreatmentCourse], CourseView]:
    def show(found: TreatmentCourse) -> CourseView:
        return course_view(found, call.context.now)

    return show

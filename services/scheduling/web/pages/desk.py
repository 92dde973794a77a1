"""What people still have to do; and a course: its preparation, its holds, its sessions."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.desk_task import OWNER, TaskKind, TaskStatus
from services.scheduling.domain.preparation import PrepItem
from services.scheduling.domain.roles import Role
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork
from services.scheduling.web.api import courses
from services.scheduling.web.api import tasks as api
from services.scheduling.web.api.courses import HoldBody, LiftBody, PreparationBody
from services.scheduling.web.api.fields import Cursor, NoBody
from services.scheduling.web.api.gates import readiness_of
from services.scheduling.web.pages.about import banner_of
from services.scheduling.web.pages.colleagues import colleagues_of
from services.scheduling.web.pages.naming import names_of
from services.scheduling.web.pages.session_facts import AWAITED
from shared.protocol import HoldCategory
from shared.web.pages.client import open_questions
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()

PLACES: Final[Mapping[TaskKind, str]] = MappingProxyType(
    {
        TaskKind.SIGN_SUMMARY: "/summary",
        TaskKind.FIND_ESCORT: "/escorts",
    }
)
"""Where a task is done, beside the session's own screen: it ends by itself there."""


@router.get("/tasks")
async def tasks(
    page: Annotated[Page, Depends(paged("read_tasks"))],
    status: Literal["open", "done"] = "open",
    owner: Role | None = None,
    after: Cursor = None,
) -> Response:
    """The oldest first."""
    return await _tasks(page, Form(), status, owner, after)


@router.post("/tasks/{task_id}/completion")
async def finish(task_id: UUID, page: Annotated[Page, Depends(paged("finish_task"))]) -> Response:
    """Done."""
    return await page.submit(
        NoBody,
        lambda _, call: api.completion(task_id, call),
        then="/tasks",
        again=lambda form: _tasks(page, form, "open", None, None),
    )


async def _tasks(
    page: Page, form: Form, status: str, owner: Role | None, after: str | None
) -> Response:
    found = await api.tasks(page.call, status=TaskStatus(status), after=after, owner_role=owner)
    names = await names_of(page.call, (task.client_id for task in found.items))

    async def counted(uow: SqlSchedulingUnitOfWork) -> dict[tuple[str, str], int]:
        return await queries.count_tasks(uow)

    counts = await page.call.read(counted)
    owners: Counter[Role] = Counter()
    for (state, kind), many in counts.items():
        if state == status:
            owners[OWNER[TaskKind(kind)]] += many
    return page.show(
        "tasks.html",
        form=form,
        tasks=found,
        places=PLACES,
        names=names,
        name_of=(await colleagues_of(page.call)).name_of,
        kind=status,
        owner=owner and owner.value,
        owners=[(role.value, many) for role, many in sorted(owners.items())],
        counts=[
            (one.value, sum(many for (state, _), many in counts.items() if state == one))
            for one in TaskStatus
        ],
    )


@router.get("/courses/{course_id}")
async def course(course_id: UUID, page: Annotated[Page, Depends(paged("read_course"))]) -> Response:
    """The course as it is here."""
    return await _course(page, course_id, Form())


@router.post("/courses/{course_id}/preparation")
async def sign_preparation(
    course_id: UUID, page: Annotated[Page, Depends(paged("sign_preparation"))]
) -> Response:
    """What was covered, signed once everything is."""
    return await page.submit(
        PreparationBody,
        lambda body, call: courses.sign(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _course(page, course_id, form),
    )


@router.post("/courses/{course_id}/holds")
async def place_hold(
    course_id: UUID, page: Annotated[Page, Depends(paged("place_hold"))]
) -> Response:
    """A reason to wait."""
    return await page.submit(
        HoldBody,
        lambda body, call: courses.place(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _course(page, course_id, form),
    )


@router.post("/courses/{course_id}/holds/{hold_id}/lift")
async def lift_hold(
    course_id: UUID, hold_id: UUID, page: Annotated[Page, Depends(paged("lift_hold"))]
) -> Response:
    """No reason any more."""
    return await page.submit(
        LiftBody,
        lambda body, call: courses.lift(hold_id, call, body),
        then=f"/courses/{course_id}",
        again=lambda form: _course(page, course_id, form),
    )


async def _course(page: Page, course_id: UUID, form: Form) -> Response:
    standing = await courses.standing(course_id, page.call)
    return page.show(
        "course.html",
        form=form,
        course=standing,
        banner=await banner_of(page.call, standing, f"/courses/{course_id}"),
        preparation=await courses.preparation(course_id, page.call),
        open_questions=await open_questions(page.call, course_id)
        if page.may("sign_preparation")
        else None,
        items=[one.value for one in PrepItem],
        holds=(await courses.holds(course_id, page.call)).items,
        lines={
            one.id: await readiness_of(one.id, page.call)
            for one in standing.sessions
            if one.status in AWAITED
        },
        categories=[one.value for one in HoldCategory],
        name_of=(await colleagues_of(page.call)).name_of,
    )

"""The clinic's protocols, and bringing a course to a newer version of its own."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.domain.protocol_change import ProtocolChange
from services.intake.handlers.change_protocol import (
    ProposeProtocolChange,
    SignProtocolChange,
    propose_protocol_change,
    sign_protocol_change,
)
from services.intake.web.fields import Body
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["protocols"])


class ProtocolView(BaseModel):
    """A version that is loaded; ``current`` is the one that new courses begin with."""

    version: int
    name: str
    profile: str
    current: bool


class ChangeBody(Body):
    to_version: Annotated[int, Field(ge=1, le=2_147_483_647)]


class SignatureView(BaseModel):
    role: str
    ref: UUID
    at: datetime


class ChangeView(BaseModel):
    """Who brought the course from which version to which, and when; or why not."""

    id: UUID
    course_id: UUID
    client_id: UUID
    from_version: int
    to_version: int
    status: str
    signatures: list[SignatureView]
    missing_roles: list[str]
    settled_at: datetime | None
    obstacles: list[str]


class ChangePage(BaseModel):
    items: list[ChangeView]
    next_cursor: UUID | None = None


@router.get("/protocols", responses=problems())
async def protocols(call: Annotated[Call, Depends(calling("read_course"))]) -> list[ProtocolView]:
    """Every version that a course may be run by here, the lowest first."""
    library = call.service.protocols
    return [
        ProtocolView(
            version=version,
            name=protocol.protocol_name,
            profile=protocol.protocol_profile,
            current=version == library.current.protocol_version,
        )
        for version, protocol in sorted(library.versions.items())
    ]


@router.get("/courses/{course_id}/protocol-changes", responses=problems(404))
async def changes(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_course"))]
) -> ChangePage:
    """The record of the course's changes of protocol, the oldest first."""

    async def read(uow: Any) -> ChangePage:
        course = await uow.courses.get(course_id)
        found = await uow.protocol_changes.list_by(course_id=course.id)
        return ChangePage(items=[change_view(change) for change in found])

    return await call.read(read)


@router.post(
    "/courses/{course_id}/protocol-changes", status_code=201, responses=problems(404, 409, 412)
)
async def propose(
    course_id: UUID,
    body: ChangeBody,
    call: Annotated[Call, Depends(calling("change_protocol"))],
) -> ChangeView:
    """Propose a newer version; the other role signs, and then it is decided."""
    command = ProposeProtocolChange(course_id=course_id, to_version=body.to_version)
    return await call.run(propose_protocol_change, command, change_view)


@router.post("/protocol-changes/{change_id}/signatures", responses=problems(404, 409, 412))
async def signature(
    change_id: UUID, call: Annotated[Call, Depends(calling("change_protocol"))]
) -> ChangeView:
    """Sign; refused for good while anything of the course is under way."""
    return await call.run_gate(
        sign_protocol_change, SignProtocolChange(change_id=change_id), change_view
    )


def change_view(change: ProtocolChange) -> ChangeView:
    return ChangeView(
        id=change.id,
        course_id=change.course_id,
        client_id=change.client_id,
        from_version=change.from_version,
        to_version=change.to_version,
        status=change.status,
        signatures=[
            SignatureView(role=one.role, ref=one.ref, at=one.at) for one in change.signatures
        ],
        missing_roles=list(change.missing_roles),
        settled_at=change.settled_at,
        obstacles=[str(obstacle) for obstacle in change.obstacles],
    )

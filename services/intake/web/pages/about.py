"""What every page about a course shows on top: who it is about, and how things stand."""

from typing import Any
from uuid import UUID

from services.intake.web import clients, consents, courses, standing
from shared.web.calls import Call


async def about(course_id: UUID, call: Call) -> dict[str, Any]:
    """The course, its client, their signatures, and what stands in the way."""
    course = await courses.course(course_id, call)
    return {
        "course": course,
        "client": await clients.client(course.client_id, call),
        "consent": await consents.consents(course_id, call),
        "standing": await standing.course_standing(course_id, call),
    }

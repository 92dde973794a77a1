"""The care team's inbox: one entry for each alert and role, addressed to whoever fills the role."""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.alerts import ROUTES, Alert
from services.notifications.domain.facts import CareTeam
from services.notifications.domain.notice import Notice, NoticeStatus, readdress_notice
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from shared.decisions import Change
from shared.protocol import Role


async def tell_team(uow: UnitOfWork, course: CourseRef) -> None:
    """Tell what the events gave cause to tell and nobody was told yet (F36, F37)."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    for key, told in facts.to_tell.items():
        await tell(uow, course, told.value, occurred_at=told.occurred_at, team=facts.care_team)
        event_id = told.event_id
        await uow.course_facts.fold(
            course.course_id,
            course.client_id,
            lambda f, key=key, event_id=event_id: f.alert_told(key, event_id),  # type: ignore[misc]
        )


async def tell(
    uow: UnitOfWork,
    course: CourseRef,
    alert: Alert,
    *,
    occurred_at: datetime,
    team: CareTeam,
) -> None:
    """One entry for each role that has none for this alert."""
    route = ROUTES[alert.kind]
    known = await uow.notices.list_by(kind=alert.kind, cause_id=alert.cause_id)
    told_roles = {notice.role for notice in known}
    for role in route.roles:
        if role in told_roles:
            continue
        await uow.notices.save(
            Change(
                Notice(
                    id=uow.new_id(),
                    client_id=course.client_id,
                    course_id=course.course_id,
                    kind=alert.kind,
                    severity=route.severity,
                    cause_id=alert.cause_id,
                    session_id=alert.session_id,
                    role=role,
                    recipient_ref=team.ref(role),
                    occurred_at=occurred_at,
                    told_at=uow.now,
                )
            )
        )


async def readdress(uow: UnitOfWork, course: CourseRef) -> None:
    """The team changed: unread entries go to whoever fills the role now."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    for role in (Role.THERAPIST, Role.PRESCRIBER):
        await _readdress(uow, course.course_id, role, facts.care_team.ref(role))


async def _readdress(uow: UnitOfWork, course_id: UUID, role: Role, ref: UUID | None) -> None:
    for notice in await uow.notices.list_by(
        course_id=course_id, role=role, status=NoticeStatus.UNREAD
    ):
        if notice.recipient_ref != ref:
            await uow.notices.save(readdress_notice(notice, recipient_ref=ref))

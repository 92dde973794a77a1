"""An entry in somebody's inbox: one per alert and role, for the person who fills the role."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from services.notifications.domain.alerts import AlertKind, Severity
from shared.decisions import Change, refuse
from shared.protocol import Role


class NoticeStatus(StrEnum):
    UNREAD = "unread"
    READ = "read"


class Trigger(StrEnum):
    READ = "read"
    READDRESS = "readdress"


ALLOWED: Final[Mapping[NoticeStatus, frozenset[Trigger]]] = {
    NoticeStatus.UNREAD: frozenset(Trigger),
    NoticeStatus.READ: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """``recipient_ref`` is None while nobody fills the role: then all who have the role see it."""

    id: UUID
    client_id: UUID
    course_id: UUID
    kind: AlertKind
    severity: Severity
    cause_id: UUID
    session_id: UUID | None
    role: Role
    recipient_ref: UUID | None
    occurred_at: datetime
    told_at: datetime
    status: NoticeStatus = NoticeStatus.UNREAD
    read_at: datetime | None = None
    read_by: UUID | None = None

    def is_for(self, role: str, ref: UUID | None) -> bool:
        """Addressed to this person, or to their role while nobody fills it."""
        return self.role == role and self.recipient_ref in {None, ref}


NoticeChange: TypeAlias = Change[Notice, NoReturn]


def read_notice(state: Notice, *, by: UUID | None, at: datetime) -> NoticeChange:
    """A named person has seen it; reading twice changes nothing."""
    if state.status is NoticeStatus.READ:
        return Change(state)
    if by is None:
        refuse("person-not-named", "F36")
    return Change(replace(state, status=NoticeStatus.READ, read_at=at, read_by=by))


def readdress_notice(state: Notice, *, recipient_ref: UUID | None) -> NoticeChange:
    """The team changed: what nobody has read yet goes to whoever fills the role now."""
    if Trigger.READDRESS not in ALLOWED[state.status]:
        refuse(f"notice-{state.status}", "F36", status=state.status)
    return Change(replace(state, recipient_ref=recipient_ref))

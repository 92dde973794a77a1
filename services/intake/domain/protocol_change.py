"""Bringing a course to a newer version of its protocol: proposed and signed, then looked into.

A course keeps the version it began with. Two people change that, one of each role that answers for
the course, and never while medicine is on board or a dosing session is under way: the flag is
committed before anybody is asked, as for a closing (ruling 7), and while it stands every gate is
answered with no. What remains is a record of who, when, from and to (INV-40).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.intake.domain.closing import Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import CourseProtocolChanged, DomainEvent
from services.intake.domain.transitions import require_open
from services.intake.domain.under_way import nothing_under_way
from shared.decisions import Change, Decision, Unblock, Verdict, holds, refuse, violated
from shared.protocol import ClinicProtocol, Role

SIGNERS: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER})


class ChangeStatus(StrEnum):
    AWAITING_SIGNATURE = "awaiting_signature"
    ASKING = "asking"
    MADE = "made"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSignature:
    role: Role
    ref: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolChange:
    """From which version to which, who signed it, and what became of it."""

    id: UUID
    client_id: UUID
    course_id: UUID
    from_version: int
    to_version: int
    status: ChangeStatus = ChangeStatus.AWAITING_SIGNATURE
    signatures: tuple[ChangeSignature, ...] = ()
    settled_at: datetime | None = None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def missing_roles(self) -> tuple[Role, ...]:
        signed = {signature.role for signature in self.signatures}
        return tuple(role for role in Role if role in SIGNERS - signed)


def propose(
    course: TreatmentCourse,
    *,
    change_id: UUID,
    to_version: int,
    newer: tuple[ClinicProtocol, ...],
    role: Role,
    ref: UUID | None,
    now: datetime,
) -> Change[ProtocolChange, DomainEvent]:
    """One of the two roles proposes a version that is loaded, of the same name, and newer."""
    require_open(course)
    available = [protocol.protocol_version for protocol in newer]
    if to_version not in available:
        refuse(
            "not-a-newer-version",
            "2.1",
            Unblock(fact="to_version", owner="intake", action="choose one of the newer versions"),
            from_version=course.protocol_version,
            to_version=to_version,
            newer_versions=[str(version) for version in available],
        )
    change = ProtocolChange(
        id=change_id,
        client_id=course.client_id,
        course_id=course.course_id,
        from_version=course.protocol_version,
        to_version=to_version,
    )
    return sign(change, role=role, ref=ref, now=now)


def sign(
    change: ProtocolChange, *, role: Role, ref: UUID | None, now: datetime
) -> Change[ProtocolChange, DomainEvent]:
    """Each role for itself, by another person; with the last signature the others are asked."""
    if change.status is not ChangeStatus.AWAITING_SIGNATURE:
        refuse("protocol-change-complete", "2.1", status=change.status.value)
    if ref is None or role not in SIGNERS:
        refuse("role-does-not-change-protocols", "2.1", *_signatures(change), role=role.value)
    if role not in change.missing_roles:
        refuse("role-signed-already", "INV-40", *_signatures(change), role=role.value)
    if any(signature.ref == ref for signature in change.signatures):
        refuse("person-signed-already", "INV-40", *_signatures(change), role=role.value)
    signed = replace(
        change, signatures=(*change.signatures, ChangeSignature(role=role, ref=ref, at=now))
    )
    whole = not signed.missing_roles
    return Change(replace(signed, status=ChangeStatus.ASKING) if whole else signed)


def raise_flag(
    course: TreatmentCourse, change: ProtocolChange
) -> Change[TreatmentCourse, DomainEvent]:
    """From here on every gate of this course is answered with no, until the change is settled."""
    require_open(course)
    return Change(replace(course, changing_protocol=change.id))


def change_decision(
    course: TreatmentCourse,
    change: ProtocolChange,
    answers: Mapping[str, tuple[Obstacle, ...] | None],
    on_board: tuple[Obstacle, ...],
) -> Decision:
    """Whether the course may move now, by the owners' answers and by own facts."""
    return Decision.of(
        "protocol-change",
        (
            _goes_on(course),
            _still_the_same(course, change),
            *nothing_under_way(answers, on_board),
        ),
    )


def _goes_on(course: TreatmentCourse) -> Verdict:
    if not course.terminal and course.closing is None:
        return holds("course-goes-on", "ruling 7", status=course.status.value)
    return violated(
        "course-goes-on",
        "ruling 7",
        unblocks_with=(Unblock(fact="course", owner="intake", action="go by the newer course"),),
        status=course.status.value,
    )


def _still_the_same(course: TreatmentCourse, change: ProtocolChange) -> Verdict:
    version = course.protocol_version
    if version == change.from_version:
        return holds("still-the-same-version", "2.1", protocol_version=version)
    return violated(
        "still-the-same-version",
        "2.1",
        unblocks_with=(Unblock(fact="version", owner="intake", action="propose it anew"),),
        protocol_version=version,
    )


def settle_change(
    change: ProtocolChange,
    decision: Decision,
    obstacles: tuple[Obstacle, ...],
    *,
    now: datetime,
) -> Change[ProtocolChange, DomainEvent]:
    """Made or refused, for good: whoever still wants it proposes it anew."""
    status = ChangeStatus.MADE if decision.allowed else ChangeStatus.REFUSED
    return Change(replace(change, status=status, settled_at=now, obstacles=obstacles))


def lower_flag(
    course: TreatmentCourse,
    change: ProtocolChange,
    *,
    to: ClinicProtocol | None,
    reviewed: bool,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Take the flag back; ``to`` is the protocol to which the course has moved, if it has.

    Until the first review the number of doses that need none is the protocol's (C-04).
    """
    lowered = replace(course, changing_protocol=None)
    if to is None:
        return Change(lowered)
    covers = course.covers_until_session_no if reviewed else to.course.review_every
    moved = replace(lowered, protocol_version=to.protocol_version, covers_until_session_no=covers)
    event = CourseProtocolChanged(
        at=now,
        change_id=change.id,
        from_version=change.from_version,
        to_version=to.protocol_version,
    )
    return Change(moved, (event,))


def _signatures(change: ProtocolChange) -> tuple[Unblock, ...]:
    return tuple(
        Unblock(fact="signature", owner="intake", action=f"{role.value} signs the change")
        for role in change.missing_roles
    )

"""Bringing a course to a newer version of its protocol: propose, sign, ask the others, settle."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.intake.domain.closing import Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.on_board import obstacles_on_board
from services.intake.domain.protocol_change import (
    ChangeStatus,
    ProtocolChange,
    lower_flag,
    propose,
    raise_flag,
    settle_change,
    sign,
)
from services.intake.domain.replaying import ChangeFacts, decide_change
from services.intake.domain.review import ReviewStatus
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.ports import Begin, PeerAnswer, Peers, UnitOfWork
from shared.decisions import Decision
from shared.protocol import ClinicProtocol, Role
from shared.storage.ports import Due

CHANGING_PROTOCOL: Final = "changing_protocol"
_SETTLED_WITHIN: Final = timedelta(seconds=30)
"""The flag is settled by whoever raised it; should that process die, a timer does it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeProtocolChange:
    course_id: UUID
    to_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignProtocolChange:
    change_id: UUID


async def propose_protocol_change(
    command: ProposeProtocolChange, uow: UnitOfWork
) -> ProtocolChange:
    course = await uow.courses.get(command.course_id)
    return await uow.protocol_changes.save(
        propose(
            course,
            change_id=uow.new_id(),
            to_version=command.to_version,
            newer=uow.protocols.newer(course.protocol_name, course.protocol_version),
            role=Role(uow.actor.role),
            ref=uow.actor.ref,
            now=uow.now,
        )
    )


async def sign_protocol_change(
    command: SignProtocolChange, begin: Begin, peers: Peers
) -> ProtocolChange:
    """With the last signature the flag goes up, the owners are asked, and it is decided."""
    async with begin() as uow:
        waiting = await uow.protocol_changes.get(command.change_id)
        course = await uow.courses.get(waiting.course_id)
        change = await uow.protocol_changes.save(
            sign(waiting, role=Role(uow.actor.role), ref=uow.actor.ref, now=uow.now)
        )
        if change.status is not ChangeStatus.ASKING:
            await uow.conclude(change)
            return change
        await uow.courses.save(raise_flag(course, change))
        await uow.timers.set(
            CHANGING_PROTOCOL, course.id, uow.now + _SETTLED_WITHIN, client_id=course.client_id
        )
    settled, decision = await _settle(change.id, begin, peers, concludes=True)
    if decision is not None:
        decision.require()
    return settled


async def when_protocol_change_is_due(due: Due, begin: Begin, peers: Peers) -> None:
    """The timer's policy: a flag that was left up is settled, one way or the other."""
    async with begin() as uow:
        course = await uow.courses.get(due.key)
    if course.changing_protocol is not None:
        await _settle(course.changing_protocol, begin, peers, concludes=False)


async def _settle(
    change_id: UUID, begin: Begin, peers: Peers, *, concludes: bool
) -> tuple[ProtocolChange, Decision | None]:
    """Ask both owners with no transaction open; their answers serve this one decision."""
    async with begin() as uow:
        course_id = (await uow.protocol_changes.get(change_id)).course_id
    scheduling, prescribing = await asyncio.gather(
        peers.scheduling_has_under_way(course_id), peers.prescribing_has_under_way(course_id)
    )
    answers = {"scheduling": _told(scheduling), "prescribing": _told(prescribing)}
    async with begin() as uow:
        change = await uow.protocol_changes.get(change_id)
        course = await uow.courses.get(course_id)
        if change.status is not ChangeStatus.ASKING:
            return change, None
        on_board = obstacles_on_board(await uow.facts.get(course.id, course.client_id))
        facts = ChangeFacts(course=course, change=change, answers=answers, on_board=on_board)
        decision = decide_change(facts)
        await uow.receipts.record(
            decision,
            facts,
            subject_id=change.id,
            client_id=course.client_id,
            course_id=course.id,
            freshness=await uow.freshness(course.client_id),
        )
        found = (*(o for told in answers.values() for o in told or ()), *on_board)
        change = await uow.protocol_changes.save(
            settle_change(change, decision, found, now=uow.now)
        )
        await _lower(uow, course, change)
        if concludes and decision.allowed:
            await uow.conclude(change)
    return change, decision


async def _lower(uow: UnitOfWork, course: TreatmentCourse, change: ProtocolChange) -> None:
    to = None
    if change.status is ChangeStatus.MADE:
        to = await _move(uow, course, change)
    reviews = await uow.reviews.list_by(course_id=course.id, status=ReviewStatus.COMPLETE.value)
    after = await uow.courses.save(
        lower_flag(course, change, to=to, reviewed=bool(reviews), now=uow.now)
    )
    await uow.timers.cancel(CHANGING_PROTOCOL, course.id)
    await advance_course(uow, after)


async def _move(uow: UnitOfWork, course: TreatmentCourse, change: ProtocolChange) -> ClinicProtocol:
    """From this transaction on, every event of the course carries the new version."""
    await uow.course_protocols.pin(course.id, course.client_id, change.to_version)
    return await uow.protocol_of(course.id)


def _told(answer: PeerAnswer | None) -> tuple[Obstacle, ...] | None:
    """An answer that is too old to decide by counts as none (ruling 6)."""
    return answer.obstacles if answer is not None and answer.is_usable() else None

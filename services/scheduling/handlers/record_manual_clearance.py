"""Two named people clear a client while prescribing does not answer (ruling 15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.accompanying import record_manual_clearance as recorded
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.gate_discharge import manually_cleared
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import UNDER_OBSERVATION
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.domain.verdicts import judge
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Decision, Unblock, Verdict, refuse
from shared.protocol import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordManualClearance:
    session_id: UUID
    stated_dose_count: int
    last_dose_at: datetime
    second_ref: UUID
    second_role: Role
    reason_code: ManualClearanceReason
    cleared_at: datetime | None = None


async def clear_manually(command: RecordManualClearance, begin: Begin, peers: Peers) -> Session:
    """Only while prescribing is silent, and only what fits everything that was seen."""
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
    answer = await peers.prescribing(course_id=session.course_id, session_id=session.id)
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        rules = (await uow.protocol_of(session.course_id)).recovery
        second = await uow.clinicians.find(command.second_ref)
        clearance = _stated(uow, command, session, second=second, rules=rules)
        facts = await known_of(uow, session.course_id, session.client_id)
        decision = Decision.of(
            "G-MANUAL",
            (
                judge(
                    "prescribing-answers",
                    "ruling 15",
                    ok=answer is None,
                    facts={"answered": answer is not None},
                    unblocks=(
                        Unblock(fact="clearance", owner="prescribing", action="clear there"),
                    ),
                ),
                judge(
                    "not-under-observation",
                    "ruling 15",
                    ok=session.status in UNDER_OBSERVATION and session.doses.count > 0,
                    facts={"status": session.status.value, "doses_seen": session.doses.count},
                    unblocks=(
                        Unblock(fact="therapy ended", owner="scheduling", action="end the session"),
                    ),
                ),
                *_two_people(clearance, rules, known=second is not None),
                *manually_cleared(session, clearance, facts, rules, uow.now),
            ),
        )
        await uow.receipts.record(
            decision,
            subject_id=session.id,
            client_id=session.client_id,
            course_id=session.course_id,
            freshness=await uow.freshness(session.client_id),
        )
        if decision.allowed:
            session = await keep(uow, recorded(session, clearance))
            await uow.conclude(session)
    decision.require()
    return session


def _stated(
    uow: UnitOfWork,
    command: RecordManualClearance,
    session: Session,
    *,
    second: Clinician | None,
    rules: Recovery,
) -> ManualClearance:
    first = uow.actor.ref
    if first is None:
        refuse("two-named-people-needed", "INV-40", role=uow.actor.role)
    cleared_at = stated_time(
        command.cleared_at, uow.now, what="clearance", not_before=session.doses.last_at
    )
    validity = timedelta(minutes=rules.clearance_validity_minutes)
    return ManualClearance(
        id=uow.new_id(),
        stated_dose_count=command.stated_dose_count,
        last_dose_at=stated_time(command.last_dose_at, uow.now, what="last-dose"),
        cleared_at=cleared_at,
        valid_until=cleared_at + validity,
        reason_code=command.reason_code,
        first_ref=first,
        first_role=Role(uow.actor.role),
        second_ref=command.second_ref,
        second_role=second.role if second else command.second_role,
    )


def _two_people(clearance: ManualClearance, rules: Recovery, *, known: bool) -> Iterator[Verdict]:
    """INV-40: two different people, the second one of the roster, one of whom may clear."""
    another = Unblock(fact="second_ref", owner="scheduling", action="name another of the roster")
    named_twice = clearance.first_ref == clearance.second_ref
    may_clear = {role.value for role in rules.clearance_roles}
    roles = {clearance.first_role.value, clearance.second_role.value}
    yield judge(
        "two-named-people-needed",
        "INV-40",
        ok=known and not named_twice,
        facts={
            "first_ref": str(clearance.first_ref),
            "second_ref": str(clearance.second_ref),
            "second_known": known,
        },
        unblocks=(another,),
    )
    yield judge(
        "nobody-may-clear",
        "ruling 15",
        ok=bool(roles & may_clear),
        facts={"roles": sorted(roles), "may_clear": sorted(may_clear)},
        unblocks=(another,),
    )

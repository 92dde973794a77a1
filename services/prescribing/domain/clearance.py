"""Letting a client go: the rules of a clearance, and what may become of one (ruling 16)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.prescribing.domain.dose_order_states import RETURN_MEDICINE
from services.prescribing.domain.events import ClearedForDischarge
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.recovery import Recovery, RecoveryChange
from services.prescribing.domain.recovery_states import (
    CLIENT_HAS_GONE,
    TRANSITIONS,
    Clearance,
    RecoveryStatus,
    RecoveryStep,
)
from services.prescribing.domain.verdicts import rule
from shared.decisions import Change, Decision, Unblock, Verdict, refuse
from shared.protocol import ClearanceRole, ClinicProtocol, Role, protocol_known
from shared.protocol import Recovery as RecoveryRules

CLEARING = "CLEARANCE"
CHECK_AGAIN = Unblock(
    fact="a recovery check with every criterion met",
    owner="prescribing",
    action="assess the client and record the check",
)


IN_FORCE = Unblock(
    fact="a clearance that is in force",
    owner="prescribing",
    action="nothing is to be taken back; record what is seen at a recovery check",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceFacts:
    """``session_end_source`` is the event that told the end; None when scheduling answered it.

    ``found``: something grave is known now, whether or not recovery was tightened for it yet.
    """

    recovery: Recovery
    protocol: ClinicProtocol
    session_ended_at: datetime | None
    session_end_source: str | None
    medicine_out: bool
    found: bool
    by: Clinician
    at: datetime

    @property
    def rules(self) -> RecoveryRules:
        return self.protocol.recovery


def clearing_role(role: Role, rules: RecoveryRules) -> ClearanceRole | None:
    """What a person clears as, if the clinic lets that role clear (section 9, decision 1)."""
    clears_as = {
        Role.PRESCRIBER: ClearanceRole.PRESCRIBER,
        Role.NURSE: ClearanceRole.NURSE,
        Role.THERAPIST: ClearanceRole.TRAINED_THERAPIST,
    }.get(role)
    return clears_as if clears_as in rules.clearance_roles else None


def clearance_decision(facts: ClearanceFacts) -> Decision:
    """Every rule of a clearance, each with what it was read from."""
    return Decision.of(CLEARING, _rules(facts))


def _rules(facts: ClearanceFacts) -> Iterator[Verdict]:
    recovery, at = facts.recovery, facts.at
    yield protocol_known(facts.protocol, "prescribing")
    yield rule(
        "recovery-closed",
        "section 6.4",
        recovery.open,
        unblocks=(CLIENT_HAS_GONE,),
        status=recovery.status,
    )
    yield rule(
        "minimum-observation-not-over",
        "INV-22",
        at >= recovery.minimum_until,
        unblocks=(Unblock(fact="time", owner="prescribing", action="keep observing until then"),),
        earliest=recovery.minimum_until.isoformat(),
        last_dose_at=recovery.last_dose_at.isoformat(),
    )
    wait_until = recovery.reversal_until
    yield rule(
        "reversal-agent-wait-not-over",
        "section 3.8",
        wait_until is None or at >= wait_until,
        unblocks=(Unblock(fact="time", owner="prescribing", action="keep observing until then"),),
        earliest=wait_until.isoformat() if wait_until is not None else None,
    )
    yield _criteria(facts)
    yield rule(
        "session-not-ended",
        "ruling 16",
        facts.session_ended_at is not None,
        source=facts.session_end_source,
        unblocks=(Unblock(fact="the session's end", owner="scheduling", action="end the session"),),
        ended_at=facts.session_ended_at.isoformat() if facts.session_ended_at else None,
    )
    yield rule(
        "medicine-not-accounted-for",
        "INV-25",
        not facts.medicine_out,
        unblocks=(RETURN_MEDICINE,),
        medicine_out=facts.medicine_out,
    )
    yield rule(
        "role-may-not-clear",
        "section 9",
        clearing_role(facts.by.role, facts.rules) is not None,
        unblocks=(
            Unblock(
                fact="somebody whose role may clear",
                owner="prescribing",
                action=f"let one of them clear: {', '.join(facts.rules.clearance_roles)}",
            ),
        ),
        role=facts.by.role,
        clearance_roles=tuple(facts.rules.clearance_roles),
    )
    yield rule(
        "prescriber-must-clear",
        "section 7.2",
        not (recovery.tightened or facts.found) or facts.by.role is Role.PRESCRIBER,
        unblocks=(
            Unblock(
                fact="a prescriber's own look",
                owner="prescribing",
                action="let a prescriber see the client and clear",
            ),
        ),
        tightened=recovery.tightened,
        found=facts.found,
        role=facts.by.role,
    )
    yield rule(
        "already-cleared",
        "ruling 16",
        not recovery.cleared_at(at),
        unblocks=(
            Unblock(
                fact="the clearance that is in force",
                owner="scheduling",
                action="discharge the client with it",
            ),
        ),
        clearance_id=str(recovery.clearance.clearance_id) if recovery.clearance else None,
    )


def _criteria(facts: ClearanceFacts) -> Verdict:
    """The newest look met every criterion, after the minimum, and not long ago."""
    check = facts.recovery.newest_check
    validity = timedelta(minutes=facts.rules.clearance_validity_minutes)
    met = (
        check is not None
        and check.criteria_met
        and check.at >= facts.recovery.observe_until
        and check.at <= facts.at <= check.at + validity
    )
    return rule(
        "recovery-criteria-not-met",
        "F88",
        met,
        unblocks=(CHECK_AGAIN,),
        check_no=check.check_no if check else None,
        checked_at=check.at.isoformat() if check else None,
        outcome=check.outcome if check else None,
    )


def clear(
    recovery: Recovery,
    clearance_id: UUID,
    *,
    by: Clinician,
    role: ClearanceRole,
    at: datetime,
    validity: timedelta,
) -> RecoveryChange:
    """The client may leave with an escort; :func:`clearance_decision` has allowed it."""
    ready = expire(recovery, at).state
    ready.need(RecoveryStep.CLEAR, CHECK_AGAIN)
    clearance = Clearance(
        clearance_id=clearance_id,
        covers_dose_seq=ready.dose_count,
        cleared=Signature.of(by, at),
        valid_until=at + validity,
    )
    event = ClearedForDischarge(
        at=at,
        session_id=ready.session_id,
        clearance_id=clearance_id,
        covers_dose_seq=clearance.covers_dose_seq,
        cleared_at=at,
        valid_until=clearance.valid_until,
        cleared_by_role=role,
    )
    cleared = replace(ready.to(RecoveryStatus.CLEARED), clearances=(*ready.clearances, clearance))
    return Change(cleared, (event,))


def expire(recovery: Recovery, now: datetime) -> RecoveryChange:
    """The clearance ran out before the client left: back to ready (ruling 16)."""
    if TRANSITIONS.is_settled(recovery.status, RecoveryStep.RUN_OUT):
        return Change(recovery)
    if recovery.status_at(now) is RecoveryStatus.CLEARED:
        return Change(recovery)
    return Change(recovery.to(RecoveryStatus.READY))


def rescind(recovery: Recovery, clearance_id: UUID, now: datetime) -> RecoveryChange:
    """The client got worse before leaving. A rescinded clearance never revives (INV-23)."""
    ways = (IN_FORCE,) if recovery.open else ()
    recovery.need(RecoveryStep.RESCIND, *ways)
    current = recovery.clearance
    if current is None or current.clearance_id != clearance_id or not current.in_force(now):
        refuse(
            "clearance-not-in-force",
            "INV-23",
            IN_FORCE,
            clearance_id=str(clearance_id),
            status=recovery.status_at(now),
        )
    return recovery.void_clearance(now).then(
        lambda voided: Change(voided.to(RecoveryStatus.RESCINDED))
    )

"""Recovery after a dose: only clearance, transfer or leaving against advice ends it (INV-20)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.prescribing.domain.events import (
    ClearanceRescinded,
    DomainEvent,
    RecoveryCheckRecorded,
)
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.recovery_checks import (
    Observation,
    RecoveryCheck,
    outcome_of,
    unmet_criteria,
)
from services.prescribing.domain.recovery_record import RecoveryRecord
from services.prescribing.domain.recovery_scores import Vitals
from services.prescribing.domain.recovery_states import (
    CLIENT_HAS_GONE,
    NEXT,
    TRANSITIONS,
    DoseOnBoard,
    RecoveryEnd,
    RecoveryStatus,
    RecoveryStep,
)
from services.prescribing.domain.vocabulary import RecoveryOutcome
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Recovery as RecoveryRules

RecoveryChange: TypeAlias = "Change[Recovery, DomainEvent]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(RecoveryRecord):
    """One per session with a dose. ``tightened``: only a prescriber may clear (section 7.2)."""

    @classmethod
    def begin(
        cls,
        recovery_id: UUID,
        dose: DoseOnBoard,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID,
    ) -> RecoveryChange:
        """Medicine is on board: observation begins."""
        recovery = cls(
            id=recovery_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=RecoveryStatus.OBSERVING,
        )
        return recovery.on_board(dose, dose.administered_at)

    def on_board(self, dose: DoseOnBoard, now: datetime) -> RecoveryChange:
        """Another dose: observation begins anew and every clearance is void, also after leaving."""
        return self.void_clearance(now).then(
            lambda recovery: Change(
                replace(
                    recovery.to(RecoveryStatus.OBSERVING),
                    doses={**recovery.doses, f"{dose.order_id}:{dose.seq}": dose},
                    ended=None,
                    ended_at=None,
                )
            )
        )

    def minimum_reached(self, now: datetime) -> RecoveryChange:
        """The minimum observation is over: somebody assesses."""
        settled = TRANSITIONS.is_settled(self.status, RecoveryStep.MINIMUM_OVER)
        if settled or now < self.observe_until:
            return Change(self)
        return Change(self.to(RecoveryStatus.ASSESSING))

    def record(
        self,
        seen: Observation,
        rules: RecoveryRules,
        *,
        by: Clinician,
        at: datetime,
        now: datetime,
        escalate: bool = False,
        baseline: Vitals | None = None,
    ) -> RecoveryChange:
        """One look. Before the minimum nothing is expected; after it every criterion is.

        A look that is older than the newest one is kept and changes no state.
        """
        self.need(RecoveryStep.LOOK)
        unmet = unmet_criteria(seen, rules, baseline)
        check = RecoveryCheck(
            check_no=len(self.checks) + 1,
            at=at,
            outcome=outcome_of(unmet, early=at < self.observe_until, escalate=escalate),
            unmet=unmet,
            seen=seen,
            by=Signature.of(by, at),
            baseline=baseline,
        )
        newest = self.newest_check
        late = newest is not None and at < newest.at
        checked = replace(self, checks=(*self.checks, check))
        told: RecoveryChange = Change(checked, (_recorded(self, check),))
        if late:
            return told
        if not check.criteria_met:
            told = told.then(lambda recovery: recovery.void_clearance(now))
        return told.then(lambda recovery: Change(recovery.after(check)))

    def after(self, check: RecoveryCheck) -> "Recovery":
        """The state that the newest look leads to."""
        if check.criteria_met and check.at >= self.observe_until:
            return self.to(
                RecoveryStatus.CLEARED
                if self.status is RecoveryStatus.CLEARED
                else RecoveryStatus.READY
            )
        if self.status is RecoveryStatus.CLEARED:
            return self.to(RecoveryStatus.RESCINDED)
        if check.at < self.observe_until:
            return self.to(RecoveryStatus.OBSERVING)
        return self.to(RecoveryStatus.NOT_READY)

    def alarm(self, at: datetime) -> RecoveryChange:
        """Nobody looked, and yet somebody must act at once; also when the client has gone."""
        check = RecoveryCheck(
            check_no=len(self.checks) + 1, at=at, outcome=RecoveryOutcome.ESCALATE, unmet=()
        )
        return Change(replace(self, checks=(*self.checks, check)), (_recorded(self, check),))

    def void_clearance(self, now: datetime) -> RecoveryChange:
        """Rescind the clearance in force, with its event; without one nothing changes.

        Once the client has gone there is nothing to rescind (ruling 6).
        """
        current = self.clearance
        if current is None or not current.in_force(now) or not self.open:
            return Change(self)
        rescinded = replace(current, rescinded_at=now)
        event = ClearanceRescinded(
            at=now, session_id=self.session_id, clearance_id=current.clearance_id
        )
        return Change(replace(self, clearances=(*self.clearances[:-1], rescinded)), (event,))

    def tighten(self) -> RecoveryChange:
        """Something was found with the dose on board: a prescriber clears in person."""
        if TRANSITIONS.is_settled(self.status, RecoveryStep.TIGHTEN):
            return Change(self)
        return Change(replace(self, tightened=True))

    def close(self, end: RecoveryEnd, at: datetime) -> RecoveryChange:
        """The client has gone."""
        if TRANSITIONS.is_settled(self.status, RecoveryStep.LEAVE):
            return Change(self)
        return Change(replace(self.to(RecoveryStatus.CLOSED), ended=end, ended_at=at))

    def to(self, status: RecoveryStatus) -> "Recovery":
        if status not in NEXT[self.status]:
            refuse(
                "recovery-state-not-possible",
                "section 6.4",
                TRANSITIONS.another_state(RecoveryStep.LOOK),
                status=self.status,
                wanted=status,
            )
        return replace(self, status=status)

    def need(self, step: RecoveryStep, *unblocks_with: Unblock) -> None:
        """Refuse a step that is not possible from this state."""
        ways = unblocks_with or (() if self.open else (CLIENT_HAS_GONE,))
        TRANSITIONS.need(self.status, step, *ways, session_id=str(self.session_id))


def _recorded(recovery: Recovery, check: RecoveryCheck) -> RecoveryCheckRecorded:
    return RecoveryCheckRecorded(
        at=check.at,
        session_id=recovery.session_id,
        check_no=check.check_no,
        outcome=check.outcome,
    )

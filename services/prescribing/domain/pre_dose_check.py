"""The pre-dose checks of one session: the newest counts, whatever arrives when (INV-14)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, PreDoseCheckRecorded
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.predose_grading import (
    NOTHING_KNOWN,
    Circumstances,
    Grading,
    Readings,
    grade,
)
from services.prescribing.domain.transitions import Transitions
from services.prescribing.domain.vocabulary import CheckOutcome
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Predose, Role

RECHECK = Unblock(
    fact="a new pre-dose check", owner="prescribing", action="measure again and record it"
)

CheckChange: TypeAlias = "Change[PreDoseCheck, DomainEvent]"


class PreDoseStatus(StrEnum):
    AWAITED = "awaited"
    PASSED = "passed"
    REVIEW = "review"
    HELD = "held"


class CheckStep(StrEnum):
    RECORD = "record"
    ACCEPT = "accept"
    HOLD_LIFTED = "hold_lifted"


_S, _T = PreDoseStatus, CheckStep
TRANSITIONS: Final = Transitions(
    about="check",
    cites="INV-14",
    possible={
        _S.AWAITED: {_T.RECORD},
        _S.PASSED: {_T.RECORD},
        _S.REVIEW: {_T.RECORD, _T.ACCEPT},
        _S.HELD: {_T.RECORD, _T.HOLD_LIFTED},
    },
    settled={
        _S.AWAITED: {_T.HOLD_LIFTED},
        _S.PASSED: {_T.HOLD_LIFTED},
        _S.REVIEW: {_T.HOLD_LIFTED},
    },
    slugs={
        (_S.AWAITED, _T.ACCEPT): "check-superseded",
        (_S.PASSED, _T.ACCEPT): "check-not-in-review",
        (_S.HELD, _T.ACCEPT): "check-not-in-review",
    },
)

_STATUS = {
    CheckOutcome.PASS: PreDoseStatus.PASSED,
    CheckOutcome.REVIEW: PreDoseStatus.REVIEW,
    CheckOutcome.HOLD: PreDoseStatus.HELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One set of readings with what it said, and who passed it if it was not the readings."""

    check_id: UUID
    taken: Signature
    readings: Readings
    known: Circumstances = NOTHING_KNOWN
    grading: Grading
    outcome: CheckOutcome
    valid_until: datetime
    accepted: Signature | None = None
    acceptance_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDoseCheck:
    """All checks of a session. ``check_version`` counts what was published of them."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: PreDoseStatus
    check_version: int = 0
    checks: tuple[Check, ...] = ()

    @classmethod
    def awaited(
        cls, check_id: UUID, *, client_id: UUID, course_id: UUID, session_id: UUID
    ) -> "PreDoseCheck":
        """The client is here: somebody has to measure."""
        return cls(
            id=check_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=PreDoseStatus.AWAITED,
        )

    @property
    def latest(self) -> Check | None:
        return self.checks[-1] if self.checks else None

    def passes_at(self, at: datetime) -> bool:
        """Whether the newest check of that time passed by then and was not too old."""
        taken = (check for check in reversed(self.checks) if check.taken.at <= at)
        newest = next(taken, None)
        return (
            newest is not None
            and newest.outcome is CheckOutcome.PASS
            and (newest.accepted is None or newest.accepted.at <= at)
            and at <= newest.valid_until
        )

    def record(
        self,
        check_id: UUID,
        readings: Readings,
        thresholds: Predose,
        *,
        by: Clinician,
        at: datetime,
        known: Circumstances = NOTHING_KNOWN,
    ) -> CheckChange:
        """Grade new readings; they replace the older ones, and are never older than those."""
        latest = self.latest
        if latest is not None and at < latest.taken.at:
            refuse(
                "check-older-than-latest",
                "INV-14",
                RECHECK,
                at=at.isoformat(),
                latest_at=latest.taken.at.isoformat(),
            )
        grading = grade(readings, thresholds, known)
        check = Check(
            check_id=check_id,
            taken=Signature.of(by, at),
            readings=readings,
            known=known,
            grading=grading,
            outcome=grading.outcome,
            valid_until=at + timedelta(minutes=thresholds.check_validity_minutes),
        )
        return _published(replace(self, checks=(*self.checks, check)), at)

    def accept(self, check_id: UUID, reason: str, *, by: Clinician, at: datetime) -> CheckChange:
        """The prescriber passes a review: the same check again, as a pass (ruling 17)."""
        latest = self._current(check_id)
        TRANSITIONS.need(self.status, CheckStep.ACCEPT, RECHECK, check_id=str(check_id))
        if by.role is not Role.PRESCRIBER:
            refuse(
                "review-needs-prescriber",
                "INV-14",
                Unblock(fact="the prescriber's decision", owner="prescribing", action="accept"),
                role=by.role,
            )
        return self._passed(latest, reason, by=by, at=at)

    def pass_by_lift(self, *, by: Clinician, at: datetime) -> CheckChange:
        """The prescriber lifted the vitals hold: the check behind it passes, if still valid.

        A finding of the day has a hold of its own, and a certified setting its conditions: neither
        is ever passed this way.
        """
        latest = self.latest
        if (
            latest is None
            or TRANSITIONS.is_settled(self.status, CheckStep.HOLD_LIFTED)
            or at > latest.valid_until
            or latest.grading.never_lifted
        ):
            return Change(self)
        return self._passed(latest, "hold lifted", by=by, at=at)

    def _current(self, check_id: UUID) -> Check:
        latest = self.latest
        if latest is None or latest.check_id != check_id:
            refuse(
                "check-superseded", "INV-14", RECHECK, check_id=str(check_id), status=self.status
            )
        return latest

    def _passed(self, latest: Check, reason: str, *, by: Clinician, at: datetime) -> CheckChange:
        if at > latest.valid_until:
            refuse(
                "check-expired",
                "section 6.2",
                RECHECK,
                valid_until=latest.valid_until.isoformat(),
            )
        passed = replace(
            latest,
            outcome=CheckOutcome.PASS,
            accepted=Signature.of(by, at),
            acceptance_reason=reason,
        )
        return _published(replace(self, checks=(*self.checks[:-1], passed)), at)


def _published(checks: PreDoseCheck, at: datetime) -> CheckChange:
    latest = checks.checks[-1]
    version = checks.check_version + 1
    return Change(
        replace(checks, status=_STATUS[latest.outcome], check_version=version),
        (
            PreDoseCheckRecorded(
                at=at,
                session_id=checks.session_id,
                check_id=latest.check_id,
                check_version=version,
                outcome=latest.outcome,
                valid_until=latest.valid_until,
            ),
        ),
    )

"""Holds that prescribing owns: who may lift which, and what each blocks (ruling 19)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, SafetyHoldLifted, SafetyHoldPlaced
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HOLD_RULES, HoldBlock, HoldCategory, HoldSeverity, Role

HoldChange: TypeAlias = "Change[Hold, DomainEvent]"

US: Final = "prescribing"


class HoldStatus(StrEnum):
    OPEN = "open"
    LIFTED = "lifted"


class HoldStep(StrEnum):
    SIGN = "sign"
    CHECK_PASSED = "check_passed"


class LiftReason(StrEnum):
    """Why somebody signs that a hold may go (INV-40)."""

    RESOLVED = "resolved"
    REASSESSED = "reassessed"
    BENEFIT_OUTWEIGHS_RISK = "benefit_outweighs_risk"
    PLACED_IN_ERROR = "placed_in_error"


TRANSITIONS: Final = Transitions(
    about="hold",
    cites="section 5.1",
    possible={
        HoldStatus.OPEN: {HoldStep.SIGN, HoldStep.CHECK_PASSED},
        HoldStatus.LIFTED: set(),
    },
    settled={HoldStatus.LIFTED: {HoldStep.CHECK_PASSED}},
    slugs={(HoldStatus.LIFTED, HoldStep.SIGN): "hold-already-lifted"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """``cause`` names what made it necessary: one hold per cause, also under repetition.

    ``reasons`` are the signers', in the order of ``signatures``.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: HoldStatus
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    cause: str
    placed_at: datetime
    placed_by: Role | None
    signatures: tuple[Signature, ...] = ()
    reasons: tuple[LiftReason, ...] = ()
    safety_plan_recorded: bool = False
    lifted_at: datetime | None = None

    @classmethod
    def place(
        cls,
        hold_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID | None,
        category: HoldCategory,
        cause: str,
        at: datetime,
        by: Role | None,
    ) -> HoldChange:
        rule = HOLD_RULES[category]
        if US not in rule.owners:
            refuse(
                "hold-not-ours",
                "ruling 19",
                *(
                    Unblock(
                        fact=f"a hold of {owner}", owner=owner, action="place it where it is owned"
                    )
                    for owner in sorted(rule.owners)
                ),
                category=category,
            )
        blocks = tuple(sorted(rule.blocks))
        hold = cls(
            id=hold_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=HoldStatus.OPEN,
            category=category,
            blocks=blocks,
            severity=rule.severity,
            cause=cause,
            placed_at=at,
            placed_by=by,
        )
        return Change(
            hold,
            (
                SafetyHoldPlaced(
                    at=at,
                    hold_id=hold_id,
                    hold_category=category,
                    blocks=blocks,
                    severity=rule.severity,
                    session_id=session_id,
                ),
            ),
        )

    @property
    def open(self) -> bool:
        return self.status is HoldStatus.OPEN

    @property
    def missing_signatures(self) -> frozenset[Role]:
        """Roles that have not signed the lifting yet."""
        if not self.open:
            return frozenset()
        return HOLD_RULES[self.category].missing({s.role for s in self.signatures})

    def open_at(self, at: datetime) -> bool:
        """Whether it was in force at that time."""
        return self.placed_at <= at and (self.lifted_at is None or at < self.lifted_at)

    def sign(
        self,
        by: Clinician,
        at: datetime,
        *,
        safety_plan_recorded: bool = False,
        reason: LiftReason = LiftReason.RESOLVED,
    ) -> HoldChange:
        """One person's word that it may go; lifted once every role has signed (INV-31, INV-40)."""
        rule = HOLD_RULES[self.category]
        TRANSITIONS.need(self.status, HoldStep.SIGN, hold_id=str(self.id))
        if by.role not in rule.lifted_by_all | rule.lifted_by_any:
            refuse(
                "role-may-not-lift",
                "ruling 19",
                *_signatures_of(self.missing_signatures),
                role=by.role,
                status=self.status,
                category=self.category,
            )
        others = tuple(
            (signature, why)
            for signature, why in zip(self.signatures, self.reasons, strict=True)
            if signature.role is not by.role
        )
        if any(signature.ref == by.ref for signature, _ in others):
            refuse(
                "two-people-needed",
                "INV-40",
                *_signatures_of(self.missing_signatures),
                hold_id=str(self.id),
            )
        signatures = (*others, (Signature.of(by, at), reason))
        signed = replace(
            self,
            signatures=tuple(signature for signature, _ in signatures),
            reasons=tuple(why for _, why in signatures),
            safety_plan_recorded=self.safety_plan_recorded or safety_plan_recorded,
        )
        if signed.missing_signatures:
            return Change(signed)
        if rule.safety_plan and not signed.safety_plan_recorded:
            refuse(
                "safety-plan-not-recorded",
                "C-09",
                Unblock(
                    fact="a safety plan agreed with the client",
                    owner="prescribing",
                    action="sign again and state that the safety plan is recorded",
                ),
                category=self.category,
            )
        return _lifted(signed, at, tuple(sorted(s.role for s in signed.signatures)))

    def pass_check(self, at: datetime, by: Role) -> HoldChange:
        """A vitals hold goes with a new passing check (ruling 19); no other hold does."""
        if TRANSITIONS.is_settled(self.status, HoldStep.CHECK_PASSED):
            return Change(self)
        if self.category is not HoldCategory.VITALS:
            return Change(self)
        return _lifted(self, at, (by,))


def _lifted(hold: Hold, at: datetime, roles: tuple[Role, ...]) -> HoldChange:
    return Change(
        replace(hold, status=HoldStatus.LIFTED, lifted_at=at),
        (SafetyHoldLifted(at=at, hold_id=hold.id, lifted_by_roles=roles),),
    )


def _signatures_of(roles: frozenset[Role]) -> tuple[Unblock, ...]:
    return tuple(
        Unblock(fact=f"signature of the {role}", owner="prescribing", action="sign the lifting")
        for role in sorted(roles)
    )

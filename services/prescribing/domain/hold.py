"""Holds that prescribing owns: who may lift which, and what each blocks (ruling 19)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, SafetyHoldLifted, SafetyHoldPlaced
from services.prescribing.domain.people import Clinician, Signature
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HOLD_RULES, HoldBlock, HoldCategory, HoldSeverity, Role

HoldChange: TypeAlias = "Change[Hold, DomainEvent]"

US: Final = "prescribing"


class HoldStatus(StrEnum):
    OPEN = "open"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """``cause`` names what made it necessary: one hold per cause, also under repetition."""

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
            refuse("hold-not-ours", "ruling 19", category=category)
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
        self, by: Clinician, at: datetime, *, safety_plan_recorded: bool = False
    ) -> HoldChange:
        """One person's word that it may go; lifted once every role has signed (INV-31, INV-40)."""
        rule = HOLD_RULES[self.category]
        if not self.open:
            refuse("hold-already-lifted", "section 5.1", hold_id=str(self.id))
        if by.role not in rule.lifted_by_all | rule.lifted_by_any:
            refuse(
                "role-may-not-lift",
                "ruling 19",
                *_signatures_of(self.missing_signatures),
                role=by.role,
                category=self.category,
            )
        others = tuple(s for s in self.signatures if s.role is not by.role)
        if any(s.ref == by.ref for s in others):
            refuse("two-people-needed", "INV-40", hold_id=str(self.id))
        signed = replace(
            self,
            signatures=(*others, Signature.of(by, at)),
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
        if not self.open or self.category is not HoldCategory.VITALS:
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

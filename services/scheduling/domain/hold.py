"""Holds that scheduling owns: logistics, and administrative ones of its own (ruling 19)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.scheduling.domain.events import HoldEvent, HoldLifted, HoldPlaced
from services.scheduling.domain.roles import Role
from services.scheduling.domain.steps import Steps
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HOLD_RULES, HoldBlock, HoldCategory, HoldSeverity
from shared.protocol import Role as SigningRole

OWNER: Final = "scheduling"


class HoldStatus(StrEnum):
    OPEN = "open"
    LIFTED = "lifted"


class HoldStep(StrEnum):
    LIFT = "lift"


STEPS: Final = Steps(
    about="hold",
    cites="INV-32",
    possible={HoldStatus.OPEN: frozenset(HoldStep), HoldStatus.LIFTED: frozenset()},
    slugs={(HoldStatus.LIFTED, HoldStep.LIFT): "hold-not-open"},
)
"""Lifted is final: the same cause again is another hold (5.1)."""


class LiftReason(StrEnum):
    """Why a hold is over (INV-40)."""

    RESOLVED = "resolved"
    PLACED_IN_ERROR = "placed_in_error"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    id: UUID
    client_id: UUID
    course_id: UUID
    status: HoldStatus
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    placed_at: datetime
    placed_by: Role
    placed_by_ref: UUID | None = None
    session_id: UUID | None = None
    lifted_at: datetime | None = None
    lifted_by: Role | None = None
    lifted_by_ref: UUID | None = None
    lift_reason: LiftReason | None = None

    @property
    def open(self) -> bool:
        return self.status is HoldStatus.OPEN


HoldChange: TypeAlias = Change[Hold, HoldEvent]


def place_hold(
    *,
    hold_id: UUID,
    client_id: UUID,
    course_id: UUID,
    category: HoldCategory,
    blocks: tuple[HoldBlock, ...] | None,
    severity: HoldSeverity | None,
    session_id: UUID | None,
    at: datetime,
    by: Role,
    by_ref: UUID | None = None,
) -> HoldChange:
    """A reason to wait that this service answers for; never looser than its category says."""
    rule = HOLD_RULES[category]
    if OWNER not in rule.owners:
        refuse(
            "hold-owned-elsewhere",
            "INV-32",
            Unblock(fact=category.value, owner=min(rule.owners), action="place it there"),
            category=category.value,
            owners=sorted(rule.owners),
        )
    blocked = rule.blocks | frozenset(blocks or ())
    hold = Hold(
        id=hold_id,
        client_id=client_id,
        course_id=course_id,
        status=HoldStatus.OPEN,
        category=category,
        blocks=tuple(block for block in HoldBlock if block in blocked),
        severity=severity or rule.severity,
        placed_at=at,
        placed_by=by,
        placed_by_ref=by_ref,
        session_id=session_id,
    )
    placed = HoldPlaced(
        at=at,
        hold_id=hold_id,
        category=category.value,
        blocks=tuple(block.value for block in hold.blocks),
        severity=hold.severity.value,
        session_id=session_id,
    )
    return Change(hold, (placed,))


def lift_hold(
    hold: Hold,
    *,
    at: datetime,
    by: Role,
    by_ref: UUID | None = None,
    reason: LiftReason = LiftReason.RESOLVED,
) -> HoldChange:
    """Lifted once, by a role that may; who and why stay on record (INV-40)."""
    STEPS.need(hold.status, HoldStep.LIFT, hold_id=str(hold.id))
    rule = HOLD_RULES[hold.category]
    signing = frozenset(role for role in SigningRole if role.value == by.value)
    if not rule.signed_off(signing):
        refuse(
            "role-may-not-lift",
            "INV-32",
            Unblock(
                fact="signature",
                owner=OWNER,
                action=f"one of: {', '.join(sorted(rule.missing(signing)))}",
            ),
            category=hold.category.value,
            role=by.value,
        )
    lifted = replace(
        hold,
        status=HoldStatus.LIFTED,
        lifted_at=at,
        lifted_by=by,
        lifted_by_ref=by_ref,
        lift_reason=reason,
    )
    return Change(lifted, (HoldLifted(at=at, hold_id=hold.id, lifted_by_roles=(by,)),))

"""Holds that intake owns: placed with their cause, lifted by every role that the table names.

Each role signs as itself, and nothing is told until the last one has signed (ruling 19, INV-31,
INV-40). A hold of another service is none of intake's to lift (INV-32).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.events import DomainEvent, SafetyHoldLifted, SafetyHoldPlaced
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HOLD_RULES, HoldBlock, HoldCategory, HoldRule, HoldSeverity, Role

OWNER = "intake"


class HoldStatus(StrEnum):
    OPEN = "open"
    LIFTED = "lifted"


class HoldCause(StrEnum):
    """What brought the hold about. One hold per cause (ruling 19)."""

    FINDING = "finding"
    CONSENT = "consent"
    AFTERCARE = "aftercare"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSignature:
    role: Role
    ref: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason to pause or stop. ``cause_ref`` tells two causes of one kind apart."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: HoldStatus = HoldStatus.OPEN
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    cause: HoldCause
    cause_ref: str
    placed_at: datetime
    placed_by_role: str
    session_id: UUID | None = None
    finding_ref: UUID | None = None
    safety_plan: str | None = None
    signatures: tuple[LiftSignature, ...] = ()
    lifted_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.status is HoldStatus.OPEN

    @property
    def rule(self) -> HoldRule:
        return HOLD_RULES[self.category]

    @property
    def signed_roles(self) -> tuple[Role, ...]:
        return tuple(signature.role for signature in self.signatures)

    @property
    def missing_roles(self) -> tuple[Role, ...]:
        """Who still has to sign, in the order of the roles; of several that may, one is enough."""
        if not self.open:
            return ()
        missing = self.rule.missing(self.signed_roles) & who_lifts(self)
        return tuple(role for role in Role if role in missing)


def place(
    *,
    hold_id: UUID,
    client_id: UUID,
    course_id: UUID,
    category: HoldCategory,
    cause: HoldCause,
    cause_ref: str,
    placed_by_role: str,
    now: datetime,
    more_blocks: tuple[HoldBlock, ...] = (),
    severity: HoldSeverity | None = None,
    session_id: UUID | None = None,
    finding_ref: UUID | None = None,
) -> Change[Hold, DomainEvent]:
    """Place a hold as the table has it; it may block more and stop harder, never less."""
    rule = HOLD_RULES[category]
    if OWNER not in rule.owners:
        refuse(
            "hold-of-another-owner",
            "ruling 19",
            *(
                Unblock(fact="SafetyHoldPlaced", owner=owner, action="have it placed there")
                for owner in sorted(rule.owners)
            ),
            category=category.value,
            owners=tuple(sorted(rule.owners)),
        )
    stops = HoldSeverity.STOP in {rule.severity, severity}
    hold = Hold(
        id=hold_id,
        client_id=client_id,
        course_id=course_id,
        category=category,
        blocks=tuple(block for block in HoldBlock if block in {*rule.blocks, *more_blocks}),
        severity=HoldSeverity.STOP if stops else HoldSeverity.PAUSE,
        cause=cause,
        cause_ref=cause_ref,
        placed_at=now,
        placed_by_role=placed_by_role,
        session_id=session_id,
        finding_ref=finding_ref,
    )
    told = SafetyHoldPlaced(
        at=now,
        hold_id=hold.id,
        category=hold.category,
        blocks=hold.blocks,
        severity=hold.severity,
        session_id=session_id,
        finding_ref=finding_ref,
    )
    return Change(hold, (told,))


def sign_lift(
    hold: Hold, *, role: Role, ref: UUID | None, safety_plan: str | None, now: datetime
) -> Change[Hold, DomainEvent]:
    """One role signs for itself. The hold is lifted, and told, when no signature is missing."""
    if not hold.open:
        refuse("hold-lifted", "ruling 19", hold_id=str(hold.id))
    _require_may_sign(hold, role, ref)
    planned = replace(hold, safety_plan=safety_plan or hold.safety_plan)
    if hold.rule.safety_plan and not planned.safety_plan:
        refuse(
            "safety-plan-missing",
            "C-09",
            Unblock(fact="safety_plan", owner=OWNER, action="record the safety plan"),
            hold_id=str(hold.id),
        )
    signed = replace(
        planned, signatures=(*hold.signatures, LiftSignature(role=role, ref=ref, at=now))
    )
    if not signed.rule.signed_off(signed.signed_roles):
        return Change(signed)
    return _lifted(signed, tuple(role.value for role in signed.signed_roles), now)


def lift_by_new_grant(hold: Hold, *, now: datetime) -> Change[Hold, DomainEvent]:
    """A consent hold ends with the client's new signature, and with nothing else (ruling 19)."""
    if hold.category is not HoldCategory.CONSENT:
        refuse("not-lifted-by-consent", "ruling 19", category=hold.category.value)
    if not hold.open:
        return Change(hold)
    return _lifted(hold, ("client",), now)


def _lifted(hold: Hold, roles: tuple[str, ...], now: datetime) -> Change[Hold, DomainEvent]:
    return Change(
        replace(hold, status=HoldStatus.LIFTED, lifted_at=now),
        (SafetyHoldLifted(at=now, hold_id=hold.id, lifted_by_roles=roles),),
    )


def _require_may_sign(hold: Hold, role: Role, ref: UUID | None) -> None:
    if role not in who_lifts(hold):
        refuse(
            "role-cannot-lift",
            "INV-32",
            *who_unblocks(hold),
            role=role.value,
            category=hold.category.value,
            lifted_by=tuple(one.value for one in Role if one in who_lifts(hold)),
        )
    if role in hold.signed_roles:
        refuse(
            "role-signed-already",
            "INV-40",
            *who_unblocks(hold),
            role=role.value,
            missing=tuple(one.value for one in hold.missing_roles),
        )
    if ref is not None and any(signature.ref == ref for signature in hold.signatures):
        refuse("person-signed-already", "INV-40", *who_unblocks(hold), role=role.value)


def who_lifts(hold: Hold) -> frozenset[Role]:
    """An administrative hold is its owner's: the front desk's, a therapist's, or the placer's."""
    rule = hold.rule
    if hold.category is not HoldCategory.ADMINISTRATIVE:
        return rule.lifted_by_all or rule.lifted_by_any
    own = {Role.FRONT_DESK, Role.THERAPIST}
    return frozenset(own | {role for role in Role if role.value == hold.placed_by_role})


def who_unblocks(hold: Hold) -> tuple[Unblock, ...]:
    """The signatures that a hold waits for. Where one of several roles is enough, that is one."""
    if not hold.open:
        return ()
    if hold.rule.lifted_by_fact == "consent_granted":
        return (Unblock(fact="ConsentGranted", owner=OWNER, action="the client signs again"),)
    missing = tuple(role.value for role in hold.missing_roles)
    each = (" or ".join(missing),) if hold.rule.lifted_by_any else missing
    return tuple(
        Unblock(fact="signature", owner=OWNER, action=f"{who} signs the lifting") for who in each
    )

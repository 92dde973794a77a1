"""Consent: what the client of a course has signed, scope by scope (section 6.5).

Every signature has an id of its own. A scope is active while one signature covers it that is
neither withdrawn nor expired, and while nothing asks the client to confirm it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.intake.domain.consent_material import Disclosure
from services.intake.domain.events import DomainEvent
from shared.decisions import Change, Unblock, refuse
from shared.protocol import ConsentScope


class ScopeState(StrEnum):
    NOT_ASKED = "not_asked"
    OFFERED = "offered"
    GRANTED = "granted"
    RECONFIRM_NEEDED = "reconfirm_needed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ConsentTrigger(StrEnum):
    OFFER = "offer"
    SIGN = "sign"
    ASK_AGAIN = "ask_again"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    ANNUL = "annul"


TRANSITIONS: Final[Mapping[ScopeState, Mapping[ConsentTrigger, ScopeState]]] = MappingProxyType(
    {
        ScopeState.NOT_ASKED: {ConsentTrigger.OFFER: ScopeState.OFFERED},
        ScopeState.OFFERED: {
            ConsentTrigger.OFFER: ScopeState.OFFERED,
            ConsentTrigger.SIGN: ScopeState.GRANTED,
        },
        ScopeState.GRANTED: {
            ConsentTrigger.SIGN: ScopeState.GRANTED,
            ConsentTrigger.ASK_AGAIN: ScopeState.RECONFIRM_NEEDED,
            ConsentTrigger.WITHDRAW: ScopeState.WITHDRAWN,
            ConsentTrigger.EXPIRE: ScopeState.EXPIRED,
            ConsentTrigger.ANNUL: ScopeState.EXPIRED,
        },
        ScopeState.RECONFIRM_NEEDED: {
            ConsentTrigger.SIGN: ScopeState.GRANTED,
            ConsentTrigger.ASK_AGAIN: ScopeState.RECONFIRM_NEEDED,
            ConsentTrigger.WITHDRAW: ScopeState.WITHDRAWN,
            ConsentTrigger.EXPIRE: ScopeState.EXPIRED,
            ConsentTrigger.ANNUL: ScopeState.EXPIRED,
        },
        ScopeState.WITHDRAWN: {ConsentTrigger.OFFER: ScopeState.OFFERED},
        ScopeState.EXPIRED: {ConsentTrigger.OFFER: ScopeState.OFFERED},
    }
)
"""From each state of a scope, what may happen to it. What is not listed is refused."""


class WithdrawalChannel(StrEnum):
    """How the client said it. Every way counts the same (F39)."""

    IN_PERSON = "in_person"
    IN_SESSION = "in_session"
    PHONE = "phone"
    MESSAGE = "message"
    LETTER = "letter"


class ConsentStatus(StrEnum):
    """The book as a whole: open for signatures, or that of a course that is over."""

    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signing: which scopes, over which version of the material, until when (F42)."""

    consent_id: UUID
    consent_version: int
    scopes: tuple[ConsentScope, ...]
    material_version: int
    signed_at: datetime
    valid_until: datetime
    disclosures: tuple[Disclosure, ...] = ()
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)
    withdrawn_through: Mapping[str, WithdrawalChannel] = field(default_factory=dict)
    expired_at: datetime | None = None
    annulled_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether it was told that nothing of this signature counts any more."""
        return self.expired_at is not None or self.annulled_at is not None

    def covers(self, scope: ConsentScope, now: datetime) -> bool:
        """Whether this signature alone makes the scope active."""
        return scope in self.standing_scopes(now)

    def standing_scopes(self, now: datetime) -> tuple[ConsentScope, ...]:
        """The scopes that are neither withdrawn nor out of date. Read, not announced: a deadline
        counts from the moment it passes, whether or not its timer has fired."""
        if self.over or now >= self.valid_until:
            return ()
        return tuple(scope for scope in self.scopes if scope.value not in self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """All signatures of one course."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: ConsentStatus = ConsentStatus.OPEN
    scopes: Mapping[str, ScopeState] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()
    required_material: int = 1

    def written_state(self, scope: ConsentScope) -> ScopeState:
        """The state as it was last written."""
        return self.scopes.get(scope.value, ScopeState.NOT_ASKED)

    def state(self, scope: ConsentScope, now: datetime) -> ScopeState:
        """The state at this moment: a signature that ran out counts as expired at once."""
        written = self.written_state(scope)
        signed = written in {ScopeState.GRANTED, ScopeState.RECONFIRM_NEEDED}
        if signed and not any(s.covers(scope, now) for s in self.signatures):
            return ScopeState.EXPIRED
        return written

    def active(self, scope: ConsentScope, now: datetime) -> bool:
        return self.state(scope, now) is ScopeState.GRANTED

    def newest(self, scope: ConsentScope) -> Signature | None:
        """The last signature over this scope, standing or not."""
        return next((s for s in reversed(self.signatures) if scope in s.scopes), None)

    def speaking(self, scope: ConsentScope, now: datetime) -> Signature | None:
        """The signature that counts: the newest that stands, or else the newest of all."""
        standing = (s for s in reversed(self.signatures) if s.covers(scope, now))
        return next(standing, self.newest(scope))

    def with_id(self, consent_id: UUID) -> Signature | None:
        return next((s for s in self.signatures if s.consent_id == consent_id), None)


def open_consent(*, consent_id: UUID, client_id: UUID, course_id: UUID) -> Consent:
    """Nothing has been asked yet."""
    return Consent(id=consent_id, client_id=client_id, course_id=course_id)


def offer(
    consent: Consent,
    *,
    scopes: tuple[ConsentScope, ...],
    clients_initiative: bool,
    medicine_on_board: bool,
    now: datetime,
) -> Change[Consent, DomainEvent]:
    """Put scopes before the client.

    What was withdrawn is offered again only because the client asks for it, and not while
    medicine may still speak for them (6.5).
    """
    after = consent
    for scope in scopes:
        if consent.state(scope, now) is ScopeState.WITHDRAWN:
            _require_free_initiative(
                scope, clients_initiative=clients_initiative, medicine_on_board=medicine_on_board
            )
        if consent.state(scope, now) in {ScopeState.GRANTED, ScopeState.RECONFIRM_NEEDED}:
            continue
        after = step(after, scope, ConsentTrigger.OFFER, now)
    return Change(after)


def ask_again(
    consent: Consent, *, material_version: int, now: datetime
) -> Change[Consent, DomainEvent]:
    """The material changed: what was signed over an older version has to be confirmed (6.5)."""
    if material_version <= consent.required_material:
        refuse(
            "material-not-newer",
            "F42",
            Unblock(fact="material_version", owner="intake", action="name the newer version"),
            material_version=material_version,
            required_material=consent.required_material,
        )
    after = replace(consent, required_material=material_version)
    for scope in ConsentScope:
        newest = consent.newest(scope)
        signed = consent.state(scope, now) in {ScopeState.GRANTED, ScopeState.RECONFIRM_NEEDED}
        if signed and newest is not None and newest.material_version < material_version:
            after = step(after, scope, ConsentTrigger.ASK_AGAIN, now)
    return Change(after)


def step(consent: Consent, scope: ConsentScope, trigger: ConsentTrigger, now: datetime) -> Consent:
    """One scope in its next state; a step that no row of the table allows is refused."""
    state = consent.state(scope, now)
    if trigger not in TRANSITIONS[state]:
        refuse(
            "consent-step-forbidden",
            "6.5",
            scope=scope.value,
            state=state.value,
            trigger=trigger.value,
        )
    return replace(consent, scopes={**consent.scopes, scope.value: TRANSITIONS[state][trigger]})


def _require_free_initiative(
    scope: ConsentScope, *, clients_initiative: bool, medicine_on_board: bool
) -> None:
    if medicine_on_board:
        refuse(
            "medicine-on-board",
            "6.5",
            Unblock(fact="ClientDischarged", owner="scheduling", action="wait until discharge"),
            scope=scope.value,
        )
    if not clients_initiative:
        refuse(
            "consent-was-withdrawn",
            "6.5",
            Unblock(
                fact="clients_initiative",
                owner="intake",
                action="offer it again only when the client asks for it",
            ),
            scope=scope.value,
        )

"""An integrator: another program that is told of public events, and where (interfaces 3)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from services.notifications.domain.event_types import in_vain, wants
from shared.decisions import Change, refuse

RULE: Final = "interfaces 3"
BOTH_SIGN_FOR: Final = timedelta(hours=24)
"""How long the secret before the present one goes on signing, unless told otherwise."""


class IntegratorStatus(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecret:
    """A secret as it is kept; ``valid_until`` is set from the moment another one replaced it."""

    sealed: str = field(repr=False)
    made_at: datetime
    valid_until: datetime | None = None

    def signs_at(self, now: datetime) -> bool:
        return self.valid_until is None or now < self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where it is told, and by which secrets it knows that it was us; the present one first."""

    url: str
    secrets: tuple[SealedSecret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrator:
    """``types`` are patterns of event types; none means all public ones. It has no client."""

    id: UUID
    name: str
    types: tuple[str, ...]
    webhook: Webhook
    registered_at: datetime
    status: IntegratorStatus = IntegratorStatus.ACTIVE
    status_since: datetime
    client_id: UUID | None = None
    course_id: UUID | None = None

    def wants(self, event_type: str) -> bool:
        return wants(self.types, event_type)

    def signing(self, now: datetime) -> tuple[SealedSecret, ...]:
        """The secrets that sign now, the present one first."""
        return tuple(secret for secret in self.webhook.secrets if secret.signs_at(now))


IntegratorChange: TypeAlias = Change[Integrator, NoReturn]


def register(
    *,
    integrator_id: UUID,
    name: str,
    url: str,
    types: tuple[str, ...],
    public_types: Collection[str],
    sealed: str,
    now: datetime,
) -> IntegratorChange:
    """A new integrator, told of everything from now on."""
    if unknown := in_vain(types, public_types):
        refuse("event-type-not-public", RULE, types=unknown)
    return Change(
        Integrator(
            id=integrator_id,
            name=name,
            types=tuple(sorted(set(types))),
            webhook=Webhook(url=url, secrets=(SealedSecret(sealed=sealed, made_at=now),)),
            registered_at=now,
            status_since=now,
        )
    )


def rotate(
    state: Integrator, *, sealed: str, now: datetime, overlap: timedelta
) -> IntegratorChange:
    """A new secret; the present one goes on signing for a while. An older one ends at once."""
    _assert_not_revoked(state)
    present = state.webhook.secrets[0]
    secrets = (
        SealedSecret(sealed=sealed, made_at=now),
        *([replace(present, valid_until=now + overlap)] if overlap else []),
    )
    return Change(replace(state, webhook=replace(state.webhook, secrets=secrets)))


def revoke(state: Integrator, now: datetime) -> IntegratorChange:
    """Nothing is sent any more, for ever, and its secrets are forgotten."""
    _assert_not_revoked(state)
    return Change(
        replace(
            state,
            status=IntegratorStatus.REVOKED,
            status_since=now,
            webhook=replace(state.webhook, secrets=()),
        )
    )


def disable(state: Integrator, now: datetime) -> IntegratorChange:
    """The endpoint said that it is gone: what it is owed waits until a person enables it again."""
    if state.status is not IntegratorStatus.ACTIVE:
        return Change(state)
    return Change(replace(state, status=IntegratorStatus.DISABLED, status_since=now))


def enable(state: Integrator, now: datetime) -> IntegratorChange:
    """Go on, in order, with what waited."""
    _assert_not_revoked(state)
    if state.status is IntegratorStatus.ACTIVE:
        refuse("integrator-already-active", RULE)
    return Change(replace(state, status=IntegratorStatus.ACTIVE, status_since=now))


def assert_told(state: Integrator) -> None:
    """Only who is still told can be tried or told again."""
    _assert_not_revoked(state)


def _assert_not_revoked(state: Integrator) -> None:
    if state.status is IntegratorStatus.REVOKED:
        refuse("integrator-revoked", RULE)

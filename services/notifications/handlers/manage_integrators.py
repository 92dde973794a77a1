"""An operator registers integrators, gives them new secrets, lets them go, and takes them back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.notifications.domain.integrator import (
    RULE,
    Integrator,
    enable,
    register,
    revoke,
    rotate,
)
from services.notifications.handlers.ports import UnitOfWork
from shared.decisions import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterIntegrator:
    """``unusable`` says what is wrong with the URL; ``sealed`` is the secret as it is kept, None
    where the clinic has no key to seal it with."""

    name: str
    url: str
    unusable: str | None
    types: tuple[str, ...]
    public_types: Collection[str]
    sealed: str | None = field(repr=False)


async def register_integrator(command: RegisterIntegrator, uow: UnitOfWork) -> Integrator:
    """From now on it is told of every public event that it wants."""
    if command.unusable is not None:
        refuse("endpoint-not-usable", RULE, reason=command.unusable)
    if await uow.integrators.find_named(command.name) is not None:
        refuse("integrator-name-taken", RULE)
    return await uow.integrators.save(
        register(
            integrator_id=uow.new_id(),
            name=command.name,
            url=command.url,
            types=command.types,
            public_types=command.public_types,
            sealed=_sealed(command.sealed),
            now=uow.now,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret:
    """``overlap`` is how long the present secret goes on signing beside the new one."""

    integrator_id: UUID
    overlap: timedelta
    sealed: str | None = field(repr=False)


async def rotate_secret(command: RotateSecret, uow: UnitOfWork) -> Integrator:
    """A new secret for an integrator."""
    known = await uow.integrators.get(command.integrator_id)
    sealed = _sealed(command.sealed)
    changed = rotate(known, sealed=sealed, now=uow.now, overlap=command.overlap)
    return await uow.integrators.save(changed)


async def revoke_integrator(integrator_id: UUID, uow: UnitOfWork) -> Integrator:
    """It is told nothing any more, what waits for it least of all."""
    known = await uow.integrators.get(integrator_id)
    revoked = await uow.integrators.save(revoke(known, uow.now))
    await uow.deliveries.withdraw(integrator_id)
    return revoked


async def enable_integrator(integrator_id: UUID, uow: UnitOfWork) -> Integrator:
    """It is told again, from where it stopped."""
    known = await uow.integrators.get(integrator_id)
    enabled = await uow.integrators.save(enable(known, uow.now))
    await uow.deliveries.begin_anew(integrator_id, uow.now)
    return enabled


def _sealed(secret: str | None) -> str:
    """Without a key no secret can be kept, and without a secret nobody knows that it is us."""
    if secret is None:
        refuse("no-key-for-secrets", RULE)
    return secret

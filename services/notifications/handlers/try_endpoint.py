"""An operator tries an endpoint with an event that tells nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.delivery_attempt import Answer
from services.notifications.domain.integrator import Integrator, SealedSecret, assert_told
from services.notifications.handlers.ports import Begin


@dataclass(frozen=True, slots=True, kw_only=True)
class TryEndpoint:
    """``send`` calls the endpoint at a URL, signed by these secrets."""

    integrator_id: UUID
    send: Callable[[str, tuple[SealedSecret, ...]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    integrator: Integrator
    answer: Answer


async def try_endpoint(command: TryEndpoint, begin: Begin, _peers: object) -> Tried:
    """What the endpoint answers now. Nothing follows from it, whatever it says: no transaction is
    open meanwhile, and what waits for the integrator waits on."""
    async with begin() as uow:
        integrator = await uow.integrators.get(command.integrator_id)
        assert_told(integrator)
        secrets = integrator.signing(uow.now)
    answer = await command.send(integrator.webhook.url, secrets)
    tried = Tried(integrator=integrator, answer=answer)
    async with begin() as uow:
        await uow.conclude(tried)
    return tried

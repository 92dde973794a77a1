"""Twins of the real channels: nothing leaves the clinic, and what would have left can be read."""

from services.notifications.domain.vocabulary import Carriage
from services.notifications.handlers.ports import Begin, Outgoing


async def keep_instead_of_sending(outgoing: Outgoing, begin: Begin) -> Carriage:
    """Takes a message once for its id, as a provider with idempotency keys does."""
    async with begin() as uow:
        await uow.simulated_outbox.keep(outgoing)
    return Carriage.TAKEN

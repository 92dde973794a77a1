"""Twins of the real channels: nothing leaves the clinic, and what would have left can be read."""

from typing import Final

from services.notifications.domain.vocabulary import Channel
from services.notifications.handlers.ports import Begin, Carriers, Outgoing


async def keep_instead_of_sending(outgoing: Outgoing, begin: Begin) -> bool:
    """Takes a message once for its id, as a provider with idempotency keys does."""
    async with begin() as uow:
        await uow.simulated_outbox.keep(outgoing)
    return True


SIMULATED: Final[Carriers] = dict.fromkeys(Channel, keep_instead_of_sending)

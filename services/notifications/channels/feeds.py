"""Integrators that pull over NATS: who they are, and what the bus knows of how far each is."""

from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel

from shared.messaging.asking import Asker
from shared.messaging.feeds import Feed, feed_api, feed_consumer_info, read_feeds


class _Floor(BaseModel):
    last_active: AwareDatetime | None = None


class Progress(BaseModel):
    """What NATS tells of a feed's consumer."""

    num_pending: int
    num_ack_pending: int
    ack_floor: _Floor

    @property
    def waiting(self) -> int:
        """Events that the integrator has not acknowledged."""
        return self.num_pending + self.num_ack_pending

    @property
    def taken_at(self) -> datetime | None:
        """When it acknowledged the last one; None: never."""
        return self.ack_floor.last_active


class FeedsOnBus:
    """Reads the list anew at each look: it changes while the clinic runs."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def known(self) -> tuple[Feed, ...]:
        """Everybody, those that were revoked last. Raises ``ValueError`` for a damaged list."""
        return tuple(
            sorted(read_feeds(self._file), key=lambda one: (one.revoked_at is not None, one.name))
        )

    async def progress(self, feed: Feed, asker: Asker) -> Progress | None:
        """How far it is; None where the bus does not say."""
        if feed.revoked_at is not None:
            return None
        return await asker.ask_at(
            f"{feed_api(feed.name)}.{feed_consumer_info(feed.name)}", Progress
        )

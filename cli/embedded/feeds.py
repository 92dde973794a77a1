"""Integrators on the bus of an embedded clinic: let in, given new keys and let go while it runs."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cli.bus.connection import BusUser, connected
from cli.bus.feed_provisioning import is_filled, provision_feeds
from cli.bus.feed_registry import FeedRegistry, rekeyed, revoked
from cli.bus.names import PROVISIONER
from cli.clinic.secrets import new_nkey_seed, public_nkey
from cli.embedded.nats import Nats
from cli.trouble import Trouble
from shared.messaging.feeds import Feed

_PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class EmbeddedFeeds:
    """What ``careteam integrator … --nats`` does to a running server, whose process is ``pid``.

    The list of integrators is written first, then the configuration that follows from it, and then
    the server is told to read that. A crash in between leaves what the next start of the clinic
    makes whole: the list is what counts.
    """

    registry: FeedRegistry
    nats: Nats
    pid: int

    async def add(self, name: str, types: tuple[str, ...]) -> str:
        """Let it in; returns the seed of its key, which is kept nowhere.

        In two steps: an account that a running server has only just come to know cannot ask another
        one for anything (2.15), so it is there before anybody comes in.
        """
        seed, now = new_nkey_seed(), datetime.now(UTC)
        with self.registry.locked():
            feed = self.registry.new(name, types, now)
            async with self._undone_when_it_fails(feed):
                await self._let_in(feed)
                await self._let_in(rekeyed(feed, public_nkey(seed), now))
                await self._provision(feed)
        return seed

    async def rotate(self, name: str) -> str:
        """Another key for it; the present one ends now, and whoever came in by it is cut off."""
        seed = new_nkey_seed()
        with self.registry.locked():
            feed = self.registry.known(name)
            await self._let_in(rekeyed(feed, public_nkey(seed), datetime.now(UTC)))
        return seed

    async def revoke(self, name: str) -> None:
        """Cut it off, for ever, and then end its stream."""
        with self.registry.locked():
            feed = revoked(self.registry.known(name), datetime.now(UTC))
            await self._let_in(feed)
            await self._provision(feed)

    @asynccontextmanager
    async def _undone_when_it_fails(self, feed: Feed) -> AsyncIterator[None]:
        """Nobody is let in by what did not come about. Its account stays: a server that is told
        to forget one with a stream calls itself unhealthy (2.15), and would be started anew."""
        try:
            yield
        except BaseException:
            await self._let_in(revoked(feed, feed.added_at))
            raise

    async def _let_in(self, feed: Feed) -> None:
        self.registry.put(feed)
        self.nats.configure()
        before = await self.nats.read_its_configuration_at()
        os.kill(self.pid, signal.SIGHUP)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while await self.nats.read_its_configuration_at() == before:
            if time.monotonic() > deadline:
                raise Trouble("NATS did not take its new configuration: see its log")
            await asyncio.sleep(0.05)

    async def _provision(self, feed: Feed) -> None:
        bus = BusUser(PROVISIONER, [self.nats.url], self.nats.provisioner_seed)
        async with connected(bus) as client:
            await provision_feeds(client, [feed])
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while feed.revoked_at is None and not await is_filled(client, feed):
                if time.monotonic() > deadline:
                    raise Trouble(f"nothing reaches the feed {feed.name}: see the log of NATS")
                await asyncio.sleep(0.05)

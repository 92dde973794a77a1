"""A real NATS for tests: embedded, or in a container; with the accounts of a clinic."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from http import HTTPStatus
from pathlib import Path

from nats.aio.client import Client

from cli.bus.connection import BusUser, connected
from cli.bus.feed_registry import FeedRegistry
from cli.bus.names import AUDITOR, PROVISIONER, STREAM
from cli.bus.provisioning import audit_share, provision, provision_audit, store_share
from cli.bus.server_config import Seeds
from cli.clinic.services import SERVICES
from cli.embedded.feeds import EmbeddedFeeds
from cli.embedded.nats import Nats
from cli.supervisor.child import Child
from tests.support.postgres_part import apart


class NatsPart:
    """One server with an account for each service; its stream can be made anew."""

    def __init__(self, url: str, seeds: Seeds, most_stored: int) -> None:
        self.url = url
        self.seeds = seeds
        self._most_stored = most_stored

    def environment(self, service: str) -> dict[str, str]:
        """The settings of a service process that uses this bus."""
        return {
            "CARETEAM_NATS_URL": self.url,
            "CARETEAM_NATS_SEED_FILE": str(self.seeds.file(service)),
        }

    def connected(self, user: str) -> AbstractAsyncContextManager[Client]:
        """A connection as a service, or as ``bus``, who may provision."""
        return connected(BusUser(user, [self.url], self.seeds.file(user)))

    def renew_stream(self) -> None:
        """Remove the stream with all it holds, and provision it again: a new epoch."""
        apart(self._renew_stream)

    async def _renew_stream(self) -> None:
        async with self.connected(PROVISIONER) as client:
            hub = client.jetstream()
            if STREAM in [found.config.name for found in await hub.streams_info()]:
                await hub.delete_stream(STREAM)
            await provision(client, SERVICES, most_bytes=store_share(self._most_stored))
        async with self.connected(AUDITOR) as client:
            await provision_audit(client, most_bytes=audit_share(self._most_stored))


class EmbeddedNats(NatsPart):
    """The server that `careteam up` starts. It can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._server = Nats(
            folder / "nats",
            folder / "secrets" / "nats",
            folder / "logs" / "nats.log",
            folder / "secrets" / "feeds.json",
        )
        self._registry = FeedRegistry(folder / "secrets" / "feeds.json")
        self._server.prepare()
        super().__init__(self._server.url, self._server.seeds, self._server.most_stored)
        self._child = Child(self._server.program())
        apart(lambda: self._server.ready(self._child))

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def feeds(self) -> EmbeddedFeeds:
        """Its integrators, to be let in and let go."""
        return EmbeddedFeeds(self._registry, self._server, self.pid)

    @property
    def monitor(self) -> str:
        return self._server.monitor

    @property
    def config_file(self) -> Path:
        """What it is started with."""
        return self._server.config

    async def is_healthy(self) -> bool:
        """What the supervisor asks: a server that is not is started anew."""
        return await self._server.health() == HTTPStatus.OK

    def configure(self) -> None:
        """Write its configuration, as `up` does before it starts it."""
        self._server.configure()

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        self._child.kill()
        self._child.wait(5)

    def start(self) -> None:
        """Start it again after :meth:`kill`, at the same address."""
        self._child = Child(self._server.program())
        apart(lambda: self._server.ready(self._child))

    def stop(self) -> None:
        self._child.stop(10)


@contextmanager
def embedded_nats(folder: Path) -> Iterator[EmbeddedNats]:
    server = EmbeddedNats(folder)
    try:
        server.renew_stream()
        yield server
    finally:
        server.stop()

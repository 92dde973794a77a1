"""A real NATS over TLS: open to whom the clinic's authority vouches for, and to nobody else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from nats.errors import Error, NoServersError

from cli.bus.connection import BusUser, connected
from cli.bus.names import PROVISIONER
from cli.bus.server_config import Listen, Proof, Seeds, server_config
from cli.clinic.certificates import Authority
from cli.clinic.ports import bound
from cli.clinic.services import SERVICES
from cli.embedded.binaries import nats_server_binary
from cli.supervisor.child import Child, Program
from cli.trouble import Trouble
from shared.messaging.asking import rpc_broker
from shared.messaging.connection import Bus, connect
from shared.runtime.transport import transport

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

HOST = "127.0.0.1"
NAME = "localhost"


class Server:
    """One that asks for certificates, and the authority behind it."""

    def __init__(self, folder: Path) -> None:
        self.seeds = Seeds(folder / "seeds")
        self.authority = Authority(folder / "tls")
        with bound(0) as clients, bound(0) as monitoring:
            self.port = clients.getsockname()[1]
            monitor = monitoring.getsockname()[1]
        config = folder / "nats.conf"
        config.write_text(
            server_config(
                services=SERVICES,
                public_keys=self.seeds.public_keys(SERVICES),
                listen=Listen(host=HOST, port=self.port, monitor_port=monitor),
                store=str(folder / "store"),
                most_stored=64 * 2**20,
                store_key="ab" * 32,
                proof=Proof(
                    own=str(self.authority.keep_server(NAME)),
                    authority=str(self.authority.file),
                ),
            )
        )
        command = (str(nats_server_binary()), "-c", str(config))
        self.child = Child(
            Program(name="nats", command=command, log=folder / "nats.log", folder=folder)
        )

    def user(self, host: str = NAME, authority: Authority | None = None) -> BusUser:
        """The provisioner, with the certificate of this authority, believing in that server's."""
        own = (authority or self.authority).keep_caller("clinic")
        tls = transport(self.authority.file, own)
        url = f"tls://{host}:{self.port}"
        return BusUser(PROVISIONER, [url], self.seeds.file(PROVISIONER), tls)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("nats-over-tls"))
    asyncio.run(_up(started))
    yield started
    started.child.stop(10)


async def _up(server: Server) -> None:
    for _ in range(300):
        try:
            async with connected(server.user()):
                return
        except Trouble:
            assert server.child.exit_status() is None, server.child.said()
            await asyncio.sleep(0.05)
    raise AssertionError("nobody was let in")


async def test_a_service_and_a_command_come_in_with_their_certificates(server: Server) -> None:
    async with connected(server.user()) as client:
        assert client.is_connected
    own = server.authority.keep_caller("intake")
    bus = Bus(
        [f"tls://{NAME}:{server.port}"],
        "intake",
        server.seeds.file("intake"),
        transport(server.authority.file, own),
    )
    service = await connect(bus, "trial")
    assert service.is_connected
    await service.close()
    broker = rpc_broker(bus)
    await asyncio.wait_for(broker.connect(), 5)
    assert await broker.ping(2)
    await broker.stop()


async def test_nobody_comes_in_without_a_certificate_of_this_authority(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(Trouble):
        async with connected(server.user(authority=Authority(tmp_path / "another"))):
            pass
    alone = BusUser(
        PROVISIONER,
        server.user().servers,
        server.seeds.file(PROVISIONER),
        transport(server.authority.file, None),
    )
    with pytest.raises(Trouble):
        async with connected(alone):
            pass


async def test_a_server_that_another_authority_vouches_for_is_not_believed(
    server: Server, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "another")
    stranger.keep_caller("clinic")
    user = server.user()
    deceived = BusUser(
        user.name,
        user.servers,
        user.seed,
        transport(stranger.file, server.authority.keep_caller("clinic")),
    )
    with pytest.raises(Trouble, match="CERTIFICATE_VERIFY_FAILED"):
        async with connected(deceived):
            pass


async def test_a_server_of_another_name_is_not_believed(server: Server) -> None:
    with pytest.raises(Trouble, match="CERTIFICATE_VERIFY_FAILED"):
        async with connected(server.user(host=HOST)):
            pass


async def test_in_the_clear_it_says_nothing_of_use(server: Server) -> None:
    async def quiet(_error: Exception) -> None:
        return None

    with pytest.raises((NoServersError, Error, OSError)):
        await nats.connect(
            f"nats://{HOST}:{server.port}",
            nkeys_seed=str(server.seeds.file(PROVISIONER)),
            allow_reconnect=False,
            max_reconnect_attempts=0,
            error_cb=quiet,
        )

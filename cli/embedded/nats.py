"""A nats-server of the clinic's own: loopback, keys for everybody, every message on disk first."""

import asyncio
import contextlib
import json
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from cli.bus.names import PROVISIONER
from cli.bus.server_config import Listen, Seeds, server_config, size_of_store
from cli.clinic.folder import ClinicFolder
from cli.clinic.ports import bound, is_free
from cli.clinic.secrets import store_key, write_private
from cli.clinic.services import SERVICES
from cli.embedded.binaries import nats_server_binary
from cli.supervisor.child import Program, RunningProgram
from cli.trouble import Trouble
from shared.messaging.feeds import read_feeds

_UNREADABLE: Final = "Error decrypting our stream metafile"


class Nats:
    """One server with its store in ``home/store``."""

    name = "nats"

    def __init__(self, home: Path, secrets: Path, log: Path, feeds: Path | None = None) -> None:
        self.home = home.absolute()
        self.seeds = Seeds(secrets)
        self._log = log
        self._secrets = secrets
        self._feeds = feeds
        self.config = secrets / "nats.conf"
        """Among the secrets, because it holds the key of the store."""
        self._earlier_config = self.home / "nats.conf"
        self._binary = nats_server_binary()
        self._listen = self._last_ports()

    @property
    def url(self) -> str:
        return f"nats://{self._listen.host}:{self._listen.port}"

    @property
    def monitor(self) -> str:
        return f"http://{self._listen.monitor_host}:{self._listen.monitor_port}"

    @property
    def provisioner_seed(self) -> Path:
        return self.seeds.file(PROVISIONER)

    @property
    def most_stored(self) -> int:
        return size_of_store(self.home, self._last_config_file())

    def prepare(self) -> None:
        """Write the configuration. The ports of last time are kept while they are free."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (is_free(self._listen.port) and is_free(self._listen.monitor_port)):
            self._listen = _two_free_ports()
        self.configure()
        self._earlier_config.unlink(missing_ok=True)

    def configure(self) -> None:
        """Write the configuration as it is to be; a running server has to be told to read it."""
        write_private(
            self.config,
            server_config(
                services=SERVICES,
                public_keys=self.seeds.public_keys(SERVICES),
                listen=self._listen,
                store=str(self.home / "store"),
                most_stored=self.most_stored,
                store_key=store_key(self._secrets / "store.key"),
                feeds=read_feeds(self._feeds),
            ),
        )

    def before_start(self) -> None:
        """Nothing: it recovers by itself, and its ports must stay what its clients know."""

    def program(self) -> Program:
        return Program(
            name=self.name,
            command=(str(self._binary), "-c", str(self.config)),
            log=self._log,
            folder=self.home,
        )

    async def ready(self, child: RunningProgram, seconds: float = 120) -> None:
        """Wait until it is healthy, then refuse it unless it puts messages on disk at once."""
        deadline = time.monotonic() + seconds
        while await self.health() != HTTPStatus.OK:
            if child.exit_status() is not None:
                raise Trouble(self._explain(child.said()))
            if _UNREADABLE in child.said():
                raise Trouble(
                    f"NATS cannot read its store: {self._secrets / 'store.key'} is not the key that"
                    f" it was written under. Restore that, or remove {self.home / 'store'}: the"
                    " services publish again what they kept"
                )
            if time.monotonic() > deadline:
                raise Trouble(f"NATS was not healthy in {seconds:.0f} s: see {self._log}")
            await asyncio.sleep(0.02)
        settings = (await self._ask("/jsz?config=1"))["config"]
        if settings.get("sync_always") is not True:
            raise Trouble(
                "NATS runs without sync_interval: always, a power cut could lose messages: "
                f"see {self.config}"
            )

    async def is_sick(self) -> bool:
        """After a full disk or a failed sync it refuses writes for ever, also once there is space
        again, and says so here (reliability, finding 4). Starting it anew is the way out."""
        return await self.health() == HTTPStatus.SERVICE_UNAVAILABLE

    async def health(self) -> int | None:
        """The status of ``/healthz``; None when nobody answers."""
        try:
            await self._ask("/healthz")
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except (OSError, ValueError):
            return None
        return HTTPStatus.OK

    async def read_its_configuration_at(self) -> str:
        """When the running server last read it, as the server says."""
        told: str = (await self._ask("/varz", seconds=10))["config_load_time"]
        return told

    async def _ask(self, path: str, *, seconds: float = 2) -> Any:
        return await asyncio.to_thread(_get_json, f"{self.monitor}{path}", seconds)

    def _explain(self, output: str) -> str:
        if "address already in use" in output:
            return f"NATS: port {self._listen.port} was taken meanwhile: start again"
        if "no space left" in output.lower():
            return f"NATS: the disk that holds {self.home} is full: free some space and start again"
        fatal = [line for line in output.splitlines() if "[FTL]" in line or "nats-server:" in line]
        said = fatal[-1].split("[FTL]")[-1].strip() if fatal else "it said nothing"
        return f"NATS did not start: {said} (see {self._log})"

    def _last_config_file(self) -> Path:
        """A clinic of before encryption has its configuration beside its store."""
        return self.config if self.config.exists() else self._earlier_config

    def _last_config(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._last_config_file().read_text())
            if isinstance(found, dict):
                return found
        return {}

    def _last_ports(self) -> Listen:
        with contextlib.suppress(KeyError, ValueError):
            last = self._last_config()
            return Listen(
                port=int(last["listen"].rsplit(":", 1)[1]),
                monitor_port=int(last["http"].rsplit(":", 1)[1]),
            )
        return _two_free_ports()


def nats_of(folder: ClinicFolder) -> Nats:
    """The server of the clinic in this folder."""
    return Nats(folder.nats, folder.secrets / "nats", folder.logs / "nats.log", folder.feeds_file)


def _get_json(url: str, seconds: float) -> Any:
    with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - loopback, ours
        return json.load(answer)


def _two_free_ports() -> Listen:
    with bound() as one, bound() as two:
        return Listen(port=one.getsockname()[1], monitor_port=two.getsockname()[1])

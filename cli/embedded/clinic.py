"""A whole clinic on one machine: databases, bus, four services, supervised.

The steps are those of production, in its order: servers, provisioning, migrations, services. Only
what can wait for nobody runs side by side.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil

from cli.bus.connection import BusUser, connected
from cli.bus.feed_provisioning import provision_feeds
from cli.bus.feed_registry import FeedRegistry
from cli.bus.names import AUDITOR, PROVISIONER
from cli.bus.provisioning import audit_share, provision, provision_audit, store_share
from cli.clinic.environment import (
    issuer_environment,
    issuer_url,
    migration_environment,
    service_environment,
)
from cli.clinic.folder import ClinicFolder
from cli.clinic.people import Administration
from cli.clinic.ports import LOOPBACK, all_ports, assert_free, service_ports
from cli.clinic.protocols import keep_protocols
from cli.clinic.record import ClinicRecord, Running
from cli.clinic.secrets import audit_key, keep_signing_key, password, sealing_key, webhook_key
from cli.clinic.services import CHAINS, IDENTITY, SERVICES
from cli.clinic.tokens import SignIn, sign_ins
from cli.embedded.databases import RoleSecrets, provision_databases
from cli.embedded.migrations import Migrations, migrate_all
from cli.embedded.nats import Nats, nats_of
from cli.embedded.postgres import Postgres
from cli.embedded.service import Service
from cli.issuer.keys import keep_issuer_key
from cli.supervisor.forked import ForkServer
from cli.supervisor.supervisor import Supervisor
from cli.trouble import Trouble

_STOP_ORDER: Final = ((*SERVICES, IDENTITY), ("nats",), ("postgres",))

Tell = Callable[[str], None]


class EmbeddedClinic:
    """One clinic in one folder. Whoever starts it holds the folder's lock.

    ``protocol`` is the file that new courses begin with from now on, where it is to change.
    """

    def __init__(
        self, folder: ClinicFolder, port_base: int, tell: Tell, protocol: Path | None = None
    ) -> None:
        self._folder = folder
        self._ports = service_ports(port_base)
        self._all_ports = all_ports(port_base)
        self._tell = tell
        self._chosen = protocol
        self._forks = ForkServer("cli.embedded.preload")
        self._supervisor = Supervisor(tell, on_change=self._write_record, launch=self._forks.start)
        self._record: ClinicRecord | None = None

    async def start(self) -> ClinicRecord:
        """Bring it up; returns when every service says that it is ready."""
        protocol = keep_protocols(self._folder, self._chosen)
        await self._end_leftovers()
        assert_free(self._all_ports)
        self._forks.warm_up()
        folder = self._folder
        postgres = Postgres(
            folder.postgres, folder.secrets / "postgres", folder.logs / "postgres.log"
        )
        nats = nats_of(folder)
        for service in CHAINS:
            audit_key(folder.audit_key_file(service))
            keep_signing_key(folder.audit_signing_key_file(service), folder.audit)
        for service in SERVICES:
            sealing_key(folder.sealing_key_file(service))
        webhook_key(folder.webhook_key_file)
        FeedRegistry(folder.feeds_file).make()
        self._tell("starting PostgreSQL and NATS")
        nats.prepare()
        self._prepare_sign_in()
        await asyncio.to_thread(postgres.prepare)
        self._record = self._new_record(postgres, nats)
        await _together(self._start_postgres(postgres), self._start_nats(nats))

        environments = {
            service: service_environment(
                service,
                self._ports,
                folder=folder,
                clinic_id=folder.clinic_id(),
                protocol=protocol,
                postgres=postgres,
                nats=nats,
                issuer=issuer_url(self._all_ports[IDENTITY]),
            )
            for service in self._ports
        }
        environments[IDENTITY] = issuer_environment(
            self._all_ports[IDENTITY], self._ports, folder=folder, postgres=postgres, nats=nats
        )
        self._tell("bringing the databases up to date")
        migrated = await migrate_all(
            {
                name: migration_environment(name, found, folder=folder, postgres=postgres)
                for name, found in environments.items()
            },
            Migrations(self._forks.start, postgres.connect, folder.logs),
            folder.notes().get("migrated", {}),
        )
        folder.remember(migrated=migrated)

        self._tell(f"starting {', '.join(SERVICES)} and the sign-in")
        await _together(
            *(
                self._supervisor.start(
                    Service(name, port, environments[name], folder.logs / f"{name}.log")
                )
                for name, port in self._all_ports.items()
            )
        )
        return self._record

    def let_people_in(self) -> list[SignIn]:
        """Accounts for the demo people who have none yet; their passwords are here and nowhere."""
        if self._record is None:
            raise Trouble("the clinic was not started")
        behind = f"http://{LOOPBACK}:{self._all_ports[IDENTITY]}"
        administration = Administration(behind, self._folder.administration_secret)
        return administration.add_demo(self._record.sign_ins)

    def announce(self) -> ClinicRecord:
        """Say to everybody who reads ``clinic.json`` that the clinic may be used."""
        if self._record is None:
            raise Trouble("the clinic was not started")
        self._record = replace(self._record, ready=True)
        self._write_record()
        return self._record

    async def until_broken(self) -> None:
        """Keep it running."""
        await self._supervisor.until_broken()

    async def stop(self) -> None:
        """End everything in order. The addresses are forgotten; the data stays."""
        if self._supervisor.pids:
            self._tell("stopping")
        await self._supervisor.stop(_STOP_ORDER)
        with contextlib.suppress(FileNotFoundError):
            self._folder.record_file.unlink()

    def _prepare_sign_in(self) -> None:
        """The secrets between the services and their issuer; a clinic keeps those it has."""
        keep_issuer_key(self._folder.signing_key)
        password(self._folder.administration_secret)
        password(self._folder.second_factor_key)
        for service in SERVICES:
            password(self._folder.oidc / service)

    async def _start_postgres(self, postgres: Postgres) -> None:
        await self._supervisor.start(postgres)
        roles = RoleSecrets(self._folder.secrets / "postgres")
        await provision_databases(postgres.connect, (*SERVICES, IDENTITY), roles)

    async def _start_nats(self, nats: Nats) -> None:
        await self._supervisor.start(nats)
        bus = BusUser(PROVISIONER, [nats.url], nats.provisioner_seed)
        async with connected(bus) as client:
            await provision(client, SERVICES, most_bytes=store_share(nats.most_stored))
            await provision_feeds(client, FeedRegistry(self._folder.feeds_file).feeds())
        async with connected(bus.beside(AUDITOR)) as client:
            await provision_audit(client, most_bytes=audit_share(nats.most_stored))

    def _new_record(self, postgres: Postgres, nats: Nats) -> ClinicRecord:
        return ClinicRecord(
            data=str(self._folder.path),
            clinic_id=str(self._folder.clinic_id()),
            supervisor=Running.of(os.getpid()),
            services={name: f"http://{LOOPBACK}:{port}" for name, port in self._ports.items()},
            issuer=issuer_url(self._all_ports[IDENTITY]),
            nats=nats.url,
            nats_monitor=nats.monitor,
            postgres=str(postgres.sockets),
            clock_file=str(self._folder.clock_file),
            sign_ins=sign_ins(self._folder.tokens_file),
        )

    def _write_record(self) -> None:
        if self._record is not None:
            self._record = replace(
                self._record,
                processes={n: Running.of(pid) for n, pid in self._supervisor.pids.items()},
            )
            self._record.write(self._folder.record_file)

    async def _end_leftovers(self) -> None:
        """End what is left of a clinic whose supervisor was killed. Its children were told to
        stop by the kernel, and may still be at it: they hold the ports."""
        for left in self._leftovers():
            self._tell(f"ending {left.name()} (process {left.pid}) of the last run")
            with contextlib.suppress(psutil.Error):
                left.terminate()
                await asyncio.to_thread(_end, left)

    def _leftovers(self) -> list[psutil.Process]:
        try:
            last = ClinicRecord.read(self._folder.record_file)
        except (FileNotFoundError, Trouble):
            return []
        found = [
            running.process() for name, running in last.processes.items() if name != "postgres"
        ]
        return [process for process in found if process is not None]


async def _together(*work: Coroutine[None, None, None]) -> None:
    """All side by side; the first failure ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except* Trouble as several:
        raise _first(several) from None


def _first(several: BaseExceptionGroup[Trouble]) -> Trouble:
    found: BaseException = several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, Trouble) else Trouble(str(found))


def _end(process: psutil.Process) -> None:
    try:
        process.wait(5)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(5)

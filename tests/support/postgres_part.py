"""A real PostgreSQL for tests: embedded, or in a container."""

import asyncio
import concurrent.futures
import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil

from cli.clinic.secrets import sealing_key
from cli.clinic.services import IDENTITY, SERVICES
from cli.embedded.databases import Connect, RoleSecrets, create_database, provision_databases
from cli.embedded.postgres import Postgres
from cli.embedded.service import module_of
from cli.supervisor.child import Child

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """A database of one service, and how each of its roles reaches it."""

    service: str
    name: str
    url_for: Callable[[str, str], str]
    secrets: RoleSecrets
    keyring: str
    """Copies of one template are sealed alike and share it; whose tables are their own does not."""

    @property
    def url(self) -> str:
        """For CARETEAM_DATABASE_URL: the service's own role, without its password."""
        return self.url_for(f"{self.service}_app", self.name)

    @property
    def password_file(self) -> Path:
        return self.secrets.file(self.service, "app")

    @property
    def migration_url(self) -> str:
        """For CARETEAM_MIGRATION_DATABASE_URL: the role that owns the tables."""
        return self.url_for(f"{self.service}_owner", self.name)

    @property
    def migration_password_file(self) -> Path:
        return self.secrets.file(self.service, "owner")

    @property
    def keyring_folder(self) -> Path:
        return self.secrets.folder / "keyring" / self.keyring

    @property
    def sealing_key_file(self) -> Path:
        return self.secrets.folder / "sealing" / f"{self.service}.key"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service process that uses this database."""
        return {
            "CARETEAM_DATABASE_URL": self.url,
            "CARETEAM_DATABASE_PASSWORD_FILE": str(self.password_file),
            "CARETEAM_MIGRATION_DATABASE_URL": self.migration_url,
            "CARETEAM_MIGRATION_DATABASE_PASSWORD_FILE": str(self.migration_password_file),
            "CARETEAM_SEALING_KEY_FILE": str(self.sealing_key_file),
            "CARETEAM_KEYRING_FOLDER": str(self.keyring_folder),
        }

    async def connect(self, role: str = "app") -> asyncpg.Connection:
        """A bare connection as ``app``, ``owner`` or ``audit``, in the service's own scope."""
        connection: asyncpg.Connection = await asyncpg.connect(
            self.url_for(f"{self.service}_{role}", self.name),
            password=self.secrets.password(self.service, role),
            timeout=10,
            server_settings={"careteam.scope": "service"},
        )
        return connection


class PostgresPart:
    """One server with the roles of all services; databases come and go."""

    def __init__(
        self, connect: Connect, url_for: Callable[[str, str], str], secrets: RoleSecrets
    ) -> None:
        self.connect = connect
        self._url_for = url_for
        self._secrets = secrets
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    def create(self, service: str, *, migrated: bool = True) -> ServiceDatabase:
        """A database as new as can be. Migrations run once for a worker; the rest are copies."""
        template = self._template(service) if migrated else service
        name = f"{service}_{next(self._numbers)}"
        apart(lambda: self._create(name, service, template))
        return self._database(service, name, keyring=service if migrated else name)

    def copy(self, database: ServiceDatabase) -> ServiceDatabase:
        """A backup of a database that nobody is connected to: the same bytes under another name."""
        name = f"{database.service}_{next(self._numbers)}"
        apart(lambda: self._create(name, database.service, database.name))
        return self._database(database.service, name, keyring=database.keyring)

    def drop(self, database: ServiceDatabase) -> None:
        apart(lambda: self._execute(f'DROP DATABASE "{database.name}" WITH (FORCE)'))

    def _template(self, service: str) -> str:
        if service not in self._templates:
            name = f"{service}_migrated"
            apart(lambda: self._create(name, service, service))
            migrate(self._database(service, name, keyring=service))
            self._templates[service] = name
        return self._templates[service]

    def _database(self, service: str, name: str, *, keyring: str) -> ServiceDatabase:
        database = ServiceDatabase(service, name, self._url_for, self._secrets, keyring)
        sealing_key(database.sealing_key_file)
        return database

    async def _create(self, name: str, service: str, template: str) -> None:
        server = await self.connect("postgres")
        try:
            await create_database(server, name, service, template)
        finally:
            await server.close()

    async def _execute(self, statement: str) -> None:
        server = await self.connect("postgres")
        try:
            await server.execute(statement)
        finally:
            await server.close()


def migrate(database: ServiceDatabase) -> None:
    """Bring a database to its head, as ``python -m services.<name> migrate`` does everywhere."""
    done = subprocess.run(
        [sys.executable, "-m", module_of(database.service), "migrate"],
        cwd=ROOT,
        env={**os.environ, "CARETEAM_ENV": "test", **database.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{database.service} does not migrate:\n{done.stderr[-3000:]}"


class EmbeddedPostgres(PostgresPart):
    """The server that `careteam up` starts. It can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        secrets = RoleSecrets(folder / "secrets" / "pg")
        self._server = Postgres(
            folder / "pg", folder / "secrets" / "pg", folder / "logs" / "postgres.log"
        )
        self._server.prepare()
        super().__init__(self._server.connect, self._server.url, secrets)
        self.start()
        apart(lambda: provision_databases(self._server.connect, (*SERVICES, IDENTITY), secrets))

    def start(self) -> None:
        """Start it, again after :meth:`kill` too, at the same address."""
        self._server.before_start()
        self._child = Child(self._server.program())
        apart(lambda: self._server.ready(self._child))

    def kill(self) -> None:
        """As a crash of the machine's memory would: the server and all its sessions, no goodbye."""
        sessions = psutil.Process(self._child.pid).children(recursive=True)
        self._child.kill()
        for session in sessions:
            with contextlib.suppress(psutil.NoSuchProcess):
                session.kill()
        self._child.wait(5)
        psutil.wait_procs(sessions, 5)

    def stop(self) -> None:
        self._child.stop(10)


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """The server that `careteam up` starts, with its real settings."""
    server = EmbeddedPostgres(folder)
    try:
        yield server
    finally:
        server.stop()


def apart(work: Callable[[], Coroutine[Any, Any, T]] | Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine to its end from any code, also while a test's own loop is running."""

    async def run() -> T:
        return await work()

    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()

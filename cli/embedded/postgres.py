"""A PostgreSQL 18 of the clinic's own: made once, started, read back, recovered after a crash."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from cli.clinic.secrets import password
from cli.embedded.binaries import postgres_binary
from cli.embedded.postgres_settings import SAFETY, write_settings
from cli.embedded.postgres_trouble import explained
from cli.embedded.unprivileged import Identity, unprivileged
from cli.supervisor.child import Program, RunningProgram
from cli.trouble import Trouble

MAJOR: Final = "18"
SUPERUSER: Final = "postgres"
_PORT: Final = 5432
_LONGEST_SOCKET_PATH: Final = 107
_NOT_YET: Final = (asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)
_INITDB: Final = ("-A", "scram-sha-256", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8")


class Postgres:
    """One cluster in ``home/data``, reached through a socket in ``sockets``."""

    name = "postgres"

    def __init__(self, home: Path, secrets: Path, log: Path) -> None:
        self.home = home.absolute()
        self.cluster = self.home / "data"
        self.sockets = _socket_folder(self.home)
        self._secret = secrets / "superuser"
        self._log = log
        self._binary = postgres_binary("postgres")
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._identity = unprivileged([self._binary, self.home])

    def prepare(self) -> None:
        """Make the cluster if there is none, and set it up as it has to be."""
        self._identity.own(self.home)
        if not self._exists():
            self._initdb()
        write_settings(self.cluster, self.sockets)

    def before_start(self) -> None:
        """Put away what a crash left behind."""
        _make_private(self.sockets, self._identity)
        self._clear_stale_lock()

    def program(self) -> Program:
        """The server. SIGINT is its fast shutdown: sessions end, everything is on disk."""
        return Program(
            name=self.name,
            command=tuple(self._identity.command([str(self._binary), "-D", str(self.cluster)])),
            log=self._log,
            environment=_environment(),
            folder=Path("/"),
            stop_signal=signal.SIGINT,
        )

    async def is_sick(self) -> bool:
        """A server that cannot go on ends by itself."""
        return False

    async def ready(self, child: RunningProgram, seconds: float = 120) -> None:
        """Wait until it answers, then refuse it unless what it acknowledges is on disk."""
        deadline = time.monotonic() + seconds
        while True:
            if child.exit_status() is not None:
                raise explained(child.said(), self.cluster)
            with contextlib.suppress(OSError, *_NOT_YET):
                connection = await self._connect_first()
                break
            if time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL did not answer in {seconds:.0f} s: see {self._log}")
            await asyncio.sleep(0.02)
        try:
            await _assert_safe(connection)
        finally:
            await connection.close()

    async def connect(self, database: str = "postgres") -> asyncpg.Connection:
        """A connection as the superuser, for those who provision."""
        connection: asyncpg.Connection = await asyncpg.connect(
            host=str(self.sockets),
            port=_PORT,
            user=SUPERUSER,
            password=password(self._secret),
            database=database,
            timeout=10,
        )
        return connection

    async def _connect_first(self) -> asyncpg.Connection:
        try:
            return await self.connect()
        except asyncpg.InvalidPasswordError:
            raise Trouble(
                f"the password in {self._secret} does not open {self.cluster}: "
                "restore the secrets that belong to this data"
            ) from None
        except _NOT_YET:
            raise
        except asyncpg.PostgresError as refused:
            raise explained(f"FATAL: {refused}", self.cluster) from refused

    def url(self, role: str, database: str) -> str:
        """Where a role finds a database; its password is in a file of its own."""
        return f"postgresql://{role}@/{database}?host={self.sockets}&port={_PORT}"

    def _exists(self) -> bool:
        try:
            version = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            if self.cluster.is_dir() and any(self.cluster.iterdir()):
                raise Trouble(
                    f"{self.cluster} is not empty and holds no PostgreSQL data: "
                    "move it away or choose another folder with --data"
                ) from None
            return False
        if version != MAJOR:
            raise Trouble(
                f"{self.cluster} was made by PostgreSQL {version}, and this is {MAJOR}: "
                "move it away or choose another folder with --data"
            )
        return True

    def _initdb(self) -> None:
        """Make the cluster beside its place, so that an interrupted start leaves nothing half."""
        half_made = self.home / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        handle, password_file = tempfile.mkstemp(dir=self.home)
        try:
            os.write(handle, password(self._secret).encode())
            os.close(handle)
            self._identity.own(Path(password_file))
            words = [str(postgres_binary("initdb")), "-D", str(half_made), "-U", SUPERUSER]
            done = subprocess.run(
                self._identity.command([*words, f"--pwfile={password_file}", *_INITDB]),
                env=_environment(),
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            Path(password_file).unlink()
        if done.returncode != 0:
            shutil.rmtree(half_made, ignore_errors=True)
            raise explained(done.stdout + done.stderr, self.cluster)
        if self.cluster.exists():
            self.cluster.rmdir()
        half_made.rename(self.cluster)

    def _clear_stale_lock(self) -> None:
        """Take away the lock of a server that is gone; end one that outlived its supervisor.

        PostgreSQL trusts a process id, and ids come again (in a container at once). Whoever calls
        this holds the lock of the whole clinic, so a server found here has nobody left to serve.
        """
        lock = self.cluster / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int(lock.read_text().split("\n", 1)[0])
            if self._is_our_server(pid):
                _end(pid)
            lock.unlink()
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink()

    def _is_our_server(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and Path(process.cwd()) == self.cluster.resolve()
        except psutil.Error:
            return False


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


async def _assert_safe(connection: asyncpg.Connection) -> None:
    for setting, wanted in SAFETY.items():
        found = await connection.fetchval("SELECT current_setting($1)", setting)
        if found != wanted:
            raise Trouble(
                f"PostgreSQL runs with {setting}={found}: acknowledged work could be lost. "
                f"Set it to {wanted} (look for postgresql.auto.conf)"
            )


def _socket_folder(home: Path) -> Path:
    """``home/run``, or a short private folder when a socket's path would be too long."""
    beside = home / "run"
    if len(os.fsencode(beside / f".s.PGSQL.{_PORT}")) < _LONGEST_SOCKET_PATH:
        return beside
    short = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"careteam-{os.getuid()}-{short}"


def _make_private(folder: Path, identity: Identity) -> None:
    """A folder that nobody else can have prepared: ours, closed, and no link."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        identity.own(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {identity.uid, os.geteuid()}:
        raise Trouble(f"{folder} belongs to somebody else: remove it")
    identity.own(folder)
    folder.chmod(0o700)


def _end(pid: int) -> None:
    """Fast shutdown, then at once: the log of changes makes either safe."""
    for wanted, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            process.send_signal(wanted)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(seconds)
                return

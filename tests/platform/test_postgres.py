"""Our own PostgreSQL: private, durable, back after a crash, plain-spoken when it cannot be."""

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from cli.embedded.postgres import Postgres
from cli.supervisor.child import Child
from cli.trouble import Trouble
from tests.support.postgres_part import apart

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped clinic's database folder; tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    with running(at(folder)):
        pass
    return folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path) -> Path:
    done = shutil.copytree(made_once, tmp_path / "clinic", symlinks=True, dirs_exist_ok=True)
    owner = (made_once / "postgres").stat()
    for path in [done / "postgres", *(done / "postgres").rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    return done


def at(home: Path) -> Postgres:
    return Postgres(home / "postgres", home / "secrets", home / "postgres.log")


def started(postgres: Postgres) -> Child:
    postgres.prepare()
    postgres.before_start()
    child = Child(postgres.program())
    try:
        apart(lambda: postgres.ready(child))
    except BaseException:
        child.kill()
        raise
    return child


@contextmanager
def running(postgres: Postgres) -> Iterator[Child]:
    child = started(postgres)
    try:
        yield child
    finally:
        child.stop(10)


async def run(postgres: Postgres, statement: str) -> object:
    connection = await postgres.connect()
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_it_listens_on_a_private_socket_only_and_wants_a_password(home: Path) -> None:
    postgres = at(home)
    with running(postgres) as child:
        sockets = psutil.Process(child.pid).net_connections("inet")
        assert not [one for one in sockets if one.status == psutil.CONN_LISTEN]
        assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(
                host=str(postgres.sockets), user="postgres", password="guess", database="postgres"
            )
        assert await run(postgres, "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid"
                                   " WHERE rolname = 'postgres'")  # fmt: skip


async def test_it_is_durable_and_its_log_keeps_what_people_typed_out(home: Path) -> None:
    postgres = at(home)
    with running(postgres) as child:
        for setting, wanted in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "log_statement": "none",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
            "server_encoding": "UTF8",
        }.items():
            assert await run(postgres, f"SHOW {setting}") == wanted, setting
        with pytest.raises(asyncpg.UndefinedTableError):
            await run(postgres, "SELECT 'Jane Doe' FROM nowhere")
        assert "Jane Doe" not in child.said()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_it_is_refused_when_a_commit_could_be_lost(home: Path, setting: str) -> None:
    with (home / "postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"{setting} = off\n")
    with pytest.raises(Trouble, match=f"PostgreSQL runs with {setting}=off"):
        started(at(home))


async def test_it_runs_without_rights_in_folders_that_only_we_may_enter(home: Path) -> None:
    home.chmod(0o700)
    with running(at(home)) as child:
        process = psutil.Process(child.pid)
        status = Path(f"/proc/{child.pid}/status").read_text()
        assert process.uids().effective == process.uids().real != 0
        capabilities = {
            line.split()[0]: int(line.split()[1], 16)
            for line in status.splitlines()
            if line.startswith("Cap")
        }
        if os.geteuid() == 0:
            assert capabilities["CapEff:"] in {1 << 1, 1 << 2}, "to enter folders, and no other"
            assert capabilities["CapBnd:"] == capabilities["CapEff:"]
        else:
            assert process.uids().real == os.geteuid()


async def test_a_long_path_gets_a_short_private_socket_folder(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir()
    shutil.move(home / "postgres", deep)
    postgres = Postgres(deep, home / "secrets", home / "postgres.log")
    assert len(str(postgres.sockets)) < 60
    try:
        with running(postgres):
            assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
            assert await run(postgres, "SELECT 1") == 1
    finally:
        shutil.rmtree(postgres.sockets)


async def test_a_socket_folder_of_somebody_else_is_not_used(home: Path) -> None:
    postgres = at(home)
    shutil.rmtree(postgres.sockets, ignore_errors=True)
    postgres.sockets.symlink_to(home)
    try:
        with pytest.raises(Trouble, match="belongs to somebody else"):
            started(postgres)
    finally:
        postgres.sockets.unlink()


async def test_what_was_committed_is_there_after_a_crash(home: Path) -> None:
    child = started(at(home))
    await run(at(home), "CREATE TABLE kept (id int)")
    await run(at(home), "INSERT INTO kept VALUES (7)")
    os.kill(child.pid, signal.SIGKILL)
    child.wait(5)
    with running(at(home)):
        assert await run(at(home), "SELECT id FROM kept") == 7


async def test_a_stale_lock_of_a_number_that_lives_again_does_not_hinder(home: Path) -> None:
    lock = home / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{home}\n")
    with running(at(home)):
        assert await run(at(home), "SELECT 1") == 1


async def test_a_server_that_outlived_its_supervisor_is_ended_first(home: Path) -> None:
    left_over = started(at(home))
    with running(at(home)) as child:
        assert left_over.wait(5)
        assert child.pid != left_over.pid
        assert await run(at(home), "SELECT 1") == 1


async def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "thesis.txt").write_text("mine")
    with pytest.raises(Trouble, match="is not empty and holds no PostgreSQL data"):
        started(at(tmp_path))
    assert (tmp_path / "postgres" / "data" / "thesis.txt").read_text() == "mine"


async def test_another_versions_data_is_refused(home: Path) -> None:
    (home / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Trouble, match="made by PostgreSQL 17, and this is 18"):
        started(at(home))


@pytest.mark.parametrize("victim", ["global/pg_control", "pg_wal", "base"])
async def test_damaged_data_is_named(home: Path, victim: str) -> None:
    path = home / "postgres" / "data" / victim
    if path.is_dir():
        shutil.rmtree(path)
        path.mkdir(mode=0o700)
        owner = (home / "postgres").stat()
        os.chown(path, owner.st_uid, owner.st_gid)
    else:
        path.write_bytes(b"\xff" * path.stat().st_size)
    with pytest.raises(Trouble, match=r"the data in .* is damaged \(.+\): restore a backup"):
        started(at(home))


async def test_secrets_that_do_not_belong_to_the_data_are_named(home: Path) -> None:
    (home / "secrets" / "superuser").unlink()
    with pytest.raises(Trouble, match=r"does not open .*: restore the secrets"):
        started(at(home))


async def test_a_full_disk_is_named(home: Path) -> None:
    (home / "postgres" / "data" / "postmaster.opts").unlink()
    (home / "postgres" / "data" / "postmaster.opts").symlink_to("/dev/full")
    with pytest.raises(Trouble, match=r"the disk that holds .* is full: free some space"):
        started(at(home))


async def test_an_interrupted_first_start_leaves_nothing_half_made(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with running(at(tmp_path)):
        assert await run(at(tmp_path), "SELECT 1") == 1
    assert not half.exists()

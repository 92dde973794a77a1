"""Each service has its database, and no way into another's."""

from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from cli.clinic.services import SERVICES, others
from cli.embedded.databases import provision_databases
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import PostgresPart, ServiceDatabase

pytestmark = pytest.mark.real

Work = Callable[[asyncpg.Connection], Awaitable[object]]


@pytest.fixture(scope="module")
def intake(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("intake", migrated=False)


async def as_role(database: ServiceDatabase, role: str, work: Work) -> object:
    connection = await database.connect(role)
    try:
        return await work(connection)
    finally:
        await connection.close()


async def _executed(statement: str, connection: asyncpg.Connection) -> object:
    return await connection.execute(statement)


async def test_the_owner_makes_tables_and_the_app_changes_rows(intake: ServiceDatabase) -> None:
    await as_role(intake, "owner", lambda c: c.execute("CREATE TABLE notes (id int, said text)"))
    await as_role(intake, "app", lambda c: c.execute("INSERT INTO notes VALUES (1, 'a')"))
    read = await as_role(intake, "app", lambda c: c.fetchval("SELECT said FROM notes"))
    assert read == "a"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_role(intake, "app", lambda c: c.execute("CREATE TABLE more (id int)"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_role(intake, "app", lambda c: c.execute("DROP TABLE notes"))
    for statement in ("SELECT said FROM notes", "DELETE FROM notes"):
        work: Work = partial(_executed, statement)
        with pytest.raises(
            (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
        ):
            await as_role(intake, "audit", work)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_auditor_reads_the_audit_and_no_table_of_clients(
    service: str, fresh_database: FreshDatabase
) -> None:
    """Reliability 2.7: whoever verifies a chain sees ids, and nothing of anybody."""
    connection = await fresh_database(service).connect("audit")
    try:
        tables = await connection.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND"
            " has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
        )
        assert [row["name"] for row in tables] == ["audit_chain"]
        assert await connection.fetchval("SELECT count(*) FROM audit_chain") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM outbox")
        with pytest.raises(
            (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
        ):
            await connection.execute("DELETE FROM audit_chain")
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_known_of_a_client_is_deleted_by_their_erasure_and_in_no_other_way(
    service: str, fresh_database: FreshDatabase
) -> None:
    """Reliability 2.8: it leaves the word that the client was erased, and nobody else may do it."""
    database = fresh_database(service)
    erase = "SELECT erase_client('018f0000-0000-7000-8000-0000000000ee')"
    kept = ("receipts", "course_facts", "course_protocols", "emergency_accesses", "erased_clients")
    for table in kept:
        work: Work = partial(_executed, f"DELETE FROM {table}")  # noqa: S608 - names from above
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_role(database, "app", work)
    await as_role(database, "app", partial(_executed, "DELETE FROM timers"))
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
        await as_role(database, "audit", partial(_executed, erase))
    for _ in range(2):
        await as_role(database, "app", partial(_executed, erase))
    count = "SELECT count(*) FROM erased_clients"
    assert await as_role(database, "app", lambda c: c.fetchval(count)) == 1


@pytest.mark.parametrize("service", SERVICES)
async def test_no_role_enters_another_services_database(
    service: str, fresh_database: FreshDatabase, postgres: PostgresPart
) -> None:
    own = fresh_database(service, migrated=False)
    assert (
        await as_role(own, "app", lambda c: c.fetchval("SELECT current_user")) == f"{service}_app"
    )
    for foreign in (*others(service), "postgres", "template1"):
        for role in ("owner", "app", "audit"):
            trespasser = ServiceDatabase(service, foreign, own.url_for, own.secrets, own.keyring)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await trespasser.connect(role)


async def test_a_wrong_password_is_refused(intake: ServiceDatabase) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(intake.url, password="wrong")


async def test_provisioning_again_changes_nothing_and_repairs_a_password(
    intake: ServiceDatabase, postgres: PostgresPart
) -> None:
    server = await postgres.connect("postgres")
    await server.execute("ALTER ROLE intake_app PASSWORD 'other'")
    await server.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await intake.connect("app")
    await provision_databases(postgres.connect, SERVICES, intake.secrets)
    await (await intake.connect("app")).close()


async def test_databases_of_one_worker_do_not_share_rows(fresh_database: FreshDatabase) -> None:
    first, second = (fresh_database("intake", migrated=False) for _ in range(2))
    await as_role(first, "owner", lambda c: c.execute("CREATE TABLE seen (id int)"))
    found = await as_role(second, "owner", lambda c: c.fetchval("SELECT to_regclass('seen')"))
    assert found is None

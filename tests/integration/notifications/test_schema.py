"""The migrations make exactly the tables that the service declares."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from services.notifications.persistence.tables import metadata
from tests.support.parts import FreshDatabase
from tests.support.toy import settings_url

pytestmark = pytest.mark.real


def differences(connection: sa.Connection, declared: sa.MetaData) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": False})
    return [
        found
        for found in compare_metadata(context, declared)
        if "alembic_version" not in str(found)
    ]


async def test_the_migrated_database_is_what_is_declared(fresh_database: FreshDatabase) -> None:
    engine = create_async_engine(settings_url(fresh_database("notifications")))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences, metadata) == []
        changed = sa.MetaData()
        for table in metadata.tables.values():
            table.to_metadata(changed)
        sa.Table("forgotten", changed, sa.Column("id", sa.Integer, primary_key=True))
        assert len(await connection.run_sync(differences, changed)) == 1
    await engine.dispose()

"""The migrations make exactly the tables that the service declares."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from services.prescribing.persistence.tables import metadata
from tests.support.postgres_part import ServiceDatabase
from tests.support.toy import settings_url

pytestmark = pytest.mark.real


def differences(connection: sa.Connection, declared: sa.MetaData) -> list[object]:
    found = compare_metadata(MigrationContext.configure(connection), declared)
    return [difference for difference in found if "alembic_version" not in str(difference)]


async def test_the_migrated_database_is_what_is_declared(database: ServiceDatabase) -> None:
    engine = create_async_engine(settings_url(database))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences, metadata) == []
        more = sa.MetaData()
        for table in metadata.tables.values():
            table.to_metadata(more)
        sa.Table("forgotten", more, sa.Column("id", sa.Integer, primary_key=True))
        assert len(await connection.run_sync(differences, more)) == 1
    await engine.dispose()

"""The migrated database has exactly the tables of the code."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from services.scheduling.persistence.tables import metadata
from tests.support.parts import FreshDatabase

pytestmark = pytest.mark.real


async def test_the_steps_lead_to_the_tables_of_the_code(fresh_database: FreshDatabase) -> None:
    database = fresh_database("scheduling")
    url = (
        sa.make_url(database.migration_url)
        .set(drivername="postgresql+asyncpg")
        .set(password=database.migration_password_file.read_text().strip())
    )
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    await engine.dispose()
    assert differences == []

"""The wiring agrees with the catalogue, the database with its tables, the page with the code."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.enums import Service
from services.intake.app import DEFINITION
from services.intake.handlers import ASKING_TIMERS, COMMANDS, POLICIES, TIMERS
from services.intake.persistence.tables import metadata
from tests.support.postgres_part import ServiceDatabase

README = Path(__file__).parents[3] / "services" / "intake" / "README.md"


def table_of(heading: str) -> set[str]:
    """The names in the first column of the table under a heading of the README."""
    text = README.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE))


def named(wire_type: str) -> str:
    model = CATALOGUE[wire_type].model
    return model.__name__


def test_intake_listens_to_exactly_what_the_catalogue_names_it_for() -> None:
    heard = {subscription.model.type for subscription in DEFINITION.subscriptions}
    meant = {entry.type for entry in CATALOGUE.values() if Service.INTAKE in entry.consumers}
    assert heard == meant


def test_every_urgent_event_with_a_fact_is_folded_on_receipt() -> None:
    unfolded = {
        subscription.model.__name__
        for subscription in DEFINITION.subscriptions
        if subscription.model.urgent and subscription.fold is None
    }
    assert unfolded == {"AftercareEscalated"}


def test_the_page_says_what_is_heard_and_told() -> None:
    heard = {subscription.model.__name__ for subscription in DEFINITION.subscriptions}
    told = {entry.model.__name__ for entry in CATALOGUE.values() if entry.owner is Service.INTAKE}
    assert table_of("What it listens to") == heard
    assert table_of("What it tells") == told


def test_the_table_of_contents_is_complete() -> None:
    folder = README.parent / "handlers"
    written = {
        name
        for path in folder.glob("*.py")
        for name in re.findall(r"^async def (\w+)\(", path.read_text(), flags=re.MULTILINE)
        if not name.startswith("_")
    }
    inner = {
        "advance_course",
        "consent_of",
        "course_in_full",
        "decline_unless_ever_approved",
        "erasing_begun",
        "erasing_over",
        "flag_raised",
        "hold_for_findings",
        "kept_here",
        "look_again_now",
        "medicine_on_board",
        "open_holds",
        "place_once",
        "settle_closing",
        "settle_erasing",
    }
    listed = {
        handler.__name__
        for table in (COMMANDS, POLICIES, TIMERS, ASKING_TIMERS)
        for handler in table.values()
    }
    assert written - inner == listed


@pytest.mark.real
async def test_the_migrated_database_has_exactly_the_tables_of_the_code(
    database: ServiceDatabase,
) -> None:
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

"""No table of clients' data stands outside the second wall, and no list goes around the first."""

import ast
import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cli.docs.__main__ import main
from cli.docs.access import page
from shared.storage.erasures import STAYS

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "prescribing", "scheduling", "notifications")
OUTSIDE = {
    # Every policy asks these.
    "client_relations": "whose a client is",
    "emergency_accesses": "who opened a record",
    # Messages: ids, types and times, sent and taken without a person.
    "client_sequences": "messages",
    "inbox": "messages",
    "lane_cursors": "messages",
    "lane_events": "messages",
    "outbox": "messages",
    "public_events": "messages",
    "webhook_deliveries": "messages",
    "timers": "messages",
    "course_protocols": "the version of the clinic's rules",
    "erased_clients": "who is not there any more",
    # Of the clinic, with a client that is always null.
    "clinicians": "of the clinic",
    "erasures": "of the clinic",
    "registrations": "of the clinic",
    "rooms": "of the clinic",
    "staff_preferences": "of the clinic",
    "integrators": "of the clinic",
}
ACROSS = {
    "services/scheduling/persistence/resource_book.py": 3,
    "services/scheduling/persistence/calendar_queries.py": 1,
}
"""Where a question goes across clients, and how often. Each gives back nobody out of reach."""


def with_clients(service: str) -> set[str]:
    metadata = importlib.import_module(f"services.{service}.persistence.tables").metadata
    return {table.name for table in metadata.sorted_tables if "client_id" in table.c}


def protected(service: str) -> set[str]:
    found: set[str] = set()
    folder = ROOT / "services" / service / "persistence" / "migrations" / "versions"
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROTECTED":
                found |= set(ast.literal_eval(node.value))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_clients_is_protected(service: str) -> None:
    assert with_clients(service) - set(OUTSIDE) == protected(service)


def erased(service: str) -> set[str]:
    """The tables that the newest ``erase_client`` of a service deletes from."""
    folder = ROOT / "services" / service / "persistence" / "migrations" / "versions"
    for file in sorted(folder.glob("*.py"), reverse=True):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "OF_CLIENTS":
                return set(ast.literal_eval(node.value))
    return set()


def left_behind(tables: Iterable[sa.Table], gone: set[str]) -> set[str]:
    """Tables that name clients, keep their rows when one is erased, and do not say why."""
    named = {table.name for table in tables if "client_id" in table.c and STAYS not in table.info}
    return named - gone


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_clients_is_erased_or_says_why_it_stays(service: str) -> None:
    metadata = importlib.import_module(f"services.{service}.persistence.tables").metadata
    assert left_behind(metadata.sorted_tables, erased(service)) == set()
    assert erased(service) <= {table.name for table in metadata.sorted_tables}


def test_a_table_that_nobody_erases_is_seen() -> None:
    metadata = sa.MetaData()
    sa.Table("diaries", metadata, sa.Column("client_id", sa.UUID))
    sa.Table("weather", metadata, sa.Column("id", sa.UUID))
    sa.Table("letters", metadata, sa.Column("client_id", sa.UUID), info={STAYS: "said why"})
    assert left_behind(metadata.sorted_tables, {"holds"}) == {"diaries"}
    assert left_behind(metadata.sorted_tables, {"diaries"}) == set()


def calls_of(name: str, file: Path) -> int:
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        for node in ast.walk(ast.parse(file.read_text()))
    )


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_what_goes_across_clients_is_known() -> None:
    found = {
        str(file.relative_to(ROOT)): count
        for file in sources("services", "shared")
        if (count := calls_of("across", file))
    }
    assert found == ACROSS


def around_the_wall(file: Path) -> int:
    """Statements that a module of queries sends past the reach of its transaction."""
    return calls_of("execute", file) + calls_of("stream", file)


@pytest.mark.parametrize("service", SERVICES)
def test_lists_ask_for_rows_in_reach(service: str) -> None:
    for file in (ROOT / "services" / service / "persistence").glob("*queries.py"):
        inserts = calls_of("insert", file)
        assert around_the_wall(file) == inserts, file.name


def test_a_list_that_goes_around_the_wall_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "queries.py"
    file.write_text("async def every(uow):\n    return await uow.connection.execute(query)\n")
    assert around_the_wall(file) == 1


def test_no_route_asks_the_database_itself() -> None:
    """What a service's web room shows comes from repositories and queries."""
    around = [
        str(file.relative_to(ROOT))
        for service in SERVICES
        for file in sources(f"services/{service}/web")
        if around_the_wall(file)
    ]
    assert around == []


def test_the_page_of_access_says_what_the_code_does(tmp_path: Path) -> None:
    assert main(["access", "--check"]) == 0
    altered = tmp_path / "access.md"
    altered.write_text(page().replace("| own, open", "| own", 1))
    assert main(["access", "--check"], altered) == 1

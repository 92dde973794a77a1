"""Each command of the API can be given on a page, and each exception says why it is none."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from fastapi.routing import APIRoute

from services.intake.app import DEFINITION as INTAKE
from services.notifications.app import DEFINITION as NOTIFICATIONS
from services.prescribing.app import DEFINITION as PRESCRIBING
from services.scheduling.app import DEFINITION as SCHEDULING
from shared.serving.definition import ServiceDefinition

ROOT = Path(__file__).parents[2]
SERVICES = (INTAKE, PRESCRIBING, SCHEDULING, NOTIFICATIONS)

WITHOUT_A_PAGE: Final = {
    ("intake", "withdrawal_of_scopes"): "the page withdraws one signature, with all its scopes",
}
"""Commands of which a page gives another one that does the same; with the reason."""


def commands(service: ServiceDefinition[Any]) -> dict[tuple[str, str], str]:
    """The functions behind everything that changes something, by module and name."""
    return {
        (route.endpoint.__module__, route.endpoint.__name__): route.path
        for router in service.routers
        for route in router.routes
        if isinstance(route, APIRoute) and (route.methods or set()) - {"GET"}
    }


def called_by_pages(service: str) -> set[tuple[str, str]]:
    """Every function of another module that the pages of a service name."""
    return set(_named(ROOT / "services" / service / "web" / "pages"))


def _named(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.glob("*.py"):
        found = vars(import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)))
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                    if isinstance(module := found.get(name), ModuleType):
                        yield module.__name__, attribute


def missing(service: ServiceDefinition[Any]) -> dict[str, str]:
    """The commands that no page gives. Addenda have pages that are made with their routes."""
    pages = called_by_pages(service.name)
    return {
        name: path
        for (module, name), path in commands(service).items()
        if (module, name) not in pages and module != "shared.web.addenda"
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_command_has_a_page(service: ServiceDefinition[Any]) -> None:
    assert len(commands(service)) > 5
    excused = {name for owner, name in WITHOUT_A_PAGE if owner == service.name}
    assert {n: p for n, p in missing(service).items() if n not in excused} == {}


def test_no_exception_is_out_of_date() -> None:
    lacking = {(service.name, name) for service in SERVICES for name in missing(service)}
    assert set(WITHOUT_A_PAGE) <= lacking

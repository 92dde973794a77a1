"""E2: a service with a route that declares no action does not start."""

import importlib
from dataclasses import replace
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends

from services.scheduling.app import DEFINITION
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.web.access import Acting, UndeclaredActionError, declared_routes
from shared.web.application import create_app

SETTINGS = ServiceSettings(
    env="test", database_url="postgresql://x@localhost/x", nats_url="nats://localhost"
)
SERVICES = ("intake", "prescribing", "scheduling", "notifications")


def also(router: APIRouter) -> ServiceDefinition:  # type: ignore[type-arg]
    return replace(DEFINITION, routers=(*DEFINITION.routers, router))


def test_a_route_without_an_action_keeps_the_service_from_starting() -> None:
    router = APIRouter(prefix="/open")

    @router.get("/to-all")
    async def anybody() -> None: ...

    outer = APIRouter(prefix="/outer")
    outer.include_router(router)
    for one in (router, outer):
        with pytest.raises(UndeclaredActionError, match="exactly one action"):
            create_app(also(one), SETTINGS)


def test_an_action_that_nobody_may_do_keeps_the_service_from_starting() -> None:
    router = APIRouter()

    @router.get("/closed")
    async def nobody(actor: Annotated[object, Depends(Acting("never_declared"))]) -> None: ...

    with pytest.raises(UndeclaredActionError, match="never_declared"):
        create_app(also(router), SETTINGS)


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_looked_at(service: str) -> None:
    """The document of the API lists each of its routes; none of them may have been passed over."""
    definition = importlib.import_module(f"services.{service}.app").DEFINITION
    app = create_app(definition, SETTINGS)
    seen = {(route.path, method) for route in declared_routes(app) for method in route.methods}
    told = {
        (path, method.upper())
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if not path.startswith("/health/")
    }
    assert told - seen - {("/metrics", "GET")} == set()
    assert len(told) > 20

"""A service's HTTP application around its life."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from shared.access import Action, actions_of
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import Pages, ServiceDefinition
from shared.serving.life import RunningService
from shared.web import emergency, health, operations, receipts
from shared.web.access import assert_every_route_declares_its_action
from shared.web.answers_to_errors import install_problem_handlers
from shared.web.audited import Audited
from shared.web.bounded import Bounded
from shared.web.crowding import Crowding
from shared.web.pages import drafting, live
from shared.web.pages import emergency as emergency_pages
from shared.web.pages.errors import for_people, install_sign_in_redirect
from shared.web.pages.guard import PageHeaders
from shared.web.pages.rendering import STATIC, Renderer
from shared.web.people import Directory, Tokens
from shared.web.problems import Problem
from shared.web.sign_in import door, leaving
from shared.web.sign_in.asking_again import install_asking_again
from shared.web.sign_in.settings import issuer_of

API = "/api/v1"


def create_app(definition: ServiceDefinition[Any], settings: ServiceSettings) -> FastAPI:
    """The application; refuses to be made with a route that declares no action."""
    service: RunningService[Any] = RunningService(definition, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.trail.assert_keyed()
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = FastAPI(
        title=f"careteam {definition.name}",
        version=version("careteam"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # its redirects name whatever host the caller named
    )
    app.state.service = service
    app.state.tokens = Tokens(settings.tokens_file)
    app.state.directory = Directory(settings.people_file, app.state.tokens)
    app.state.access = actions(definition)
    app.add_middleware(Bounded)
    app.add_middleware(Audited)
    app.add_middleware(Crowding)
    app.state.step_up = {**definition.step_up, **operations.STEP_UP}
    app.state.issuer = issuer_of(settings, definition.name)
    app.include_router(health.router)
    if definition.pages is None:
        install_problem_handlers(app)
    else:
        _add_pages(app, definition.pages, settings)
    for router in definition.routers:
        app.include_router(router, prefix=API)
    app.include_router(operations.router, prefix=API)
    app.include_router(receipts.router, prefix=API)
    app.include_router(emergency.router, prefix=API)
    if settings.sandbox:
        app.include_router(operations.sandbox, prefix=API)
    assert_every_route_declares_its_action(app, app.state.access)
    _describe_problems(app)
    return app


def actions(definition: ServiceDefinition[Any]) -> Mapping[str, Action]:
    """Every action of a service, those that all services have among them."""
    return actions_of(
        {**definition.access, **operations.ACCESS},
        safety=definition.safety,
        no_client=definition.no_client | operations.NO_CLIENT,
    )


def _add_pages(app: FastAPI, pages: Pages, settings: ServiceSettings) -> None:
    app.state.renderer = Renderer(pages, settings.zone)
    app.add_middleware(
        PageHeaders, led_to=[origin_of(url)] if (url := settings.oidc_issuer) else []
    )
    install_problem_handlers(app, for_people)
    install_sign_in_redirect(app)
    install_asking_again(app)
    app.mount("/static", StaticFiles(directory=STATIC))
    for router in (
        door.router,
        leaving.router,
        live.router,
        drafting.router,
        emergency_pages.router,
        *pages.routers,
    ):
        app.include_router(router, include_in_schema=False)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _describe_problems(app: FastAPI) -> None:
    """Put the problem's schema into the OpenAPI document, where the routes refer to it."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(schema.pop("$defs", {}))
        schemas["Problem"] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign]

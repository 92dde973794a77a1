"""The issuer's application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from cli.clinic.services import IDENTITY
from cli.issuer import accounts
from cli.issuer.audited import Audited
from cli.issuer.clients import registered
from cli.issuer.endings import Notices
from cli.issuer.keys import signing_key
from cli.issuer.office import Office, show
from cli.issuer.protocol import Protocol
from cli.issuer.routes import (
    administration,
    authorize,
    discovery,
    end_session,
    home,
    passkeys,
    passwords,
    programs,
    second_factors,
    token,
)
from cli.issuer.settings import IssuerSettings
from cli.issuer.trying import TOO_OFTEN, TooOftenError
from shared.messaging.connection import Bus
from shared.runtime.database import Database
from shared.serving.checkpoints import Checkpoints
from shared.serving.definition import Pages
from shared.serving.upkeep import keep, within
from shared.storage import AuditTrail
from shared.storage.failures import is_unavailable
from shared.web.bounded import Bounded
from shared.web.pages.guard import PageHeaders
from shared.web.pages.rendering import STATIC, Renderer

ROOM: Final = Path(__file__).parent
AWAY: Final = "The sign-in's database does not answer. Nothing is lost: try again in a moment."
FAILED: Final = "Something went wrong on our side."
_CLOSING_SECONDS: Final = 2.0
_PARTS: Final = (
    discovery,
    authorize,
    token,
    end_session,
    home,
    passwords,
    second_factors,
    passkeys,
    administration,
    programs,
)
_log = structlog.get_logger()

_PAGES: Final = Pages(routers=(), templates=ROOM / "templates", navigation=())


class DemoAccountsRefusedError(RuntimeError):
    """Invented people with printed passwords where real ones could be harmed."""


def create_issuer(settings: IssuerSettings) -> FastAPI:
    """The application; it starts only where its accounts may be."""
    tls = settings.transport()
    database = Database(settings.database(), tls, pool_size=4)
    clients = registered(settings)
    key = signing_key(settings.signing_key_file)
    trail = AuditTrail(IDENTITY, settings.audit_key_file)
    trail.assert_keyed()
    checkpoints = Checkpoints(
        database,
        trail,
        Bus(settings.nats_servers, IDENTITY, settings.nats_seed_file, tls),
        key_file=settings.audit_signing_key_file,
        folder=settings.audit_folder,
    )
    notices = Notices(database.engine, clients, settings.oidc_issuer, key)
    office = Office(
        settings=settings,
        engine=database.engine,
        clients=clients,
        key=key,
        protocol=Protocol(settings.oidc_issuer, clients, key),
        notices=notices,
        renderer=Renderer(_PAGES, settings.zone),
        administration_secret=settings.administration_secret_file.read_text().strip(),
        second_factor_key=settings.second_factor_key_file.read_text().strip().encode(),
        audited=Audited(trail),
        checkpoints=checkpoints,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await _assert_accounts_may_be_here(office)
        await accounts.have_nobodys_password()
        working = [
            asyncio.create_task(notices.deliver_for_ever()),
            asyncio.create_task(keep("checkpoints", checkpoints.run)),
        ]
        try:
            yield
        finally:
            await within(_CLOSING_SECONDS, checkpoints.keep())
            for task in working:
                task.cancel()
            await asyncio.wait(working, timeout=_CLOSING_SECONDS)
            await database.engine.dispose()

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # its redirects name whatever host the caller named
    )
    app.state.office = office
    origins = [url.rstrip("/") for url in settings.service_urls.values()]
    app.add_middleware(Bounded)
    app.add_middleware(PageHeaders, led_to=origins)
    app.mount("/static", StaticFiles(directory=STATIC))
    for part in _PARTS:
        app.include_router(part.router)
    app.add_exception_handler(HTTPException, _said)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(TooOftenError, _too_often)
    app.add_exception_handler(Exception, _failed)
    return app


async def _assert_accounts_may_be_here(office: Office) -> None:
    why = office.settings.why_no_demo_accounts()
    if why is None:
        return
    async with office.engine.begin() as connection:
        if await accounts.there_are_demo_accounts(connection):
            raise DemoAccountsRefusedError(
                f"there are demo accounts, and {why}: take an issuer of your own"
            )


async def _said(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    if request.url.path.startswith("/administration/"):
        return JSONResponse({"detail": getattr(error, "detail", "")}, status_code=status)
    return show(request, "refused.html", status=status, why=str(getattr(error, "detail", "")))


async def _not_understood(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/administration/"):
        return JSONResponse({"detail": "This was not understood."}, status_code=422)
    return show(request, "refused.html", status=422, why="This form was not understood.")


async def _too_often(_request: Request, wait: Exception) -> Response:
    """Of programs; a page that somebody types on shows its form again by itself."""
    if not isinstance(wait, TooOftenError):
        raise wait
    return wait.on(JSONResponse({"detail": TOO_OFTEN}))


async def _failed(request: Request, error: Exception) -> Response:
    """Whatever it was, nothing of what somebody typed is in the answer, or in a log."""
    status, why = (503, AWAY) if is_unavailable(error) else (500, FAILED)
    _log.error("request failed", error=type(error).__name__)
    answer = await _said(request, HTTPException(status, why))
    answer.headers.update({"retry-after": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {})
    return answer

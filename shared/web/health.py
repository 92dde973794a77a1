"""Health: alive, started, and ready to do its work on both sides."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from shared.serving.life import RunningService
from shared.serving.migrating import at_head
from shared.serving.status import numbers

ACKNOWLEDGED_WITHIN_SECONDS: Final = 10.0
WAITING_LIMIT: Final = 10_000

router = APIRouter(prefix="/health", tags=["health"])


class Check(BaseModel):
    """One thing that has to be so."""

    name: str
    ok: bool
    detail: str | None = None


class Health(BaseModel):
    """Whether all checks hold."""

    ok: bool
    checks: list[Check]


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health(ok=True, checks=[])


@router.get("/startup", responses={503: {"model": Health}})
async def startup(request: Request, response: Response) -> Health:
    """The service has started."""
    service: RunningService[Any] = request.app.state.service
    return _answer(response, [Check(name="started", ok=service.started)])


@router.get("/ready", responses={503: {"model": Health}})
async def ready(request: Request, response: Response) -> Health:
    """Database, schema, and a stream that acknowledges: a stream's own word is not enough."""
    service: RunningService[Any] = request.app.state.service
    checks = [await _database(service), _stream(service)]
    return _answer(response, checks)


async def _database(service: RunningService[Any]) -> Check:
    try:
        async with service.database.engine.connect() as connection:
            if not await at_head(connection, service.definition.migrations):
                return Check(name="database", ok=False, detail="migrations are not at head")
            found = await numbers(connection, service.clock.now())
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
        return Check(name="database", ok=False, detail=type(error).__name__)
    waiting = found["lane_waiting"] or 0
    if waiting > WAITING_LIMIT:
        return Check(name="database", ok=False, detail=f"{waiting} events wait in lanes")
    return Check(name="database", ok=True)


def _stream(service: RunningService[Any]) -> Check:
    since = None if service.relay is None else service.relay.seconds_since_acknowledged
    if since is None:
        return Check(name="stream", ok=False, detail="nothing was acknowledged yet")
    if since > ACKNOWLEDGED_WITHIN_SECONDS:
        return Check(name="stream", ok=False, detail=f"last acknowledgement {since:.0f} s ago")
    return Check(name="stream", ok=True)


def _answer(response: Response, checks: list[Check]) -> Health:
    ok = all(check.ok for check in checks)
    if not ok:
        response.status_code = 503
    return Health(ok=ok, checks=checks)

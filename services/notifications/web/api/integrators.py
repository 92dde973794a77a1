"""Integrators: other programs that are told of public events, by webhooks (interfaces 3)."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.notifications.channels.cloud_event import PUBLIC_TYPES, trial
from services.notifications.channels.endpoint_url import unusable
from services.notifications.channels.feeds import FeedsOnBus
from services.notifications.channels.vault import new_secret
from services.notifications.channels.webhooks import Webhooks
from services.notifications.domain.delivery_attempt import Answer
from services.notifications.domain.event_place import Place, place
from services.notifications.domain.integrator import SealedSecret
from services.notifications.handlers.manage_integrators import (
    RegisterIntegrator,
    RotateSecret,
    enable_integrator,
    register_integrator,
    revoke_integrator,
    rotate_secret,
)
from services.notifications.handlers.replay_events import Replayed, ReplayEvents, replay_events
from services.notifications.handlers.try_endpoint import Tried, TryEndpoint, try_endpoint
from services.notifications.persistence import integrator_queries
from services.notifications.persistence.deliveries import DeliveryState
from services.notifications.persistence.integrator_queries import Fare
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.integrator_bodies import (
    DeliveryListing,
    EventCursor,
    FaringView,
    FeedView,
    IntegratorListing,
    IntegratorView,
    RegistrationBody,
    ReplayBody,
    ReplayView,
    RotationBody,
    TrialView,
    delivery_view,
    faring_view,
    feed_view,
    integrator_view,
)
from services.notifications.web.api.paging import Limit
from shared.runtime.ids import new_id
from shared.web.calls import Call, calling
from shared.web.problems import problems
from shared.web.texts import NO_NUL

router = APIRouter(prefix="/integrators", tags=["integrators"])


@router.get("", responses=problems())
async def list_integrators(
    call: Annotated[Call, Depends(calling("see_integrators"))],
    *,
    name: Annotated[str | None, Query(max_length=40, pattern=NO_NUL)] = None,
) -> IntegratorListing:
    """All of them, or the one of this name; those that were revoked last."""

    async def read(uow: SqlNotificationsUnitOfWork) -> IntegratorListing:
        known = await integrator_queries.all_integrators(uow, name)
        fares = await integrator_queries.fares(uow)
        return IntegratorListing(
            items=[faring_view(one, fares.get(one.id, Fare()), uow.now) for one in known],
            reached=str(await uow.public_feed.end()),
        )

    listing = await call.read(read)
    return listing.model_copy(update={"feeds": await _feeds(call, name)})


@router.get("/{integrator_id}", responses=problems(404))
async def get_integrator(
    integrator_id: UUID, call: Annotated[Call, Depends(calling("see_integrators"))]
) -> FaringView:
    """One integrator, and how it fares."""

    async def read(uow: SqlNotificationsUnitOfWork) -> FaringView:
        known = await uow.integrators.get(integrator_id)
        fares = await integrator_queries.fares(uow)
        return faring_view(known, fares.get(integrator_id, Fare()), uow.now)

    return await call.about(integrator_id).read(read)


@router.get("/{integrator_id}/deliveries", responses=problems(404))
async def list_deliveries(
    integrator_id: UUID,
    call: Annotated[Call, Depends(calling("see_integrators"))],
    *,
    state: DeliveryState | None = None,
    cursor: EventCursor | None = None,
    limit: Limit = 100,
) -> DeliveryListing:
    """What it was told and what not, in the order of the stream."""

    async def read(uow: SqlNotificationsUnitOfWork) -> DeliveryListing:
        await uow.integrators.get(integrator_id)
        found = await integrator_queries.deliveries(
            uow,
            integrator_id,
            list(DeliveryState) if state is None else [state],
            after=None if cursor is None else place(cursor),
            limit=limit + 1,
        )
        return DeliveryListing(
            items=[delivery_view(one) for one in found[:limit]],
            next_cursor=str(found[limit - 1].place) if len(found) > limit else None,
        )

    return await call.read(read)


@router.post("", status_code=201, responses=problems(409))
async def register(
    body: RegistrationBody, call: Annotated[Call, Depends(calling("register_integrator"))]
) -> IntegratorView:
    """Register one. Its secret is in this answer and nowhere else: the same key gets it no more."""
    secret, sealed = _new_secret(call)
    command = RegisterIntegrator(
        name=body.name,
        url=body.webhook.url,
        unusable=unusable(body.webhook.url, _webhooks(call).networks),
        types=body.types,
        public_types=PUBLIC_TYPES,
        sealed=sealed,
    )
    return _once(call, await call.run(register_integrator, command, _view(call)), secret)


@router.post("/{integrator_id}/secret", responses=problems(404, 409))
async def rotate(
    integrator_id: UUID,
    body: RotationBody,
    call: Annotated[Call, Depends(calling("rotate_integrator_secret"))],
) -> IntegratorView:
    """Give it a new secret; both sign for a while. The new one is in this answer and nowhere
    else."""
    secret, sealed = _new_secret(call)
    command = RotateSecret(
        integrator_id=integrator_id, overlap=timedelta(hours=body.overlap_hours), sealed=sealed
    )
    rotated = await call.about(integrator_id).run(rotate_secret, command, _view(call))
    return _once(call, rotated, secret)


@router.post("/{integrator_id}/revocation", responses=problems(404, 409))
async def revoke(
    integrator_id: UUID, call: Annotated[Call, Depends(calling("revoke_integrator"))]
) -> IntegratorView:
    """Tell it nothing any more, for ever."""
    return await call.about(integrator_id).run(revoke_integrator, integrator_id, _view(call))


@router.post("/{integrator_id}/enabling", responses=problems(404, 409))
async def enable(
    integrator_id: UUID, call: Annotated[Call, Depends(calling("enable_integrator"))]
) -> IntegratorView:
    """Tell it again, from where it stopped."""
    return await call.about(integrator_id).run(enable_integrator, integrator_id, _view(call))


@router.post("/{integrator_id}/trial", responses=problems(404, 409))
async def try_out(
    integrator_id: UUID, call: Annotated[Call, Depends(calling("try_integrator"))]
) -> TrialView:
    """Send it an event that tells nothing, now and once, and say what it answers."""
    webhooks, message_id = _webhooks(call), str(new_id())

    async def send(url: str, secrets: tuple[SealedSecret, ...]) -> Answer:
        async with webhooks.line() as line:
            return await webhooks.send(
                line, url, secrets, message_id=message_id, body=trial(message_id)
            )

    command = TryEndpoint(integrator_id=integrator_id, send=send)
    return await call.run_gate(try_endpoint, command, _trial_view)


@router.post("/{integrator_id}/replay", responses=problems(404, 409))
async def replay(
    integrator_id: UUID,
    body: ReplayBody,
    call: Annotated[Call, Depends(calling("replay_to_integrator"))],
) -> ReplayView:
    """Tell it a range of events again, each under its own id and in its order."""
    command = ReplayEvents(
        integrator_id=integrator_id,
        public_types=PUBLIC_TYPES,
        after=_place(body.after) or body.recorded_from,
        to=_place(body.to) or body.recorded_until,
    )
    return await call.run(replay_events, command, _replay_view)


async def _feeds(call: Call, name: str | None) -> list[FeedView]:
    """Asked after the transaction: the bus may take its time to say nothing."""
    on_bus: FeedsOnBus = call.service.definition.extras["feeds"]
    known = [one for one in on_bus.known() if name in {None, one.name}]
    asked = (on_bus.progress(one, call.service.asker) for one in known)
    told = await asyncio.gather(*asked)
    return [feed_view(one, progress) for one, progress in zip(known, told, strict=True)]


def _webhooks(call: Call) -> Webhooks:
    webhooks: Webhooks = call.service.definition.extras["webhooks"]
    return webhooks


def _new_secret(call: Call) -> tuple[str, str | None]:
    """A secret, and how it is kept; None where the clinic has no key for it."""
    vault, secret = _webhooks(call).vault, new_secret()
    return secret, vault.seal(secret) if vault.has_key else None


def _once(call: Call, view: IntegratorView, secret: str) -> IntegratorView:
    """With the secret, which is no part of what is remembered under the command's key."""
    if "Idempotent-Replay" in call.response.headers:
        return view
    return view.model_copy(update={"secret": secret})


def _view(call: Call) -> "partial[IntegratorView]":
    return partial(integrator_view, now=call.context.now)


def _trial_view(tried: Tried) -> TrialView:
    answer = tried.answer
    return TrialView(delivered=answer.is_taken, status=answer.status, failure=answer.failure)


def _replay_view(replayed: Replayed) -> ReplayView:
    return ReplayView(events=replayed.events)


def _place(cursor: str | None) -> Place | None:
    return None if cursor is None else place(cursor)

"""Integrators: how each fares, what failed and why, and what an operator does about it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.channels.cloud_event import PUBLIC_TYPES
from services.notifications.persistence.deliveries import DeliveryState
from services.notifications.web.api import integrators
from services.notifications.web.api.bodies import Body
from services.notifications.web.api.integrator_bodies import (
    EventCursor,
    IntegratorView,
    RegistrationBody,
    ReplayBody,
    ReplayView,
    RotationBody,
    TrialView,
)
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/integrators")


@router.get("")
async def all_integrators(page: Annotated[Page, Depends(paged("see_integrators"))]) -> Response:
    """Each with its state, and the form for another."""
    return await _all(page, Form())


@router.post("")
async def register(page: Annotated[Page, Depends(paged("register_integrator"))]) -> Response:
    """Another one; its secret is shown now and never again."""

    async def shown(_form: Form, made: IntegratorView) -> Response:
        return await _one(page, made.id, Form(), made=made)

    return await page.ask(
        RegistrationBody,
        integrators.register,
        shown=shown,
        again=lambda form: _all(page, form),
    )


@router.get("/{integrator_id}")
async def one_integrator(
    integrator_id: UUID,
    page: Annotated[Page, Depends(paged("see_integrators"))],
    state: DeliveryState | None = None,
    cursor: EventCursor | None = None,
) -> Response:
    """One, with what it was told and what not."""
    return await _one(page, integrator_id, Form(), state=state, cursor=cursor)


@router.post("/{integrator_id}/secret")
async def rotate(
    integrator_id: UUID, page: Annotated[Page, Depends(paged("rotate_integrator_secret"))]
) -> Response:
    """A new secret, shown now and never again."""
    return await page.ask(
        RotationBody,
        lambda body, call: integrators.rotate(integrator_id, body, call),
        shown=lambda _, made: _one(page, integrator_id, Form(), made=made),
        again=lambda form: _one(page, integrator_id, form),
    )


@router.post("/{integrator_id}/trial")
async def try_out(
    integrator_id: UUID, page: Annotated[Page, Depends(paged("try_integrator"))]
) -> Response:
    """What its endpoint says to an event that tells nothing."""
    return await page.ask(
        Body,
        lambda _, call: integrators.try_out(integrator_id, call),
        shown=lambda _, tried: _one(page, integrator_id, Form(), tried=tried),
        again=lambda form: _one(page, integrator_id, form),
    )


@router.post("/{integrator_id}/replay")
async def replay(
    integrator_id: UUID, page: Annotated[Page, Depends(paged("replay_to_integrator"))]
) -> Response:
    """A range of events once more."""
    return await page.ask(
        ReplayBody,
        lambda body, call: integrators.replay(integrator_id, body, call),
        shown=lambda _, replayed: _one(page, integrator_id, Form(), replayed=replayed),
        again=lambda form: _one(page, integrator_id, form),
    )


@router.post("/{integrator_id}/enabling")
async def enable(
    integrator_id: UUID, page: Annotated[Page, Depends(paged("enable_integrator"))]
) -> Response:
    """Told again, from where it stopped."""
    return await page.submit(
        Body,
        lambda _, call: integrators.enable(integrator_id, call),
        then=f"/integrators/{integrator_id}",
        again=lambda form: _one(page, integrator_id, form),
    )


@router.post("/{integrator_id}/revocation")
async def revoke(
    integrator_id: UUID, page: Annotated[Page, Depends(paged("revoke_integrator"))]
) -> Response:
    """Told nothing any more."""
    return await page.submit(
        Body,
        lambda _, call: integrators.revoke(integrator_id, call),
        then=f"/integrators/{integrator_id}",
        again=lambda form: _one(page, integrator_id, form),
    )


def by_owner(types: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Types with what happened, in words, under the service that tells it."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in sorted(types):
        _, owner, happened, _ = one.split(".")
        found[owner].append((one, happened))
    return sorted(found.items())


async def _all(page: Page, form: Form) -> Response:
    found = await integrators.list_integrators(page.call)
    return page.show(
        "integrators.html",
        form=form,
        integrators=found.items,
        feeds=found.feeds,
        public_types=by_owner(PUBLIC_TYPES),
    )


async def _one(
    page: Page,
    integrator_id: UUID,
    form: Form,
    *,
    state: DeliveryState | None = None,
    cursor: EventCursor | None = None,
    made: IntegratorView | None = None,
    tried: TrialView | None = None,
    replayed: ReplayView | None = None,
) -> Response:
    """``made`` has a new secret, ``tried`` what its endpoint answered: shown once, here."""
    one = await integrators.get_integrator(integrator_id, page.call)
    listed = await integrators.list_deliveries(integrator_id, page.call, state=state, cursor=cursor)
    counts = one.deliveries
    return page.show(
        "integrator.html",
        form=form,
        one=one,
        deliveries=listed.items,
        following=listed.next_cursor,
        kind=state,
        states=[
            (DeliveryState.WAITING.value, counts.waiting),
            (DeliveryState.FAILED.value, counts.failed),
            (DeliveryState.DELIVERED.value, counts.delivered),
        ],
        made=made,
        tried=tried,
        replayed=replayed,
    )

"""Composes notifications: the only module that knows every room."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from services.notifications.answers import ANSWERS
from services.notifications.channels.courier import Bell, Couriers
from services.notifications.channels.equipment import Equipment
from services.notifications.channels.feeds import FeedsOnBus
from services.notifications.channels.simulated import keep_instead_of_sending
from services.notifications.channels.webhooks import Webhooks
from services.notifications.domain.vocabulary import Channel
from services.notifications.handlers import ASKING_TIMERS, TIMERS
from services.notifications.handlers.owe import owe_operator
from services.notifications.handlers.ports import Carrier
from services.notifications.peers import NatsPeers
from services.notifications.persistence.tables import metadata
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.publishing import to_contract
from services.notifications.settings import ChannelSettings, IntegratorSettings
from services.notifications.subscribers import SUBSCRIPTIONS
from services.notifications.subscriptions.public_events import follow_public_events
from services.notifications.web.access import ACCESS, NO_CLIENT, SAFETY
from services.notifications.web.api import (
    aftercare,
    check_ins,
    escalations,
    event_stream,
    events,
    inbox,
    integrators,
    messages,
    preferences,
    standing,
    tasks,
)
from services.notifications.web.pages import PAGES
from shared.messaging import Delivery
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from shared.serving.upkeep import keep

log = structlog.get_logger()


async def tell_operator(delivery: Delivery, reason: str, uow: SqlNotificationsUnitOfWork) -> None:
    """Nothing is silently dropped: a parked event is somebody's task (INV-39)."""
    log.error("event parked", event_type=delivery.type, reason=reason)
    await owe_operator(
        uow, delivery.client_id, delivery.course_id, cause_id=delivery.event_id, since=uow.now
    )


def define(
    settings: ChannelSettings, telling: IntegratorSettings | None = None
) -> ServiceDefinition[SqlNotificationsUnitOfWork]:
    """The service with the channels that the settings name."""
    equipment = equipped(settings)
    telling = telling or IntegratorSettings.model_construct()
    webhooks = telling.webhooks()
    return ServiceDefinition(
        name="notifications",
        unit_of_work=SqlNotificationsUnitOfWork,
        publish=to_contract,
        subscriptions=SUBSCRIPTIONS,
        timers=TIMERS,
        asking_timers={kind: make(equipment.carriers) for kind, make in ASKING_TIMERS.items()},
        answers=ANSWERS,
        peers=NatsPeers,
        routers=(
            aftercare.router,
            check_ins.router,
            escalations.router,
            tasks.router,
            messages.router,
            messages.simulated,
            inbox.router,
            preferences.router,
            standing.router,
            integrators.router,
            events.router,
            event_stream.router,
        ),
        access=ACCESS,
        safety=SAFETY,
        no_client=NO_CLIENT,
        pages=PAGES,
        metadata=metadata,
        migrations=Path(__file__).parent / "persistence" / "migrations",
        on_parked=tell_operator,
        own_work={"integrators": partial(tell_integrators, webhooks)},
        extras={
            "channels": equipment,
            "webhooks": webhooks,
            "feeds": FeedsOnBus(telling.feeds_file),
        },
    )


async def tell_integrators(webhooks: Webhooks, service: RunningService[Any]) -> None:
    """Keep what is public, and bring it; either is begun again by itself should it fail."""
    bell = Bell()
    couriers = Couriers(service, webhooks, bell)
    async with asyncio.TaskGroup() as parts:
        parts.create_task(keep("feed", lambda: follow_public_events(service, bell.ring)))
        parts.create_task(keep("couriers", couriers.run))


def equipped(settings: ChannelSettings) -> Equipment:
    """A carrier for every channel that is not off."""
    pretend = {
        Channel.SMS: settings.sms_channel,
        Channel.EMAIL: settings.email_channel,
        Channel.VOICE: settings.voice_channel,
    }
    simulated = frozenset(c for c, how in pretend.items() if how == "simulated")
    carriers: dict[Channel, Carrier] = dict.fromkeys(simulated, keep_instead_of_sending)
    return Equipment(carriers={**carriers, **_real(settings)}, simulated=simulated)


def _real(settings: ChannelSettings) -> Mapping[Channel, Carrier]:
    real: dict[Channel, Carrier] = {}
    if settings.email_channel == "smtp":
        real[Channel.EMAIL] = settings.mail()
    if "telephone" in {settings.sms_channel, settings.voice_channel}:
        telephone = settings.telephone()
        if settings.sms_channel == "telephone":
            real[Channel.SMS] = telephone.text
        if settings.voice_channel == "telephone":
            real[Channel.VOICE] = telephone.call
    return real


def from_environment() -> ServiceDefinition[SqlNotificationsUnitOfWork]:
    """The service as its environment describes it; raises what pydantic says of wrong settings."""
    return define(ChannelSettings(), IntegratorSettings())


DEFINITION: Final = define(ChannelSettings.model_construct())
"""The service with simulated channels."""

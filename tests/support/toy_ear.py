"""The listener's ear: what it does about what it hears, with failures to order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from careteam_contracts import intake, scheduling
from shared.decisions import Change
from shared.messaging import Delivery, Done, Outcome, Subscription
from tests.support.toy_model import Heard, Listener, ToyUnitOfWork


class Ear:
    """Writes down what it hears: the numbers as facts, and in the order of their effects.

    ``does`` runs something within the effect of a number; ``fails_on`` fails after it, ``answers``
    are the outcomes that its policy asks for, one an attempt, the last one from then on.
    """

    def __init__(self) -> None:
        self.fails_on: set[int] = set()
        self.answers: dict[int, tuple[Outcome, ...]] = {}
        self.does: dict[int, Callable[[ToyUnitOfWork], Awaitable[None]]] = {}
        self.fails_on_alarm = False
        self.cannot_fold_alarms = False
        self.attempts: list[int] = []
        self.about: UUID | None = None
        """The client of whom it hears while ``does`` runs."""

    def subscriptions(self) -> Sequence[Subscription[Any, ToyUnitOfWork]]:
        return (
            Subscription(intake.ContactPreferencesChanged, fold=self._fold, policy=self._policy),
            Subscription(scheduling.EscortArrived, policy=self._on_chime),
            Subscription(intake.ConsentWithdrawn, fold=self._fold_alarm, policy=self._on_alarm),
        )

    async def _fold(
        self, event: intake.ContactPreferencesChanged, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        assert delivery.course_id is not None
        await uow.known.fold(
            delivery.course_id,
            delivery.client_id,
            lambda known: replace(known, numbers=known.numbers | {event.pref_version}),
        )

    async def _policy(
        self, event: intake.ContactPreferencesChanged, delivery: Delivery, uow: ToyUnitOfWork
    ) -> Outcome:
        number = event.pref_version
        self.attempts.append(number)
        listener = await _listener(delivery, uow)
        heard = replace(
            listener,
            heard=(*listener.heard, number),
            order=(*listener.order, f"told {number}"),
        )
        await uow.listeners.save(Change(heard, (Heard(delivery.occurred_at),)))
        if number in self.does:
            self.about = delivery.client_id
            await self.does[number](uow)
        if number in self.fails_on:
            raise RuntimeError("ordered to fail")
        answers = self.answers.get(number, (Done(),))
        return answers[min(self.attempts.count(number), len(answers)) - 1]

    async def _on_chime(
        self, event: scheduling.EscortArrived, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        listener = await _listener(delivery, uow)
        number = event.escort_id.int
        heard = replace(
            listener,
            chimes=(*listener.chimes, number),
            order=(*listener.order, f"chime {number}"),
        )
        await uow.listeners.save(Change(heard))

    async def _fold_alarm(
        self, event: intake.ConsentWithdrawn, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        if self.cannot_fold_alarms:
            raise RuntimeError("ordered to fail")
        assert delivery.course_id is not None
        await uow.known.fold(
            delivery.course_id,
            delivery.client_id,
            lambda known: replace(known, alarms=known.alarms | {event.consent_id}),
        )

    async def _on_alarm(
        self, _event: intake.ConsentWithdrawn, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        if self.fails_on_alarm:
            raise RuntimeError("ordered to fail")
        listener = await _listener(delivery, uow)
        rung = replace(listener, alarms=listener.alarms + 1, order=(*listener.order, "alarm"))
        await uow.listeners.save(Change(rung))


async def _listener(delivery: Delivery, uow: ToyUnitOfWork) -> Listener:
    assert delivery.course_id is not None
    return await uow.listeners.find(delivery.course_id) or Listener(
        id=delivery.course_id, client_id=delivery.client_id, course_id=delivery.course_id
    )

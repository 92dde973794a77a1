"""Asking the peers what is not over yet: of a course (ruling 7), or of a client."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from careteam_contracts.enums import Service
from careteam_contracts.erasing import ErasureAsk
from careteam_contracts.questions import ERASURE, PRESCRIBING_STANDING, SCHEDULING_STANDING
from careteam_contracts.standing import StandingAsk
from services.intake.domain.closing import Obstacle
from services.intake.domain.erasure import Keeps
from services.intake.handlers.ports import KeptAnswer, PeerAnswer
from shared.messaging import Asker


class NatsPeers:
    """The peers on the bus. A peer that cannot vouch for its own answer has given none."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def scheduling_has_under_way(self, course_id: UUID) -> PeerAnswer | None:
        answer = await self._asker.ask(SCHEDULING_STANDING, StandingAsk(course_id=course_id))
        if answer is None or answer.value.unverifiable:
            return None
        return PeerAnswer(
            tuple(
                Obstacle(
                    kind="session",
                    ref=session.session_id,
                    status=session.status.value,
                    owner="scheduling",
                )
                for session in answer.value.open_sessions
            ),
            lambda: answer.usable,
        )

    async def prescribing_has_under_way(self, course_id: UUID) -> PeerAnswer | None:
        answer = await self._asker.ask(PRESCRIBING_STANDING, StandingAsk(course_id=course_id))
        if answer is None or answer.value.unverifiable:
            return None
        orders = tuple(
            Obstacle(
                kind="dose_order",
                ref=order.dose_order_id,
                status=order.status.value,
                owner="prescribing",
            )
            for order in answer.value.orders_in_hand
        )
        recoveries = tuple(
            Obstacle(
                kind="recovery",
                ref=recovery.session_id,
                status=recovery.status.value,
                owner="prescribing",
            )
            for recovery in answer.value.open_recoveries
            if recovery.open
        )
        return PeerAnswer(orders + recoveries, lambda: answer.usable)

    async def keep_client(self, client_id: UUID) -> Mapping[str, KeptAnswer | None]:
        answers = await asyncio.gather(*(self._keeps(one, client_id) for one in ERASURE))
        return {service.value: one for service, one in zip(ERASURE, answers, strict=True)}

    async def _keeps(self, service: Service, client_id: UUID) -> KeptAnswer | None:
        answer = await self._asker.ask(ERASURE[service], ErasureAsk(client_id=client_id))
        if answer is None or answer.value.unverifiable:
            return None
        return KeptAnswer(tuple(Keeps(one) for one in answer.value.kept_by), lambda: answer.usable)

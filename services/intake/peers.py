"""Asking scheduling and prescribing what of a course is not over yet (ruling 7)."""

from uuid import UUID

from careteam_contracts.questions import PRESCRIBING_STANDING, SCHEDULING_STANDING
from careteam_contracts.standing import StandingAsk
from services.intake.domain.closing import Obstacle
from services.intake.handlers.ports import PeerAnswer
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

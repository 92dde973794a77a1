"""How scheduling asks intake and prescribing, and reads what they answer."""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from careteam_contracts.questions import INTAKE_STANDING, PRESCRIBING_STANDING
from careteam_contracts.standing import (
    IntakeStanding,
    OpenHold,
    PrescribingStanding,
    StandingAsk,
)
from services.scheduling.domain.course_facts import HoldFact
from services.scheduling.domain.peer_answers import (
    AnsweredHold,
    CheckWord,
    ClearanceWord,
    IntakeWord,
    NamedUntil,
    OrderWord,
    PrescribingWord,
)
from services.scheduling.handlers.ports import Heard
from shared.messaging import Answer, Asker
from shared.protocol import Pin

A = TypeVar("A")
W = TypeVar("W")


class NatsPeers:
    """Asks over request and reply; no answer is None."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def intake(self, *, course_id: UUID) -> Heard[IntakeWord] | None:
        answer = await self._asker.ask(INTAKE_STANDING, StandingAsk(course_id=course_id))
        return None if answer is None else Heard(lambda: intake_word(answer.value, _age(answer)))

    async def prescribing(
        self, *, course_id: UUID, session_id: UUID
    ) -> Heard[PrescribingWord] | None:
        ask = StandingAsk(course_id=course_id, session_id=session_id)
        answer = await self._asker.ask(PRESCRIBING_STANDING, ask)
        if answer is None:
            return None
        return Heard(lambda: prescribing_word(answer.value, _age(answer)))


def intake_word(standing: IntakeStanding, age: timedelta) -> IntakeWord:
    """Intake's answer as the gates read it."""
    approval = standing.approval
    return IntakeWord(
        age=age,
        known=standing.known,
        unverifiable=standing.unverifiable,
        protocol=Pin(standing.protocol_version, standing.protocol_digest),
        holds=_holds("intake", standing.open_holds),
        course_status=standing.course_status.value if standing.course_status else None,
        approval=_maybe(
            approval,
            lambda a: NamedUntil(id=str(a.approval_id), active=a.active, valid_until=a.valid_until),
        ),
        consents={
            consent.scope.value: NamedUntil(
                id=str(consent.consent_id),
                active=consent.active,
                valid_until=consent.valid_until,
            )
            for consent in standing.consents
        },
        dosed_count=standing.dosed_count,
        covers_until_session_no=standing.covers_until_session_no,
    )


def prescribing_word(standing: PrescribingStanding, age: timedelta) -> PrescribingWord:
    """Prescribing's answer as the gates read it."""
    return PrescribingWord(
        age=age,
        known=standing.known,
        unverifiable=standing.unverifiable,
        protocol=Pin(standing.protocol_version, standing.protocol_digest),
        holds=_holds("prescribing", standing.open_holds),
        prescription=_maybe(
            standing.prescription,
            lambda p: NamedUntil(
                id=str(p.prescription_id), active=p.active, valid_until=p.valid_until
            ),
        ),
        order=_maybe(
            standing.order,
            lambda o: OrderWord(
                id=str(o.dose_order_id),
                authorised=o.authorised,
                closed=o.closed,
                valid_until=o.valid_until,
            ),
        ),
        orders_in_hand=len(standing.orders_in_hand),
        check=_maybe(
            standing.check,
            lambda c: CheckWord(
                id=str(c.check_id),
                version=c.check_version,
                outcome=c.outcome.value,
                valid_until=c.valid_until,
            ),
        ),
        clearance=_maybe(
            standing.clearance,
            lambda c: ClearanceWord(
                id=str(c.clearance_id),
                covers_dose_seq=c.covers_dose_seq,
                cleared_at=c.cleared_at,
                valid_until=c.valid_until,
                rescinded=c.rescinded,
            ),
        ),
        administered_count=standing.administered_count,
    )


def _maybe(value: A | None, read: Callable[[A], W]) -> W | None:
    return None if value is None else read(value)


def _age(answer: Answer[A]) -> timedelta:  # type: ignore[type-var]
    return timedelta(seconds=time.monotonic() - answer.asked_at)


def _holds(owner: str, holds: Iterable[OpenHold]) -> tuple[AnsweredHold, ...]:
    return tuple(
        AnsweredHold(
            id=str(hold.hold_id),
            placed_at=hold.placed_at,
            hold=HoldFact(
                category=hold.hold_category.value,
                blocks=tuple(block.value for block in hold.blocks),
                severity=hold.severity.value,
                owner=owner,
            ),
        )
        for hold in holds
    )

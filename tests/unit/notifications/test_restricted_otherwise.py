"""A client hears that a restriction is over when none is left, in whatever session (ruling 22)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notifications.domain.wording import Wording
from tests.integration.notifications import happenings as told
from tests.unit.notifications.moments import at
from tests.unit.notifications.others import QUINN
from tests.unit.notifications.ward import DOSED, Ward

AGAIN = replace(QUINN, session_id=UUID(int=51), order_id=UUID(int=52), clearance_id=UUID(int=53))


async def dosed_again(ward: Ward, dose: datetime, ended: datetime | None = None) -> None:
    ward.clinic.now = ended or dose
    await ward.tell(told.dose(AGAIN, dose), ended or dose)
    if ended is not None:
        await ward.tell(told.ended(AGAIN, ended), ended)
    await ward.clinic.fire_due()


def said_over(ward: Ward) -> list[tuple[str, datetime | None]]:
    return sorted(
        (str(m.status), m.about)
        for m in ward.clinic.messages.states.values()
        if m.wording is Wording.RESTRICTION_OVER
    )


async def test_nothing_is_over_while_another_session_restricts(ward: Ward) -> None:
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await dosed_again(ward, at("11:00"), at("13:00"))
    await ward.at("20:30")
    assert said_over(ward) == []
    await ward.at("21:00")
    assert [about for _, about in said_over(ward)] == [at("21:00")]


async def test_an_end_that_nobody_knows_yet_keeps_it_unsaid(ward: Ward) -> None:
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await dosed_again(ward, at("11:00"))
    await ward.at("20:30")
    assert said_over(ward) == []


async def test_what_waits_to_be_said_is_taken_back_by_a_new_dose(ward: Ward) -> None:
    """Quiet hours held it; by the morning it is no longer true."""
    await ward.hear(*DOSED, ("ended", "16:00"), ("cleared", "16:05"), ("discharged", "16:10"))
    await ward.at("00:05", day=11)
    assert [status for status, _ in said_over(ward)] == ["held"]
    await dosed_again(ward, at("07:00", day=11))
    assert [status for status, _ in said_over(ward)] == ["dropped"]


async def test_alone_it_is_said_when_it_ends(ward: Ward) -> None:
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await ward.at("20:30")
    assert [about for _, about in said_over(ward)] == [at("20:30")]

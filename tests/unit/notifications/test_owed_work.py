"""Tasks have an owner and a time, and what nobody told is asked of people (7.2, INV-25, INV-28)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from careteam_contracts import intake
from services.notifications.domain.desk_hours import closes_at
from services.notifications.domain.task import DUE, TaskKind, due_of
from services.notifications.domain.vocabulary import Carriage, Channel, Language
from services.notifications.handlers.answer_escalation import (
    AcknowledgeEscalation,
    acknowledge_escalation,
)
from shared.protocol import DeskHours, Escort, Messaging, Role
from shared.storage import Actor
from tests.integration.notifications import happenings as told
from tests.unit.notifications.memory import reachable
from tests.unit.notifications.moments import ZONE, at
from tests.unit.notifications.others import QUINN
from tests.unit.notifications.ward import DOSED, Ward


def test_every_kind_has_a_time() -> None:
    assert set(DUE) == set(TaskKind)
    for kind in TaskKind:
        assert due_of(kind, at("10:00"), Messaging(), Escort()) > at("10:00")
    assert due_of(TaskKind.CONTACT_CLIENT_NOW, at("10:00"), Messaging(), Escort()) == at("10:05")
    assert due_of(TaskKind.FIND_ESCORT, at("10:00"), Messaging(), Escort()) == at("10:30")


async def test_an_end_that_nobody_told_is_asked_for_when_it_should_be_over(ward: Ward) -> None:
    """Three hours of block and one of buffer after the dose; INV-28 rests on no later event."""
    await ward.hear(*DOSED)
    await ward.at("13:59")
    assert ward.owed() == set()
    await ward.at("14:00")
    assert ward.owed() == {
        (TaskKind.STATE_SESSION_END, Role.THERAPIST),
        (TaskKind.STATE_DEPARTURE, Role.THERAPIST),
    }
    await ward.hear(("ended", "14:10"))
    assert ward.owed() == {(TaskKind.STATE_DEPARTURE, Role.THERAPIST)}
    await ward.hear(("discharged", "14:20"))
    assert ward.owed() == set()


async def test_who_left_in_time_is_not_asked_about(ward: Ward) -> None:
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"), ("discharged", "12:45"))
    await ward.at("15:00")
    assert ward.owed() == set()


async def test_silence_about_a_dose_is_no_evidence(ward: Ward) -> None:
    """INV-25: that there was none has to be said."""
    await ward.hear(("started", "09:50"), ("aborted", "10:00"))
    await ward.at("13:50")
    assert ward.owed() == {(TaskKind.STATE_DOSES, Role.PRESCRIBER)}
    await ward.tell(told.order_closed(QUINN, 0), at("14:00"))
    assert ward.owed() == set()


async def test_a_session_without_a_dose_asks_nothing(ward: Ward) -> None:
    await ward.hear(("started", "09:50"), ("aborted", "10:00"))
    await ward.tell(told.order_closed(QUINN, 0), at("10:05"))
    await ward.at("23:00")
    assert ward.owed() == set()
    assert ward.clinic.aftercare_plans.states == {}


async def test_a_dose_count_that_is_corrected_begins_aftercare(ward: Ward) -> None:
    """Ruling 12: an order that ended with none, and then with one after all."""
    await ward.hear(("started", "09:50"), ("aborted", "10:00"))
    await ward.tell(told.order_closed(QUINN, 0), at("10:05"))
    await ward.tell(told.order_closed(QUINN, 1), at("10:30"))
    assert len(ward.clinic.aftercare_plans.states) == 1


async def test_an_escort_lost_after_the_dose_passes_to_the_on_call_at_closing_time(
    ward: Ward,
) -> None:
    await ward.hear(*DOSED, ("escort cancels", "17:00"))
    assert (TaskKind.FIND_ESCORT, Role.FRONT_DESK) in ward.owed()
    assert ward.due(TaskKind.FIND_ESCORT) == at("17:30")
    await ward.at("17:59")
    assert (TaskKind.FIND_ESCORT, Role.ON_CALL) not in ward.owed()
    await ward.at("18:00")
    assert (TaskKind.FIND_ESCORT, Role.ON_CALL) in ward.owed()
    await ward.hear(("another escort", "18:05"))
    assert {kind for kind, _ in ward.owed()} & {TaskKind.FIND_ESCORT} == set()


async def test_an_escort_who_is_found_in_time_wakes_nobody(ward: Ward) -> None:
    await ward.hear(*DOSED, ("escort cancels", "17:00"), ("another escort", "17:10"))
    await ward.at("18:00")
    assert (TaskKind.FIND_ESCORT, Role.ON_CALL) not in ward.owed()


async def test_an_escort_of_another_day_is_found_by_the_next(ward: Ward) -> None:
    ward.clinic.now = at("09:00")
    await ward.tell(told.booked(QUINN, at("09:30", day=14)), at("09:00"))
    await ward.hear(("escort", "09:05"), ("escort cancels", "19:00"))
    assert ward.owed() == {(TaskKind.FIND_ESCORT, Role.FRONT_DESK)}
    assert ward.due(TaskKind.FIND_ESCORT) == at("19:00", day=11)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        (at("10:00"), at("18:00")),
        (at("07:59"), None),
        (at("18:00"), None),
        (at("10:00", day=8), at("18:00", day=8)),  # the clock was changed that night
    ],
)
def test_when_the_desk_goes_home(moment: datetime, closes: datetime | None) -> None:
    assert closes_at(DeskHours(), moment, ZONE) == closes


async def test_a_loop_that_is_taken_is_somebodys(ward: Ward) -> None:
    """Also where who took it had not been called: nobody else is, and it is not forgotten."""
    await ward.hear(*DOSED, ("ended", "10:55"), ("walked out", "10:55"))
    [loop] = ward.clinic.escalations.states
    nurse = Actor(Role.NURSE, UUID(int=51))
    take: Any = acknowledge_escalation(AcknowledgeEscalation(escalation_id=loop), ward.clinic)  # type: ignore[arg-type]
    await ward.clinic.by(nurse, take)
    assert {who for kind, who in ward.owed() if kind is TaskKind.CONTACT_CLIENT_NOW} == {Role.NURSE}


async def test_a_channel_that_comes_back_within_the_hour_costs_nobody_a_call(ward: Ward) -> None:
    """Only what reaches nobody in the end is told on, and only once."""
    await ward.tell(
        intake.ClientApproved(
            approval_id=UUID(int=61), plan_version=1, valid_until=at("09:00") + timedelta(days=90)
        ),
        at("09:00"),
    )
    for channel in ward.clinic.channels.values():
        channel.says = Carriage.AWAY
    for _ in range(10):
        await ward.clinic.fire_due()
    for channel in ward.clinic.channels.values():
        channel.says = Carriage.TAKEN
    await ward.clinic.fire_due()
    [welcome] = ward.clinic.messages.states.values()
    assert welcome.status == "sent"
    assert ward.clinic.told == []


@pytest.mark.parametrize(
    ("known", "said"),
    [(True, "Por favor venga ahora"), (False, "Please come in now")],
)
async def test_an_escort_is_written_to_in_the_clients_language(
    ward: Ward, known: bool, said: str
) -> None:
    """A client who cannot be asked about holds up no ride."""
    spanish = replace(reachable(Channel.SMS), language=Language.SPANISH)
    ward.clinic.peers.contact = spanish if known else None
    await ward.hear(*DOSED, ("ended", "12:30"), ("cleared", "12:35"))
    assert [out.subject for _, _, out in ward.clinic.taken()][-1].startswith(said)


async def test_a_lost_answer_is_no_second_message_by_another_way(ward: Ward) -> None:
    """The text was taken unheard: the mail is not tried before the telephone was asked again."""
    ward.clinic.peers.contact = reachable(*ward.clinic.channels)
    next(iter(ward.clinic.channels.values())).mumbles = True
    await ward.tell(
        intake.ClientApproved(
            approval_id=UUID(int=61), plan_version=1, valid_until=at("09:00") + timedelta(days=90)
        ),
        at("09:00"),
    )
    await ward.clinic.fire_due()
    await ward.clinic.fire_due()
    assert len(ward.clinic.taken()) == 1
    [welcome] = ward.clinic.messages.states.values()
    assert (welcome.status, welcome.channel) == ("sent", "sms")

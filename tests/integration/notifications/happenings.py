"""What the other services tell in a journey, event by event."""

from datetime import datetime, timedelta
from uuid import UUID

from careteam_contracts import intake, prescribing, scheduling, shared_safety
from careteam_contracts.enums import (
    ActorRole,
    ClearanceRole,
    DischargeMode,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    RecoveryOutcome,
    SessionKind,
    SessionOutcome,
    Setting,
)
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.people import Person
from tests.support.voices import REFS, at


def booked(
    person: Person,
    starts_at: datetime,
    *,
    kind: SessionKind = SessionKind.DOSING,
    session_id: UUID | None = None,
) -> scheduling.SessionScheduled:
    return scheduling.SessionScheduled(
        session_id=session_id or person.session_id,
        kind=kind,
        kind_no=1,
        starts_at=starts_at,
        planned_end_at=starts_at + timedelta(hours=3),
        setting=Setting.IN_CLINIC,
        therapist_ref=REFS["therapist"],
    )


def started(person: Person, moment: datetime) -> scheduling.DosingSessionStarted:
    return scheduling.DosingSessionStarted(
        session_id=person.session_id,
        gate_id=new_id(),
        assent_id=new_id(),
        supervisor_ref=REFS["prescriber"],
        started_at=moment,
    )


def dose(person: Person, moment: datetime, seq: int = 1) -> prescribing.DoseAdministered:
    return prescribing.DoseAdministered(
        session_id=person.session_id,
        dose_order_id=person.order_id,
        dose_seq=seq,
        administered_at=moment,
        timing_profile="SL-STD",
        observe_until=moment + timedelta(minutes=120),
    )


def ended(
    person: Person,
    moment: datetime,
    outcome: SessionOutcome = SessionOutcome.COMPLETED,
) -> scheduling.SessionCompleted:
    return scheduling.SessionCompleted(
        session_id=person.session_id, kind=SessionKind.DOSING, outcome=outcome, ended_at=moment
    )


def order_closed(person: Person, count: int) -> prescribing.DoseOrderClosed:
    return prescribing.DoseOrderClosed(
        session_id=person.session_id, dose_order_id=person.order_id, administered_count=count
    )


def cleared(person: Person, moment: datetime, covers: int = 1) -> prescribing.ClearedForDischarge:
    return prescribing.ClearedForDischarge(
        session_id=person.session_id,
        clearance_id=person.clearance_id,
        covers_dose_seq=covers,
        cleared_at=moment,
        valid_until=moment + timedelta(minutes=30),
        cleared_by_role=ClearanceRole.PRESCRIBER,
    )


def discharged(person: Person, moment: datetime) -> scheduling.ClientDischarged:
    return scheduling.ClientDischarged(
        session_id=person.session_id,
        clearance_id=person.clearance_id,
        escort_id=person.escort_id,
        discharged_at=moment,
        mode=DischargeMode.STANDARD,
    )


def transferred(person: Person, moment: datetime) -> scheduling.ClientDischarged:
    return scheduling.ClientDischarged(
        session_id=person.session_id, discharged_at=moment, mode=DischargeMode.TRANSFER
    )


def walked_out(person: Person, moment: datetime) -> scheduling.LeftAgainstAdvice:
    return scheduling.LeftAgainstAdvice(
        session_id=person.session_id, left_at=moment, capacity_assessed=True, escort_present=False
    )


def checked(
    person: Person, number: int, outcome: RecoveryOutcome
) -> prescribing.RecoveryCheckRecorded:
    return prescribing.RecoveryCheckRecorded(
        session_id=person.session_id, check_no=number, outcome=outcome
    )


def hold(
    category: HoldCategory, session_id: UUID | None = None
) -> shared_safety.IntakeSafetyHoldPlaced:
    return shared_safety.IntakeSafetyHoldPlaced(
        hold_id=new_id(),
        hold_category=category,
        blocks=(HoldBlock.START, HoldBlock.DOSE),
        severity=HoldSeverity.STOP,
        session_id=session_id,
    )


def escort_confirmed(person: Person) -> scheduling.EscortConfirmed:
    return scheduling.EscortConfirmed(session_id=person.session_id, escort_id=person.escort_id)


def escort_arrived(person: Person, moment: datetime) -> scheduling.EscortArrived:
    return scheduling.EscortArrived(
        session_id=person.session_id, escort_id=person.escort_id, arrived_at=moment
    )


async def registered(world: World, person: Person) -> None:
    """A client with a course and a care team."""
    await world.tell(person, intake.ClientRegistered())
    await world.tell(
        person,
        intake.CareTeamAssigned(
            therapist_ref=REFS["therapist"], prescriber_ref=REFS["prescriber"], team_version=1
        ),
    )


async def in_session(world: World, person: Person, *, booked_before: bool = False) -> None:
    """Booked for 09:30 with an escort, started at 09:50, dosed at 10:00."""
    world.set_clock(at("09:00"))
    if not booked_before:
        await registered(world, person)
        await world.say(person, booked(person, at("09:30")))
    await world.say(person, escort_confirmed(person))
    world.set_clock(at("10:00"))
    await world.say(person, started(person, at("09:50")), at("09:50"))
    await world.tell(person, dose(person, at("10:00")), occurred_at=at("10:00"))


async def goes_home(world: World, person: Person) -> None:
    """The rest of the happy day: 12:30 end, 12:35 clearance, 12:40 escort, 12:45 door."""
    world.set_clock(at("12:30"))
    await world.tell(person, ended(person, at("12:30")))
    await world.say(person, order_closed(person, 1))
    world.set_clock(at("12:35"))
    await world.tell(person, cleared(person, at("12:35")))
    await world.settle()
    world.set_clock(at("12:40"))
    await world.tell(person, escort_arrived(person, at("12:40")))
    world.set_clock(at("12:45"))
    await world.tell(person, discharged(person, at("12:45")))
    await world.settle()


def stop(person: Person, moment: datetime) -> scheduling.SessionStopRequested:
    return scheduling.SessionStopRequested(
        session_id=person.session_id, by_role=ActorRole.CLIENT, at=moment
    )

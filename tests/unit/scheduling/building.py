"""Sessions, facts and clocks for the tests of scheduling's domain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.scheduling.domain.assent import Assent, AssentStatus
from services.scheduling.domain.booking import book
from services.scheduling.domain.clinician import Clinician, Credentials
from services.scheduling.domain.course_facts import CareTeam, CourseFacts, HoldFact, no_facts
from services.scheduling.domain.escort import Escort, EscortStatus
from services.scheduling.domain.events import Outcome
from services.scheduling.domain.preparation import Preparation, PreparationStatus, SignOff
from services.scheduling.domain.prescription_facts import DoseFact, PrescriptionTerms
from services.scheduling.domain.roles import Role
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import DosesSeen, Phase, Session, TherapyEnd
from services.scheduling.domain.session_facts import CheckFact, ClearanceFact
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from services.scheduling.domain.told import Told
from shared.protocol import ClinicProtocol

ZONE = ZoneInfo("America/Los_Angeles")
PROTOCOL = ClinicProtocol()
DAY = "2026-03-10"
_NAMES = UUID("00000000-0000-4000-8000-000000000000")


def named(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(_NAMES, name)


CLIENT, COURSE = named("client"), named("course")
THERAPIST, PRESCRIBER, NURSE = named("therapist"), named("prescriber"), named("nurse")
ROOM, SESSION, ORDER, RX = named("room"), named("session"), named("order"), named("rx")


def at(clock: str, day: str = DAY) -> datetime:
    """A local time of the clinic as a UTC moment."""
    local = datetime.fromisoformat(f"{day}T{clock}")
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def session(
    kind: SessionKind = SessionKind.DOSING,
    *,
    starts: datetime | None = None,
    minutes: int = 180,
    session_id: UUID = SESSION,
    **changes: Any,
) -> Session:
    booked = book(
        session_id=session_id,
        client_id=CLIENT,
        course_id=COURSE,
        kind=kind,
        kind_no=1,
        setting=changes.pop("setting", Setting.IN_CLINIC),
        starts_at=starts or at("09:30"),
        block=timedelta(minutes=minutes),
        buffer=timedelta(minutes=60 if kind is SessionKind.DOSING else 0),
        therapist_ref=THERAPIST,
        supervisor_ref=PRESCRIBER,
        room_id=ROOM,
        at=at("08:00"),
        by=Role.FRONT_DESK,
    ).state
    return replace(booked, **changes)


def assented(hhmm: str) -> Assent:
    """Given at this time, for an hour."""
    given = at(hhmm)
    return Assent(
        id=named("assent"),
        status=AssentStatus.GIVEN,
        at=given,
        valid_until=given + timedelta(minutes=PROTOCOL.dosing.assent_validity_minutes),
    )


def checked_in(**changes: Any) -> Session:
    assent = assented("09:40")
    ready_made = {
        "status": SessionStatus.CHECKED_IN,
        "checked_in_at": at("09:30"),
        "assent": assent,
    }
    return session(**{**ready_made, "escorts": (escort(),), **changes})


def opening(**changes: Any) -> Session:
    running = {
        "status": SessionStatus.IN_PROGRESS,
        "phase": Phase.OPENING,
        "started_at": at("09:50"),
        "dose_order_id": ORDER,
    }
    return checked_in(**{**running, **changes})


def dosed(*, count: int = 1, last: str = "10:00", **changes: Any) -> Session:
    taken = DosesSeen(count=count, first_at=at("10:00"), last_at=at(last))
    return opening(
        **{"status": SessionStatus.DOSED, "phase": Phase.ONSET, "doses": taken, **changes}
    )


def recovering(*, ended: str = "12:30", **changes: Any) -> Session:
    end = TherapyEnd(at=at(ended), outcome=Outcome.COMPLETED)
    return dosed(**{"status": SessionStatus.RECOVERING, "phase": None, "end": end, **changes})


def escort(name: str = "escort", *, arrived: bool = False, version: int = 1) -> Escort:
    return Escort(
        id=named(name),
        status=EscortStatus.ARRIVED if arrived else EscortStatus.CONFIRMED,
        schedule_version=version,
        confirmed_at=at("08:30"),
        arrived_at=at("12:40") if arrived else None,
        identity_matched=arrived,
    )


def told(name: str, clock: str = "08:00", *, version: int = 1, day: str = DAY) -> Told:
    return Told(event_id=str(named(name)), occurred_at=at(clock, day), version=version)


def facts() -> CourseFacts:
    """A course with everything that a dosing session needs to have been told."""
    known = no_facts(COURSE, CLIENT).register(told("registered"))
    known = known.assign(
        told("team"), 1, CareTeam(therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER)
    )
    known = known.approve(told("approved"), "approval", at("08:00", "2027-01-01"))
    known = known.consent(
        lambda c: c.grant(
            told("consent"),
            "consent",
            ("treatment", "aftercare_agreement"),
            at("08:00", "2027-01-01"),
        )
    )
    return known.prescribe(told("rx"), str(RX), 1, terms())


def terms(sessions: int = 2, until: datetime | None = None) -> PrescriptionTerms:
    return PrescriptionTerms(
        timing_profile="SL-STD",
        sessions_authorised=sessions,
        valid_until=until or at("08:00", "2026-08-01"),
        valid_from=at("08:00", "2026-01-01"),
    )


def authorised(known: CourseFacts, order: UUID = ORDER, of: UUID = SESSION) -> CourseFacts:
    return known.order(
        str(order), str(of), lambda o: o.authorise(told(f"auth-{order}"), str(RX), at("14:00"))
    )


def administered(
    known: CourseFacts,
    clock: str = "10:00",
    *,
    seq: int = 1,
    order: UUID = ORDER,
    of: UUID = SESSION,
) -> CourseFacts:
    dose = DoseFact(
        administered_at=at(clock),
        timing_profile="SL-STD",
        observe_until=at(clock) + timedelta(hours=2),
    )
    event = told(f"dose-{order}-{seq}", clock, version=seq + 1)
    return known.order(str(order), str(of), lambda o: o.administer(event, seq, dose))


def order_closed(
    known: CourseFacts, count: int, *, order: UUID = ORDER, of: UUID = SESSION, version: int = 9
) -> CourseFacts:
    event = told(f"closed-{order}-{version}", "12:31", version=version)
    return known.order(str(order), str(of), lambda o: o.close(event, count))


def cleared(
    known: CourseFacts,
    *,
    covers: int = 1,
    until: str = "13:05",
    name: str = "clearance",
    of: UUID = SESSION,
) -> CourseFacts:
    fact = ClearanceFact(covers_dose_seq=covers, cleared_at=at("12:35"), valid_until=at(until))
    return known.session(
        str(of), lambda s: s.cleared(told(f"told-{name}", "12:35"), str(named(name)), fact)
    )


def rescinded(known: CourseFacts, name: str = "clearance", *, of: UUID = SESSION) -> CourseFacts:
    return known.session(
        str(of), lambda s: s.rescinded(told(f"rescinded-{name}", "12:50"), str(named(name)))
    )


def passed_check(known: CourseFacts, outcome: str = "pass", version: int = 1) -> CourseFacts:
    check = CheckFact(check_id=str(named("check")), outcome=outcome, valid_until=at("10:15"))
    return known.session(
        str(SESSION), lambda s: s.checked(told(f"check-{version}", "09:45"), version, check)
    )


def hold(
    known: CourseFacts,
    *blocks: str,
    severity: str = "stop",
    category: str = "medical",
    owner: str = "prescribing",
    name: str = "hold",
) -> CourseFacts:
    fact = HoldFact(category=category, blocks=blocks, severity=severity, owner=owner)
    return known.place_hold(told(f"placed-{name}", "09:40"), str(named(name)), fact)


def therapist(**changes: Any) -> Clinician:
    held: dict[str, Any] = {
        "license_valid_until": at("08:00", "2027-06-01"),
        "kap_training_valid_until": at("08:00", "2027-06-01"),
    }
    held.update({name: changes.pop(name) for name in tuple(changes) if name in held})
    good: dict[str, Any] = {
        "id": THERAPIST,
        "name": "Dana Reyes",
        "role": Role.THERAPIST,
        "credentials": Credentials(**held),
    }
    return Clinician(**{**good, **changes})


def room(**changes: Any) -> Room:
    good = {
        "id": ROOM,
        "name": "Cedar",
        "dosing_capable": True,
        "iv_capable": False,
        "monitor": True,
    }
    return Room(**{**good, **changes})


def prepared() -> Preparation:
    return Preparation(
        id=named("preparation"),
        client_id=CLIENT,
        course_id=COURSE,
        status=PreparationStatus.COMPLETED,
        sessions=frozenset({named("prep-1"), named("prep-2")}),
        therapists=frozenset({THERAPIST}),
        checklist_version=1,
        signed=SignOff(therapist_ref=THERAPIST, at=at("08:00", "2026-03-05")),
        completed_at=at("08:00", "2026-03-05"),
    )

"""A calendar as the API shows it: days of the clinic, and a lane for each room and clinician."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.scheduling.domain.clinic_time import local_midnight
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from services.scheduling.persistence.calendar_queries import Taken
from services.scheduling.web.roster_views import AbsenceView, HoursView


class DayView(BaseModel):
    """A local day and its moments: not every day has 24 hours."""

    day: date
    since: datetime
    until: datetime


class EntryView(BaseModel):
    """A booking, with the buffer behind it until ``reserved_until``."""

    session_id: UUID
    client_id: UUID
    course_id: UUID
    kind: SessionKind
    kind_no: int
    setting: Setting
    status: SessionStatus
    starts_at: datetime
    planned_end_at: datetime
    reserved_until: datetime
    room_id: UUID | None
    therapist_ref: UUID
    attendant_ref: UUID | None
    blocked_by: list[str]


class TakenView(BaseModel):
    """A time that is taken by a client of somebody else's: not whose, and not for what."""

    starts_at: datetime
    until: datetime
    room_id: UUID | None
    clinicians: list[UUID]

    @property
    def planned_end_at(self) -> datetime:
        return self.until

    @property
    def reserved_until(self) -> datetime:
        return self.until


class LaneView(BaseModel):
    """What one room or clinician has, in the order of time."""

    resource: str
    id: UUID
    name: str
    hours: list[HoursView]
    absences: list[AbsenceView]
    sessions: list[UUID]


class CalendarView(BaseModel):
    timezone: str
    since: datetime
    until: datetime
    days: list[DayView]
    entries: list[EntryView]
    taken: list[TakenView]
    lanes: list[LaneView]


def days_from(first: date, count: int, zone: ZoneInfo) -> list[DayView]:
    """So many local days, each from its midnight to the next."""
    return [
        DayView(
            day=day,
            since=local_midnight(day, zone),
            until=local_midnight(day + timedelta(days=1), zone),
        )
        for day in (first + timedelta(days=number) for number in range(count))
    ]


def calendar(
    days: Sequence[DayView],
    booked: tuple[Iterable[Session], Iterable[Taken]],
    rooms: Iterable[Room],
    clinicians: Iterable[Clinician],
    zone: ZoneInfo,
) -> CalendarView:
    """The days with what is booked in them, and what is taken by whom it does not say."""
    shown, taken = list(booked[0]), booked[1]
    since, until = days[0].since, days[-1].until
    lanes = [
        LaneView(
            resource="room",
            id=room.id,
            name=room.name,
            hours=[],
            absences=[],
            sessions=[s.id for s in shown if s.room_id == room.id],
        )
        for room in rooms
    ]
    lanes += [
        LaneView(
            resource="clinician",
            id=one.id,
            name=one.name,
            hours=[HoursView(weekday=h.weekday, start=h.start, end=h.end) for h in one.hours],
            absences=[
                AbsenceView(id=a.id, since=a.since, until=a.until)
                for a in one.absences
                if a.meets(since, until)
            ],
            sessions=[s.id for s in shown if one.id in {s.therapist_ref, s.attendant_ref}],
        )
        for one in clinicians
    ]
    return CalendarView(
        timezone=zone.key,
        since=since,
        until=until,
        days=list(days),
        entries=[entry(session) for session in shown],
        taken=[taken_view(one) for one in taken],
        lanes=lanes,
    )


def taken_view(taken: Taken) -> TakenView:
    return TakenView(
        starts_at=taken.starts_at,
        until=taken.until,
        room_id=taken.room_id,
        clinicians=sorted(taken.clinicians),
    )


def entry(session: Session) -> EntryView:
    return EntryView(
        session_id=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        kind=session.kind,
        kind_no=session.kind_no,
        setting=session.setting,
        status=session.status,
        starts_at=session.starts_at,
        planned_end_at=session.planned_end_at,
        reserved_until=session.reserved_until,
        room_id=session.room_id,
        therapist_ref=session.therapist_ref,
        attendant_ref=session.attendant_ref,
        blocked_by=list(session.blocked_by),
    )

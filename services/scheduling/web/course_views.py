"""What scheduling can say about a course."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.scheduling.domain.authorisations import terms_in_force
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.preferences import in_force
from services.scheduling.domain.restriction import merged, own_windows, published_windows
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.handlers.considering import judged_by, windows_elsewhere
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork
from services.scheduling.web.gate_views import gates_ahead
from services.scheduling.web.views import FreshnessView, GateView, freshness_view
from shared.protocol import ClinicProtocol
from shared.storage import Freshness


class SourcedView(BaseModel):
    """A fact, the event that told it, and until when it holds."""

    id: str
    event_id: str
    valid_until: datetime | None = None


class OpenHoldView(BaseModel):
    hold_id: str
    category: str
    blocks: list[str]
    severity: str
    owner: str
    event_id: str


class RestrictionView(BaseModel):
    """``until`` is null while nobody can say: then it is in force."""

    session_id: str
    until: datetime | None
    in_force: bool
    source: str


class SessionLine(BaseModel):
    """``gates`` are those that the session still has to pass, by what is known here."""

    id: UUID
    kind: SessionKind
    kind_no: int
    status: SessionStatus
    starts_at: datetime
    gates: list[GateView]


class PreferencesView(BaseModel):
    touch: str
    music: bool
    eyeshades: bool
    engagement_style: str


class CourseStandingView(BaseModel):
    course_id: UUID
    client_id: UUID
    ended: str | None
    therapist_ref: UUID | None
    prescriber_ref: UUID | None
    approval: SourcedView | None
    consents: list[SourcedView]
    preferences: PreferencesView | None
    sessions_authorised: int
    dosed_sessions: int
    preparation_completed_at: datetime | None
    open_holds: list[OpenHoldView]
    restrictions: list[RestrictionView]
    sessions: list[SessionLine]
    freshness: dict[str, FreshnessView]


async def course_standing(uow: SqlSchedulingUnitOfWork, facts: CourseFacts) -> CourseStandingView:
    """Everything of a course, from one transaction."""
    everything = await uow.sessions.list_by(client_id=facts.client_id)
    preparation = await uow.preparations.find_by(course_id=facts.id)
    freshness = await uow.freshness(facts.client_id)
    protocol = await uow.protocol_of(facts.id)
    team = facts.care_team.told.value if facts.care_team.told else None
    wishes = in_force(facts.preferences, _dosed_at(everything))
    return CourseStandingView(
        course_id=facts.id,
        client_id=facts.client_id,
        ended=facts.closed.value if facts.closed else "declined" if facts.declined else None,
        therapist_ref=team.therapist_ref if team else None,
        prescriber_ref=team.prescriber_ref if team else None,
        approval=_approval(facts, uow.now),
        consents=_consents(facts, protocol, uow.now),
        preferences=PreferencesView(
            touch=wishes.touch,
            music=wishes.music,
            eyeshades=wishes.eyeshades,
            engagement_style=wishes.engagement_style,
        )
        if wishes
        else None,
        sessions_authorised=sum(t.sessions_authorised for t in terms_in_force(facts, uow.now)),
        dosed_sessions=sum(1 for s in everything if s.doses.count and s.course_id == facts.id),
        preparation_completed_at=preparation.completed_at if preparation else None,
        open_holds=_holds(facts),
        restrictions=[
            RestrictionView(
                session_id=w.session_id,
                until=w.until,
                in_force=w.covers(uow.now),
                source=w.source,
            )
            for w in merged(
                (
                    *own_windows(everything, protocol.aftercare, uow.timezone),
                    *published_windows(facts),
                    *await windows_elsewhere(uow, facts, everything),
                )
            )
        ],
        sessions=await _lines(uow, facts, everything, freshness),
        freshness={name: freshness_view(known) for name, known in freshness.items()},
    )


async def _lines(
    uow: SqlSchedulingUnitOfWork,
    facts: CourseFacts,
    everything: Sequence[Session],
    freshness: Mapping[str, Freshness],
) -> list[SessionLine]:
    preparation = await uow.preparations.find_by(course_id=facts.id)
    lines = []
    for session in sorted(everything, key=lambda s: (s.starts_at, s.id)):
        if session.course_id != facts.id:
            continue
        known = await judged_by(
            uow, session, everything=everything, facts=facts, preparation=preparation
        )
        lines.append(
            SessionLine(
                id=session.id,
                kind=session.kind,
                kind_no=session.kind_no,
                status=session.status,
                starts_at=session.starts_at,
                gates=await gates_ahead(uow, known, freshness),
            )
        )
    return lines


def _dosed_at(sessions: Iterable[Session]) -> datetime | None:
    """Since when medicine is on board, of a client who has not left."""
    here = (s.doses.first_at for s in sessions if s.doses.count and not s.over)
    return min((at for at in here if at is not None), default=None)


def _approval(facts: CourseFacts, now: datetime) -> SourcedView | None:
    current = facts.approval(now)
    if current is None:
        return None
    approval_id, told = current
    return SourcedView(id=approval_id, event_id=told.event_id, valid_until=told.value)


def _consents(facts: CourseFacts, protocol: ClinicProtocol, now: datetime) -> list[SourcedView]:
    found = []
    for scope in protocol.consent.required_scopes:
        told = facts.consents.active(scope.value, now)
        if told is not None:
            found.append(
                SourcedView(id=scope.value, event_id=told.event_id, valid_until=told.value)
            )
    return found


def _holds(facts: CourseFacts) -> list[OpenHoldView]:
    return [
        OpenHoldView(
            hold_id=hold_id,
            category=told.value.category,
            blocks=list(told.value.blocks),
            severity=told.value.severity,
            owner=told.value.owner,
            event_id=told.event_id,
        )
        for hold_id, told in facts.open_holds("book", "start", "dose", "discharge")
    ]

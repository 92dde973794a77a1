"""From the opening to the end of the therapy part: phases, stop, end, abort."""

from dataclasses import replace
from datetime import datetime

from services.scheduling.domain.events import Outcome, SessionCompleted, SessionStopRequested
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import (
    Passage,
    Phase,
    Session,
    SessionChange,
    StopRequest,
    TherapyEnd,
)
from services.scheduling.domain.session_states import SessionStatus, Trigger
from shared.decisions import Change, Unblock, refuse

_AFTER_DOSE = (Phase.ONSET, Phase.PEAK, Phase.SUBSIDING, Phase.DEBRIEF)


def enter_phase(session: Session, phase: Phase, *, at: datetime, by: Role) -> SessionChange:
    """The clinician says where the client is. Any phase may be left out, or entered again (F91).

    What was said earlier and arrives late finds its place on the way; the latest phase stays.
    """
    if session.status is not SessionStatus.DOSED or phase not in _AFTER_DOSE:
        refuse(
            "phase-not-possible",
            "6.3",
            status=session.status.value,
            phase=phase.value,
            current=session.phase and session.phase.value,
        )
    step = Passage(at=at, status=session.status, by=by, phase=phase)
    way = session.passages
    place = next((n for n, passage in enumerate(way) if passage.at > at), len(way))
    now_in = phase if place == len(way) else session.phase
    return Change(replace(session, phase=now_in, passages=(*way[:place], step, *way[place:])))


def request_stop(
    session: Session, *, by_role: Role, at: datetime, now: datetime | None = None
) -> SessionChange:
    """One step, from anybody, in every phase, asking nobody (F41, INV-19).

    Before a dose it aborts, after a dose it ends the therapy and the client stays (C-10). During
    the moments of deciding a start it takes the assent back. Where it was already over, it is.
    ``at`` is when it was said, ``now`` when it became known: no end lies before a dose (ruling 12).
    """
    told = now or at
    if session.status is SessionStatus.READY:
        lowered = session.moved(Trigger.LOWER_READY, told, by_role)
        return Change(replace(lowered, gate_id=None, assent=session.assent.taken_back(at)))
    if not session.therapy_running:
        return _already_stopped(session)
    asked = replace(session, stop=session.stop or StopRequest(at=at, by_role=by_role))
    first = (
        ()
        if session.stop
        else (SessionStopRequested(at=at, session_id=session.id, by_role=by_role),)
    )
    stopped: SessionChange = Change(asked, first if session.dosing else ())
    if session.status is SessionStatus.IN_PROGRESS and session.dosing:
        return stopped.then(lambda s: abort(s, at=at, by=by_role, now=told))
    outcome = Outcome.ENDED_BY_CLIENT if by_role is Role.CLIENT else Outcome.ENDED_BY_CLINICIAN
    ended_at = max(at, session.doses.last_at or at)
    return stopped.then(lambda s: _end(s, ended_at, outcome, now=told, by=by_role))


def _already_stopped(session: Session) -> SessionChange:
    if session.end is None:
        refuse("nothing-in-progress", "F41", status=session.status.value)
    return Change(session)


def end_therapy(
    session: Session, *, ended_at: datetime, outcome: Outcome | None, now: datetime, by: Role
) -> SessionChange:
    """The therapist ends. With no dose seen the outcome must be said, not guessed (ruling 12)."""
    if not session.therapy_running:
        refuse("cannot-end", "6.3", status=session.status.value)
    if not session.dosing:
        if outcome is Outcome.ABORTED_BEFORE_DOSE:
            refuse("outcome-not-possible", "6.3", kind=session.kind.value, outcome=outcome.value)
        return _end(session, ended_at, outcome or Outcome.COMPLETED, now=now, by=by)
    if session.status is SessionStatus.IN_PROGRESS:
        if outcome is None:
            refuse(
                "outcome-not-stated",
                "ruling 12",
                Unblock(fact="outcome", owner="scheduling", action="say whether a dose was taken"),
                doses_seen=session.doses.count,
            )
        if outcome is Outcome.ABORTED_BEFORE_DOSE:
            return abort(session, at=ended_at, by=by, now=now)
        return _end(session, ended_at, outcome, now=now, by=by)
    if outcome is Outcome.ABORTED_BEFORE_DOSE:
        refuse(
            "a-dose-was-taken",
            "INV-25",
            Unblock(fact="outcome", owner="scheduling", action="state how the therapy ended"),
            doses_seen=session.doses.count,
        )
    if session.doses.last_at is not None and ended_at < session.doses.last_at:
        refuse(
            "ended-before-last-dose",
            "ruling 12",
            Unblock(fact="ended_at", owner="scheduling", action="state an end after that dose"),
            ended_at=ended_at.isoformat(),
            last_dose_at=session.doses.last_at.isoformat(),
        )
    return _end(session, ended_at, outcome or Outcome.COMPLETED, now=now, by=by)


def abort(
    session: Session, *, at: datetime, by: Role, now: datetime | None = None
) -> SessionChange:
    """No dose will be given. That none was given, only the closed order proves (INV-25)."""
    aborted = session.moved(Trigger.ABORT, now or at, by)
    ended = TherapyEnd(at=at, outcome=Outcome.ABORTED_BEFORE_DOSE)
    return Change(replace(aborted, end=ended), (_completed(session, ended),))


def end_by_rule(
    session: Session, *, ended_at: datetime, outcome: Outcome, now: datetime
) -> SessionChange:
    """A consent taken back after the dose ends the therapy, and nothing else (ruling 14)."""
    return _end(session, ended_at, outcome, now=now, by=Role.SYSTEM)


def _end(
    session: Session, ended_at: datetime, outcome: Outcome, *, now: datetime, by: Role
) -> SessionChange:
    ended = TherapyEnd(at=ended_at, outcome=outcome)
    moved = replace(session.moved(Trigger.END, now, by), end=ended)
    return Change(moved, (_completed(session, ended),))


def observe(session: Session, *, at: datetime) -> SessionChange:
    """Whoever may have a dose on board is observed from the end of the therapy on (F87)."""
    if session.status is not SessionStatus.THERAPY_ENDED:
        return Change(session)
    return Change(session.moved(Trigger.OBSERVE, at, Role.SYSTEM))


def _completed(session: Session, end: TherapyEnd) -> SessionCompleted:
    return SessionCompleted(
        at=end.at, session_id=session.id, kind=session.kind, outcome=end.outcome
    )

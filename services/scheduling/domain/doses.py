"""Doses that scheduling learns of, in time or late: none is ever refused (ruling 12)."""

from dataclasses import replace
from datetime import datetime

from services.scheduling.domain.events import IncidentCode
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen, Phase, Session, SessionChange
from services.scheduling.domain.session_states import UNDER_OBSERVATION, SessionStatus, Trigger
from shared.decisions import Change

_S = SessionStatus
_NOT_RUNNING = frozenset(
    {_S.SCHEDULED, _S.BLOCKED, _S.CHECKED_IN, _S.READY, _S.CANCELLED, _S.MISSED}
)
_BELIEVED_UNDOSED = frozenset({_S.ABORTED, _S.CLOSED})


def see_doses(session: Session, doses: DosesSeen, *, at: datetime) -> SessionChange:
    """Put the session where a client with medicine on board belongs.

    A session that was believed to be without a dose is opened again: its end was none, and the
    therapist states a new one. Only a client who has left stays gone: that is for people at once.
    """
    if doses.count <= session.doses.count:
        known = doses if doses.count == session.doses.count else session.doses
        return Change(session if known == session.doses else replace(session, doses=known))
    seen = replace(session, doses=doses)
    if not session.dosing:
        return Change(seen.with_incident(IncidentCode.DOSE_OUTSIDE_SESSION, at))
    if session.client_has_left:
        return Change(seen.with_incident(IncidentCode.DOSE_AFTER_DISCHARGE, at))
    moved = seen.moved(Trigger.SEE_DOSE, at, Role.SYSTEM, phase=_phase_after(session))
    if session.status in _BELIEVED_UNDOSED:
        reopened = replace(moved, reopened=True, end=None)
        return Change(reopened.with_incident(IncidentCode.DOSE_AFTER_ABORTED_END, at))
    if session.status in _NOT_RUNNING:
        reopened = replace(moved, reopened=True, gate_id=None, blocked_by=())
        return Change(reopened.with_incident(IncidentCode.DOSE_OUTSIDE_SESSION, at))
    return Change(replace(moved, gate_id=None))


def _phase_after(session: Session) -> Phase | None:
    if session.status is SessionStatus.DOSED:
        return session.phase
    return None if session.status in UNDER_OBSERVATION else Phase.ONSET


def close_undosed(session: Session, *, at: datetime) -> SessionChange:
    """The order closed with no dose: the client is free to go, nothing has to be cleared."""
    if session.doses.count or not session.allows(Trigger.CLOSE):
        return Change(session)
    return Change(session.moved(Trigger.CLOSE, at, Role.SYSTEM))

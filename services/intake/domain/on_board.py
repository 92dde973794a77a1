"""Whose medicine may still act: from the dose until the client is discharged (rulings 14, 21).

After walking out it counts until the restriction is over, and without an end while none is known.
A dose that is later than the discharge of its session puts the client back on board.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.intake.domain.closing import Obstacle
from services.intake.domain.facts import CourseFacts


def on_board(facts: CourseFacts, now: datetime) -> Mapping[str, str]:
    """The sessions whose medicine may still act, each with the event that told its last dose."""
    return {
        session: event_id
        for session, (given_at, event_id) in sorted(_last_doses(facts, None).items())
        if not _is_off_board(facts, session, given_at, now)
    }


def was_on_board(facts: CourseFacts, at: datetime) -> bool:
    """Whether medicine was acting at that time, by all that is known by now (INV-33).

    A dose may be told after something that was agreed under it: what counts is when it was given.
    """
    return any(
        not _is_off_board(facts, session, given_at, at)
        for session, (given_at, _) in _last_doses(facts, at).items()
    )


def obstacles_on_board(facts: CourseFacts) -> tuple[Obstacle, ...]:
    """Doses whose client, as far as intake knows, has neither left nor been discharged.

    The restriction after walking out does not count here: the recovery is over (section 6.1).
    """
    sessions = sorted(
        {
            str(dose.value.session_id)
            for dose in facts.doses.open.values()
            if not facts.discharges.is_open(str(dose.value.session_id))
            and not facts.walk_outs.is_open(str(dose.value.session_id))
        }
    )
    return tuple(
        Obstacle(kind="medicine_on_board", ref=UUID(session), status="dosed", owner="scheduling")
        for session in sessions
    )


def _last_doses(facts: CourseFacts, by: datetime | None) -> Mapping[str, tuple[datetime, str]]:
    """Per session the last dose that was given before then, or at all."""
    last: dict[str, tuple[datetime, str]] = {}
    for dose in facts.doses.open.values():
        if by is not None and dose.value.administered_at >= by:
            continue
        session = str(dose.value.session_id)
        given = dose.value.administered_at, dose.event_id
        last[session] = max(last.get(session, given), given)
    return last


def _is_off_board(facts: CourseFacts, session: str, given_at: datetime, at: datetime) -> bool:
    discharged = facts.discharges.open.get(session)
    if discharged is not None:
        return given_at <= discharged.value <= at
    left = facts.walk_outs.open.get(session)
    if left is None or given_at > left.value:
        return False
    known = [
        told.value.until
        for told in facts.restrictions.values()
        if str(told.value.session_id) == session and told.value.end_known
    ]
    return bool(known) and at >= max(known)

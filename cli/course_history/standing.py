"""How a course stood at a time, line by line: each thing with its owner, its state, its source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cli.clinic.moments import rfc3339
from cli.course_history.folding import Known
from cli.course_history.standing_session import sessions
from shared.folds import Sourced
from shared.protocol import ConsentScope

HOLD_BLOCKS = ("book", "start", "dose", "discharge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing of a course. ``owner`` is the service whose word it is."""

    owner: str
    what: str
    state: str
    since: datetime | None = None
    told_by: str | None = None
    about: str | None = None

    @property
    def key(self) -> tuple[str, str, str | None]:
        return self.owner, self.what, self.about

    def as_json(self) -> dict[str, Any]:
        return {
            "owner": self.owner,
            "what": self.what,
            "about": self.about,
            "state": self.state,
            "since": None if self.since is None else rfc3339(self.since),
            "told_by": self.told_by,
        }


def standing(known: Known, at: datetime) -> tuple[Line, ...]:
    """Everything of a course at a time, in the order of the way through care."""
    return (
        _course(known, at),
        _approval(known, at),
        *_consents(known, at),
        *_holds(known),
        *_prescriptions(known, at),
        _preparation(known),
        *(
            _line(owner, what, state, told, session_id)
            for owner, what, state, told, session_id in sessions(known, at)
        ),
        *_restrictions(known, at),
    )


def _line(owner: str, what: str, state: str, told: Sourced[Any] | None, about: str | None) -> Line:
    return Line(
        owner=owner,
        what=what,
        state=state,
        since=None if told is None else told.occurred_at,
        told_by=None if told is None else told.event_id,
        about=about,
    )


def _course(known: Known, at: datetime) -> Line:
    facts, course = known.by_scheduling, str(known.course_id)
    if facts.closed is not None:
        return _line("intake", "course", f"closed: {facts.closed.value}", facts.closed, course)
    if facts.declined is not None:
        return _line("intake", "course", "declined", facts.declined, course)
    if facts.approval(at) is None:
        lost = "approval lost" if facts.approvals.members else "not approved yet"
        return _line("intake", "course", f"open, {lost}", facts.registered, course)
    prepared = known.by_prescribing.prepared
    state = "open, approved" if prepared is None else "open, approved and prepared"
    return _line("intake", "course", state, facts.registered, course)


def _approval(known: Known, at: datetime) -> Line:
    approvals = known.by_scheduling.approvals
    current = known.by_scheduling.approval(at)
    if current is not None:
        approval_id, told = current
        return _line("intake", "approval", f"until {rfc3339(told.value)}", told, approval_id)
    newest = max(approvals.members.items(), key=lambda item: item[1].event_id, default=None)
    if newest is None:
        return _line("intake", "approval", "none", None, None)
    approval_id, told = newest
    if approval_id in approvals.tombstones:
        by = approvals.tombstones[approval_id]
        return Line(owner="intake", what="approval", state="revoked", told_by=by, about=approval_id)
    return _line("intake", "approval", f"expired {rfc3339(told.value)}", told, approval_id)


def _consents(known: Known, at: datetime) -> Iterator[Line]:
    consents = known.by_scheduling.consents
    for scope in ConsentScope:
        what = f"consent {scope.value}"
        active = consents.active(scope.value, at)
        if active is not None:
            yield _line("intake", what, f"until {rfc3339(active.value)}", active, None)
            continue
        withdrawn = consents.withdrawal(scope.value)
        if withdrawn is not None:
            yield _line("intake", what, "withdrawn", withdrawn, None)
        elif any(key.endswith(f":{scope.value}") for key in consents.granted):
            yield _line("intake", what, "expired", None, None)
        else:
            yield _line("intake", what, "not signed", None, None)


def _holds(known: Known) -> Iterator[Line]:
    """Scheduling does not hear its own holds; prescribing does, and not its own."""
    found: dict[str, Line] = {}
    for hold_id, told in known.by_scheduling.open_holds(*HOLD_BLOCKS):
        hold = told.value
        found[hold_id] = _line(
            hold.owner, f"hold {hold.category}", _blocking(hold.blocks), told, hold_id
        )
    for told_hold in known.by_prescribing.holds.open.values():
        held = told_hold.value
        found.setdefault(
            str(held.hold_id),
            _line(
                held.owner,
                f"hold {held.category.value}",
                _blocking(tuple(block.value for block in held.blocks)),
                told_hold,
                str(held.hold_id),
            ),
        )
    yield from (found[hold_id] for hold_id in sorted(found))


def _blocking(blocks: tuple[str, ...]) -> str:
    return f"open, blocks {', '.join(blocks)}" if blocks else "open"


def _prescriptions(known: Known, at: datetime) -> Iterator[Line]:
    for rx_id, rx in sorted(known.by_scheduling.prescriptions.items()):
        terms, current = rx.terms.told, rx.current(at)
        if rx.revoked is not None:
            yield _line("prescribing", "prescription", "revoked", rx.revoked, rx_id)
        elif current is not None:
            used = sum(
                1
                for order in known.by_scheduling.orders.values()
                if order.count and order.prescription_id and order.prescription_id.value == rx_id
            )
            left = current.sessions_authorised - used
            state = f"{left} of {current.sessions_authorised} left, until " + rfc3339(
                current.valid_until
            )
            yield _line("prescribing", "prescription", state, terms, rx_id)
        elif rx.ended.told is not None:
            state = f"ended: {rx.ended.told.value}"
            yield _line("prescribing", "prescription", state, rx.ended.told, rx_id)
        elif terms is not None:
            yield _line("prescribing", "prescription", "expired", terms, rx_id)


def _preparation(known: Known) -> Line:
    done = known.by_prescribing.prepared
    state = "not completed" if done is None else f"completed, {done.value} sessions"
    return _line("scheduling", "preparation", state, done, None)


def _restrictions(known: Known, at: datetime) -> Iterator[Line]:
    for aftercare_id, care in sorted(known.by_scheduling.aftercare.items()):
        end = care.known_end
        if aftercare_id in known.by_scheduling.aftercare_completed:
            over = known.by_scheduling.aftercare_completed[aftercare_id]
            yield _line("notifications", "aftercare", "completed", over, care.session_id)
        kind = "enhanced" if care.enhanced else "standard"
        if end is None:
            yield _line(
                "notifications",
                "restriction",
                f"in force without a known end, {kind}",
                care.told,
                care.session_id,
            )
        else:
            word = "in force" if at < end.value else "over"
            state = f"{word}, until {rfc3339(end.value)}, {kind}"
            yield _line("notifications", "restriction", state, end, care.session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A thing that was known otherwise at the time than it is now known to have been."""

    course_id: UUID
    line: Line
    believed: str | None
    known: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "course_id": str(self.course_id),
            **self.line.as_json(),
            "believed": self.believed,
            "known": self.known,
        }


def corrections(
    course_id: UUID, believed: tuple[Line, ...], known: tuple[Line, ...]
) -> tuple[Correction, ...]:
    """Where two accounts of the same moment differ."""
    before = {line.key: line for line in believed}
    after = {line.key: line for line in known}
    found = []
    for key in dict.fromkeys((*before, *after)):
        was, became = before.get(key), after.get(key)
        line = became or was
        state_was = None if was is None else was.state
        state_became = None if became is None else became.state
        if line is not None and state_was != state_became:
            found.append(
                Correction(course_id=course_id, line=line, believed=state_was, known=state_became)
            )
    return tuple(found)

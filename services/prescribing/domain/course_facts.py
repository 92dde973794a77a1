"""What prescribing knows of a course from the other services' events (fold table, section 5.1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.domain.vocabulary import CourseDecision, SessionKind, SessionOutcome
from shared.folds import Highest, Sourced, TimedSet, owned_key
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity

NOT_KNOWN: Final = SessionFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    therapist_ref: UUID | None
    prescriber_ref: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersHold:
    """A hold that another service owns."""

    hold_id: UUID
    owner: str
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReview:
    decision: CourseDecision
    covers_until_session_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """What notifications keeps the client from; without a known end it is in force (ruling 21)."""

    session_id: UUID
    until: datetime
    end_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """Allows nothing before a dose by itself: peers' answers do, these facts only refuse."""

    course_id: UUID
    client_id: UUID
    registered: Sourced[bool] | None = None
    approvals: TimedSet[datetime] = field(default_factory=TimedSet)
    consents: TimedSet[datetime] = field(default_factory=TimedSet)
    holds: TimedSet[OthersHold] = field(default_factory=TimedSet)
    care_team: Highest[CareTeam] = field(default_factory=Highest)
    reviews: Mapping[str, Sourced[CourseReview]] = field(default_factory=dict)
    prepared: Sourced[int] | None = None
    closed: Sourced[datetime] | None = None
    sessions: Mapping[str, SessionFacts] = field(default_factory=dict)
    restrictions: Mapping[str, Highest[Restriction]] = field(default_factory=dict)

    def session(self, session_id: UUID) -> SessionFacts:
        return self.sessions.get(str(session_id), NOT_KNOWN)

    def in_session(
        self, session_id: UUID, step: Callable[[SessionFacts], SessionFacts]
    ) -> "CourseFacts":
        """The same facts with one session told something more."""
        told = step(self.session(session_id))
        return replace(self, sessions={**self.sessions, str(session_id): told})

    def register(self, told: Sourced[bool]) -> "CourseFacts":
        return replace(self, registered=_earliest(self.registered, told))

    def approve(self, approval_id: UUID, valid_until: Sourced[datetime]) -> "CourseFacts":
        return replace(self, approvals=self.approvals.add(str(approval_id), valid_until))

    def revoke_approval(
        self, approval_id: UUID, event_id: str, at: datetime | None = None
    ) -> "CourseFacts":
        return replace(self, approvals=self.approvals.remove_at(str(approval_id), event_id, at))

    def grant(
        self, consent_id: UUID, scopes: Iterable[ConsentScope], valid_until: Sourced[datetime]
    ) -> "CourseFacts":
        consents = self.consents
        for scope in scopes:
            consents = consents.add(_consent(consent_id, scope), valid_until)
        return replace(self, consents=consents)

    def end_consent(
        self,
        consent_id: UUID,
        scopes: Iterable[ConsentScope],
        event_id: str,
        at: datetime | None = None,
    ) -> "CourseFacts":
        """Withdrawn or expired: final for these scopes of this signature."""
        consents = self.consents
        for scope in scopes:
            consents = consents.remove_at(_consent(consent_id, scope), event_id, at)
        return replace(self, consents=consents)

    def place(self, hold: Sourced[OthersHold]) -> "CourseFacts":
        return replace(
            self, holds=self.holds.add(owned_key(hold.value.owner, hold.value.hold_id), hold)
        )

    def lift(
        self, owner: str, hold_id: UUID, event_id: str, at: datetime | None = None
    ) -> "CourseFacts":
        """Only its owner's word lifts a hold: another's names a hold that is not there (INV-32)."""
        return replace(self, holds=self.holds.remove_at(owned_key(owner, hold_id), event_id, at))

    def assign(self, version: int, team: Sourced[CareTeam]) -> "CourseFacts":
        return replace(self, care_team=self.care_team.tell(version, team))

    def review(self, review_id: UUID, told: Sourced[CourseReview]) -> "CourseFacts":
        return replace(self, reviews={**self.reviews, str(review_id): told})

    def prepare(self, told: Sourced[int]) -> "CourseFacts":
        return replace(self, prepared=_earliest(self.prepared, told))

    def close(self, told: Sourced[datetime]) -> "CourseFacts":
        return replace(self, closed=_earliest(self.closed, told))

    def restrict(
        self, aftercare_id: UUID, version: int, told: Sourced[Restriction]
    ) -> "CourseFacts":
        known = self.restrictions.get(str(aftercare_id), Highest())
        newest = {str(aftercare_id): known.tell(version, told)}
        return replace(self, restrictions={**self.restrictions, **newest})

    def approval_at(self, at: datetime) -> Sourced[datetime] | None:
        """An approval that is granted, not revoked and not past its end."""
        return _lasting(self.approvals.open.values(), at)

    def consent_at(self, scope: ConsentScope, at: datetime) -> Sourced[datetime] | None:
        """A signature of this scope that is neither withdrawn nor past its end."""
        ending = f":{scope}"
        return _lasting(
            (told for key, told in self.consents.open.items() if key.endswith(ending)), at
        )

    def approved_as_of(self, at: datetime) -> bool:
        """Whether an approval stood at a time that has passed."""
        return _lasting(self.approvals.open_at(at).values(), at) is not None

    def consented_as_of(self, scope: ConsentScope, at: datetime) -> bool:
        """Whether a signature of this scope was in force at a time that has passed."""
        signed = self.consents.open_at(at).items()
        return _lasting((told for key, told in signed if key.endswith(f":{scope}")), at) is not None

    def held_as_of(self, blocking: HoldBlock, at: datetime) -> bool:
        """Whether one of the others' holds blocked this at a time that has passed."""
        return any(blocking in told.value.blocks for told in self.holds.open_at(at).values())

    def consent_lost(self, scope: ConsentScope) -> str | None:
        """The event that withdrew or ended a signature of this scope, if one did."""
        ending = f":{scope}"
        return next(
            (
                told
                for key, told in sorted(self.consents.tombstones.items())
                if key.endswith(ending)
            ),
            None,
        )

    def open_holds(self, *blocking: HoldBlock) -> tuple[Sourced[OthersHold], ...]:
        """The others' open holds that block any of these."""
        return tuple(
            told for told in self.holds.open.values() if set(told.value.blocks) & set(blocking)
        )

    def known_owners(self, hold_id: UUID) -> frozenset[str]:
        """Who placed a hold with this id, as far as is known."""
        return frozenset(
            told.value.owner
            for told in self.holds.members.values()
            if told.value.hold_id == hold_id
        )

    def review_cover(self) -> Sourced[CourseReview] | None:
        """The newest course review."""
        return max(self.reviews.values(), key=lambda s: (s.occurred_at, s.event_id), default=None)

    def integration_since(self, moment: datetime) -> tuple[Sourced[datetime], ...]:
        """Integration sessions held, or declined, after that time (F95, F92)."""
        held = (
            Sourced(end.value.ended_at, end.event_id, end.occurred_at)
            for session in self.sessions.values()
            if session.kind is SessionKind.INTEGRATION
            for end in session.ends.values()
            if end.value.outcome is not SessionOutcome.ABORTED_BEFORE_DOSE
        )
        declined = (
            session.integration_declined
            for session in self.sessions.values()
            if session.integration_declined is not None
        )
        return tuple(told for told in (*held, *declined) if told.value > moment)

    def dosing_sessions(self) -> Mapping[UUID, SessionFacts]:
        """The course's dosing sessions, in the order of their windows."""
        dosing = [
            (UUID(key), session)
            for key, session in self.sessions.items()
            if session.kind is SessionKind.DOSING and session.window.told is not None
        ]
        return dict(sorted(dosing, key=_by_window))


def earliest_fact(known: Sourced[datetime] | None, told: Sourced[datetime]) -> Sourced[datetime]:
    """The telling with the earliest time; which event told it first does not matter."""
    return _earliest(known, told)


def _earliest(known: Sourced | None, told: Sourced) -> Sourced:  # type: ignore[type-arg]
    if known is None:
        return told
    return min(known, told, key=lambda s: (s.occurred_at, s.event_id))


def _lasting(candidates: Iterable[Sourced[datetime]], at: datetime) -> Sourced[datetime] | None:
    lasting = (told for told in candidates if at < told.value)
    return max(lasting, key=lambda s: (s.value, s.event_id), default=None)


def _consent(consent_id: UUID, scope: ConsentScope) -> str:
    return f"{consent_id}:{scope}"


def _by_window(item: tuple[UUID, SessionFacts]) -> tuple[datetime, str]:
    session_id, session = item
    told = session.window.told
    if told is None:
        raise LookupError("a session without a window has no place in the order")
    return told.value.starts_at, str(session_id)

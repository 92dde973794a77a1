"""What scheduling knows of a course from the others' events: the fold table of clinical.md 5.1.

Every telling is a set member, a highest version or a tombstone, so any order and any repetition
gives the same facts (INV-38). Facts refuse; what allows comes from the owner's answer (ruling 6).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.aftercare_facts import AftercareFacts
from services.scheduling.domain.consent_facts import ConsentFacts
from services.scheduling.domain.preferences import Preferences
from services.scheduling.domain.prescription_facts import (
    DoseFact,
    OrderFacts,
    PrescriptionFacts,
    PrescriptionTerms,
)
from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.domain.told import Told, first_told
from shared.folds import Highest, PhasedSet, Sourced, owned_key


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFact:
    category: str
    blocks: tuple[str, ...]
    severity: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    therapist_ref: UUID | None
    prescriber_ref: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    id: UUID
    client_id: UUID
    registered: Sourced[bool] | None = None
    care_team: Highest[CareTeam] = field(default_factory=Highest)
    approvals: PhasedSet[datetime] = field(default_factory=PhasedSet)
    declined: Sourced[bool] | None = None
    closed: Sourced[str] | None = None
    consents: ConsentFacts = field(default_factory=ConsentFacts)
    preferences: Mapping[str, Sourced[Preferences]] = field(default_factory=dict)
    reviews: Mapping[str, Sourced[int]] = field(default_factory=dict)
    holds: PhasedSet[HoldFact] = field(default_factory=PhasedSet)
    prescriptions: Mapping[str, PrescriptionFacts] = field(default_factory=dict)
    orders: Mapping[str, OrderFacts] = field(default_factory=dict)
    sessions: Mapping[str, SessionFacts] = field(default_factory=dict)
    aftercare: Mapping[str, AftercareFacts] = field(default_factory=dict)
    aftercare_completed: Mapping[str, Sourced[bool]] = field(default_factory=dict)

    def register(self, told: Told) -> "CourseFacts":
        return replace(self, registered=first_told(self.registered, told.of(value=True)))

    def assign(self, told: Told, version: int, team: CareTeam) -> "CourseFacts":
        return replace(self, care_team=self.care_team.tell(version, told.of(team)))

    def approve(self, told: Told, approval_id: str, valid_until: datetime) -> "CourseFacts":
        return replace(self, approvals=self.approvals.add(approval_id, told.of(valid_until)))

    def revoke_approval(self, told: Told, approval_id: str) -> "CourseFacts":
        return replace(self, approvals=self.approvals.remove(approval_id, told.event_id))

    def decline(self, told: Told) -> "CourseFacts":
        return replace(self, declined=first_told(self.declined, told.of(value=True)))

    def close(self, told: Told, outcome: str) -> "CourseFacts":
        return replace(self, closed=first_told(self.closed, told.of(outcome)))

    def consent(self, step: Callable[[ConsentFacts], ConsentFacts]) -> "CourseFacts":
        return replace(self, consents=step(self.consents))

    def prefer(self, told: Told, version: int, preferences: Preferences) -> "CourseFacts":
        kept = first_told(self.preferences.get(str(version)), told.of(preferences))
        return replace(self, preferences={**self.preferences, str(version): kept})

    def review(self, told: Told, review_id: str, covers_until: int) -> "CourseFacts":
        kept = first_told(self.reviews.get(review_id), told.of(covers_until))
        return replace(self, reviews={**self.reviews, review_id: kept})

    def place_hold(self, told: Told, hold_id: str, hold: HoldFact) -> "CourseFacts":
        return replace(self, holds=self.holds.add(owned_key(hold.owner, hold_id), told.of(hold)))

    def lift_hold(self, told: Told, hold_id: str, *, by: str) -> "CourseFacts":
        """Only the service that placed a hold lifts it: a foreign lift is no tombstone (INV-32)."""
        return replace(self, holds=self.holds.remove(owned_key(by, hold_id), told.event_id))

    def open_holds(self, *blocks: str) -> Iterable[tuple[str, Sourced[HoldFact]]]:
        """Holds that are placed and not lifted by their owner, and block one of these."""
        for key, told in self.holds.members.items():
            lifted = owned_key(told.value.owner, _hold_id(key)) in self.holds.tombstones
            if not lifted and set(blocks) & set(told.value.blocks):
                yield _hold_id(key), told

    def hold_owners(self, hold_id: str) -> frozenset[str]:
        """Which services placed a hold of this id, as far as is known."""
        return frozenset(
            told.value.owner for key, told in self.holds.members.items() if _hold_id(key) == hold_id
        )

    def prescribe(
        self, told: Told, rx_id: str, version: int, terms: PrescriptionTerms
    ) -> "CourseFacts":
        known = self._prescription(rx_id)
        told_terms = told.of(replace(terms, told_as=told.version))
        return self._with_prescription(
            rx_id, replace(known, terms=known.terms.tell(version, told_terms))
        )

    def revoke_prescription(self, told: Told, rx_id: str) -> "CourseFacts":
        known = self._prescription(rx_id)
        revoked = first_told(known.revoked, told.of(value=True))
        return self._with_prescription(rx_id, replace(known, revoked=revoked))

    def end_prescription(self, told: Told, rx_id: str, reason: str) -> "CourseFacts":
        known = self._prescription(rx_id)
        ended = known.ended.tell(told.version, told.of(reason))
        return self._with_prescription(rx_id, replace(known, ended=ended))

    def order(
        self, order_id: str, session_id: str, step: Callable[[OrderFacts], OrderFacts]
    ) -> "CourseFacts":
        known = self.orders.get(order_id) or OrderFacts(session_id=session_id)
        return replace(self, orders={**self.orders, order_id: step(known)})

    def session(
        self, session_id: str, step: Callable[[SessionFacts], SessionFacts]
    ) -> "CourseFacts":
        return replace(
            self, sessions={**self.sessions, session_id: step(self.of_session(session_id))}
        )

    def care_after(
        self,
        told: Told,
        aftercare_id: str,
        session_id: str,
        until: datetime,
        *,
        end_known: bool,
        plan: str | None = None,
    ) -> "CourseFacts":
        known = self.aftercare.get(aftercare_id) or AftercareFacts(
            session_id=session_id, told=told.of(until)
        )
        known = known.extended(told, until, end_known=end_known)
        known = known if plan is None else known.planned(told, plan)
        return replace(self, aftercare={**self.aftercare, aftercare_id: known})

    def care_completed(self, told: Told, aftercare_id: str) -> "CourseFacts":
        kept = first_told(self.aftercare_completed.get(aftercare_id), told.of(value=True))
        return replace(self, aftercare_completed={**self.aftercare_completed, aftercare_id: kept})

    def of_session(self, session_id: str) -> SessionFacts:
        return self.sessions.get(session_id) or SessionFacts()

    def orders_of(self, session_id: str) -> Mapping[str, OrderFacts]:
        return {k: o for k, o in self.orders.items() if o.session_id == session_id}

    def doses_of(self, session_id: str) -> tuple[DoseFact, ...]:
        """Every dose of a session that was told, in the order of taking."""
        taken = [
            told.value
            for order in self.orders_of(session_id).values()
            for told in order.doses.values()
        ]
        return tuple(sorted(taken, key=lambda dose: dose.administered_at))

    def dose_count(self, session_id: str) -> int:
        """A session's count is the sum over its orders (ruling 18)."""
        return sum(order.count for order in self.orders_of(session_id).values())

    def approval(self, at: datetime) -> tuple[str, Sourced[datetime]] | None:
        """The approval that is current at a moment: granted, not revoked, not expired."""
        current = [(i, told) for i, told in self.approvals.open.items() if at < told.value]
        return max(current, key=lambda item: (item[1].value, item[0]), default=None)

    @property
    def approval_lost(self) -> bool:
        """Whether an approval was revoked and no other stands (ruling 17)."""
        return bool(self.approvals.tombstones) and not self.approvals.open

    def _prescription(self, rx_id: str) -> PrescriptionFacts:
        return self.prescriptions.get(rx_id) or PrescriptionFacts()

    def _with_prescription(self, rx_id: str, facts: PrescriptionFacts) -> "CourseFacts":
        return replace(self, prescriptions={**self.prescriptions, rx_id: facts})


def _hold_id(key: str) -> str:
    return key.rpartition(":")[2]


def no_facts(course_id: UUID, client_id: UUID) -> CourseFacts:
    """What is known of a course that nothing was told of."""
    return CourseFacts(id=course_id, client_id=client_id)

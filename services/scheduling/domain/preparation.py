"""Preparation of a course: sessions held, as a set, and the therapist's signature (F47 to F52)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.scheduling.domain.events import PreparationCompleted
from services.scheduling.domain.steps import Steps
from shared.decisions import Change, Unblock
from shared.protocol import Prep


class PreparationStatus(StrEnum):
    UNDER_WAY = "under_way"
    SIGNED = "signed"
    COMPLETED = "completed"


class PreparationStep(StrEnum):
    COUNT_SESSION = "count_session"
    SIGN = "sign"


_S, _T = PreparationStatus, PreparationStep
STEPS: Final = Steps(
    about="preparation",
    cites="F49",
    possible={
        _S.UNDER_WAY: frozenset(_T),
        _S.SIGNED: frozenset(_T),
        _S.COMPLETED: frozenset({_T.COUNT_SESSION}),
    },
    slugs={(_S.COMPLETED, _T.SIGN): "preparation-already-signed"},
)
"""What was signed and told is not rewritten: a doubt that comes later is a hold or a finding."""
_DOUBT: Final = Unblock(
    fact="what changed since the signature",
    owner="intake",
    action="submit a new screening or revoke the approval; a hold keeps the client from a start",
)


class PrepItem(StrEnum):
    """What a preparation covers (F49, F50, F51)."""

    RAPPORT_BUILT = "rapport_built"
    HISTORY_GATHERED = "history_gathered"
    SUITABILITY_REASSESSED = "suitability_reassessed"
    INTENTIONS_SET = "intentions_set"
    COPING_STRATEGIES_TAUGHT = "coping_strategies_taught"
    DIFFERENCES_REVIEWED = "differences_reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    therapist_ref: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    id: UUID
    client_id: UUID
    course_id: UUID
    status: PreparationStatus = PreparationStatus.UNDER_WAY
    sessions: frozenset[UUID] = frozenset()
    therapists: frozenset[UUID] = frozenset()
    checklist: frozenset[PrepItem] = frozenset()
    checklist_version: int = 0
    signed: SignOff | None = None
    completed_at: datetime | None = None

    @property
    def open_items(self) -> tuple[PrepItem, ...]:
        return tuple(item for item in PrepItem if item not in self.checklist)


PreparationChange: TypeAlias = Change[Preparation, PreparationCompleted]


def count_session(
    preparation: Preparation, *, session_id: UUID, therapist_ref: UUID, rules: Prep, at: datetime
) -> PreparationChange:
    """A preparation session was held. Told twice, it counts once (INV-4)."""
    counted = replace(
        preparation,
        sessions=preparation.sessions | {session_id},
        therapists=preparation.therapists | {therapist_ref},
    )
    return _complete_if_met(counted, rules, at)


def sign(
    preparation: Preparation,
    *,
    checklist: Mapping[PrepItem, bool],
    therapist_ref: UUID,
    rules: Prep,
    at: datetime,
) -> PreparationChange:
    """The therapist's checklist; signed while every item is covered, and complete for good.

    An item that is taken back takes the signature with it, so that nothing completes by the next
    session alone (F26, F49). Where the clinic asks for no signature, one may follow.
    """
    if preparation.signed is not None:
        STEPS.need(
            preparation.status, PreparationStep.SIGN, _DOUBT, course_id=str(preparation.course_id)
        )
    covered = (preparation.checklist | {i for i, done in checklist.items() if done}) - {
        i for i, done in checklist.items() if not done
    }
    answered = replace(
        preparation,
        checklist=frozenset(covered),
        checklist_version=preparation.checklist_version + 1,
    )
    signature = None
    if not answered.open_items:
        signature = preparation.signed or SignOff(therapist_ref=therapist_ref, at=at)
    return _complete_if_met(replace(answered, signed=signature), rules, at)


def under_rules(preparation: Preparation, rules: Prep, at: datetime) -> Preparation:
    """The same sessions and signature as they would count under other rules."""
    if _met(preparation, rules):
        return _complete_if_met(preparation, rules, at).state
    return _under_way(preparation)


def _met(preparation: Preparation, rules: Prep) -> bool:
    signed = preparation.signed is not None or not rules.therapist_signoff
    return signed and len(preparation.sessions) >= max(rules.min_sessions, rules.floor_min)


def _under_way(preparation: Preparation) -> Preparation:
    status = PreparationStatus.SIGNED if preparation.signed else PreparationStatus.UNDER_WAY
    return replace(preparation, status=status, completed_at=None)


def _complete_if_met(preparation: Preparation, rules: Prep, at: datetime) -> PreparationChange:
    if preparation.completed_at is not None:
        return Change(preparation)
    if not _met(preparation, rules):
        return Change(_under_way(preparation))
    completed = replace(preparation, status=PreparationStatus.COMPLETED, completed_at=at)
    told = PreparationCompleted(
        at=at,
        prep_count=len(preparation.sessions),
        checklist_version=max(1, preparation.checklist_version),
    )
    return Change(completed, (told,))

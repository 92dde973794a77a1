"""G-DOSE: every rule that must hold before a dose (ruling 13, INV-8 to INV-12).

Peers' answers alone allow what they own; local facts, folded from events, only add refusals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.prescribing.domain.answers_of_peers import (
    COURSE_ACTIVE,
    EscortState,
    IntakeAnswer,
    Lane,
    SchedulingAnswer,
)
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.enrolment import enrolled
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.own_dose_rules import OwnDoseFacts, own_dose_rules
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.verdicts import rule
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import ClinicProtocol, HoldBlock, protocol_agreed, protocol_known

G_DOSE: Final = "G-DOSE"
MAX_BEHIND_SECONDS: Final = 30.0
AUTHORITIES: Final = ("intake", "scheduling")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseGateFacts:
    """Everything the gate looks at. An answer that did not come is None."""

    now: datetime
    dose_seq: int
    order: DoseOrder
    prescription: Prescription | None
    check: PreDoseCheck | None
    own_holds: tuple[Hold, ...]
    course: CourseFacts
    intake: IntakeAnswer | None
    scheduling: SchedulingAnswer | None
    lanes: Mapping[str, Lane]
    protocol: ClinicProtocol
    enrolled: bool = False


def dose_decision(facts: DoseGateFacts) -> Decision:
    """G-DOSE, whole: no rule hides behind another."""
    own = OwnDoseFacts(
        at=facts.now,
        dose_seq=facts.dose_seq,
        order=facts.order,
        prescription=facts.prescription,
        check=facts.check,
        holds=facts.own_holds,
        protocol=facts.protocol,
    )
    return Decision.of(
        G_DOSE,
        (
            protocol_known(facts.protocol, "prescribing"),
            enrolled(facts.protocol, done=facts.enrolled),
            *_peers(facts),
            *_session(facts),
            *_course(facts),
            _escort(facts),
            *own_dose_rules(own),
            _holds_of_others(facts),
            *_lanes(facts),
        ),
    )


def _peers(facts: DoseGateFacts) -> Iterator[Verdict]:
    answers = {"intake": facts.intake, "scheduling": facts.scheduling}
    for peer, answer in answers.items():
        yield rule(
            f"{peer}-did-not-answer",
            "ruling 6",
            answer is not None and answer.usable,
            unblocks=(
                Unblock(
                    fact=f"an answer of {peer}, not older than 5 s",
                    owner=peer,
                    action="try again when the service answers",
                ),
            ),
            answered=answer is not None,
            known=answer.known if answer else None,
            unverifiable=answer.unverifiable if answer else None,
        )
        if answer is not None:
            yield protocol_agreed(facts.protocol, peer, answer.protocol)


def _session(facts: DoseGateFacts) -> Iterator[Verdict]:
    answer = facts.scheduling
    session = facts.course.session(facts.order.session_id)
    end = session.end(dosed=facts.order.count > 0)
    over = session.off or end or session.departure
    yield rule(
        "session-not-in-progress",
        "INV-8",
        answer is not None and answer.in_progress and session.started is not None and over is None,
        source=session.started.event_id if session.started else None,
        unblocks=(
            Unblock(fact="the start of the dosing session", owner="scheduling", action="start it"),
        ),
        scheduling_says=answer.session_status if answer else None,
        started=session.started is not None,
        over=over is not None,
    )
    yield rule(
        "session-stopped",
        "INV-11",
        answer is not None and not answer.stopped and session.stop is None,
        source=session.stop.event_id if session.stop else None,
        unblocks=(
            Unblock(
                fact="a session that nobody stopped",
                owner="scheduling",
                action="book another one; a stop is final for its session",
            ),
        ),
        scheduling_says_stopped=answer.stopped if answer else None,
        stop_seen=session.stop is not None,
    )


def _course(facts: DoseGateFacts) -> Iterator[Verdict]:
    answer, course = facts.intake, facts.course
    yield rule(
        "course-not-active",
        "ruling 13",
        answer is not None and answer.course_status == COURSE_ACTIVE and course.closed is None,
        source=course.closed.event_id if course.closed else None,
        unblocks=(
            Unblock(
                fact="an active course",
                owner="intake",
                action="see what the course waits for; a closed one is followed by a new one",
            ),
        ),
        intake_says=answer.course_status if answer else None,
        closed_seen=course.closed is not None,
    )
    revoked = course.approvals.tombstones
    answered = answer.approval_id if answer else None
    tombstone = revoked.get(str(answered)) if answered else None
    yield rule(
        "approval-not-current",
        "INV-1",
        answer is not None and answer.approval_active and tombstone is None,
        source=tombstone,
        unblocks=(
            Unblock(fact="a current approval", owner="intake", action="evaluate the client anew"),
        ),
        intake_says=answer.approval_active if answer else None,
        revocation_seen=tombstone is not None,
    )
    for scope in facts.protocol.consent.required_scopes:
        withdrawn = course.consent_lost(scope)
        known = course.consent_at(scope, facts.now)
        yield rule(
            f"consent-{scope.replace('_', '-')}-not-active",
            "INV-3",
            answer is not None
            and scope in answer.active_scopes
            and (known is not None or withdrawn is None),
            source=known.event_id if known else withdrawn,
            unblocks=(Unblock(fact="consent", owner="intake", action="ask the client"),),
            intake_says=scope in answer.active_scopes if answer else None,
            withdrawal_seen=withdrawn is not None,
        )


def _escort(facts: DoseGateFacts) -> Verdict:
    answer = facts.scheduling
    session = facts.course.session(facts.order.session_id)
    lost = bool(session.escorts.tombstones) and not session.escorts.open
    confirmed = answer is not None and answer.escort in {
        EscortState.CONFIRMED,
        EscortState.ARRIVED,
    }
    return rule(
        "escort-not-confirmed",
        "F89",
        confirmed and not lost,
        sources=tuple(
            session.escorts.tombstones.values()
            if lost
            else (told.event_id for told in session.escorts.open.values())
        ),
        unblocks=(Unblock(fact="a trusted adult", owner="scheduling", action="confirm an escort"),),
        scheduling_says=answer.escort if answer else None,
        cancellation_seen=lost,
    )


def _holds_of_others(facts: DoseGateFacts) -> Verdict:
    told = {
        hold.hold_id: hold
        for answer in (facts.intake, facts.scheduling)
        if answer is not None
        for hold in answer.open_holds
        if HoldBlock.DOSE in hold.blocks
    }
    seen = facts.course.open_holds(HoldBlock.DOSE)
    categories = {hold.category for hold in told.values()} | {s.value.category for s in seen}
    return rule(
        "hold-blocks-dose",
        "INV-9",
        not categories,
        sources=tuple(s.event_id for s in seen),
        unblocks=tuple(
            Unblock(fact=f"hold {category} lifted", owner=owner, action="lift the hold")
            for owner, category in sorted(
                {(h.owner, h.category) for h in (*told.values(), *(s.value for s in seen))}
            )
        ),
        categories=tuple(sorted(categories)),
    )


def _lanes(facts: DoseGateFacts) -> Iterator[Verdict]:
    unheard = Lane(age_seconds=None)
    for producer in sorted({*facts.lanes, *AUTHORITIES}):
        lane = facts.lanes.get(producer, unheard)
        behind = lane.age_seconds
        recent = behind is not None and behind <= MAX_BEHIND_SECONDS
        yield rule(
            f"{producer}-events-unverifiable",
            "INV-39",
            lane.waiting == 0 and lane.parked == 0 and (recent or producer not in AUTHORITIES),
            unblocks=(
                Unblock(
                    fact=f"all events of {producer}",
                    owner=producer,
                    action="wait until they arrive, or redrive what is parked",
                ),
            ),
            waiting=lane.waiting,
            parked=lane.parked,
            behind_seconds=round(behind, 1) if behind is not None else None,
        )

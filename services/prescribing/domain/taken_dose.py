"""A dose that was taken against a rule: which rules, as things stood when it was taken (ruling 12).

What was placed, lifted, withdrawn, granted, revoked or returned since then changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_ledger import DoseLedger, EntryKind
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.own_dose_rules import OwnDoseFacts, own_dose_rules
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.domain.vocabulary import SessionOutcome
from shared.folds import Sourced
from shared.protocol import ClinicProtocol, HoldBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDoseFacts:
    """No peer is asked: the dose is on board whatever they say.

    ``enrolled_at`` is when the enrolment in a certified programme was signed.
    """

    own: OwnDoseFacts
    course: CourseFacts
    ledger: DoseLedger | None = None
    enrolled_at: datetime | None = None


def broken_rules(facts: TakenDoseFacts) -> tuple[str, ...]:
    """The slugs of the rules that the dose broke when it was taken."""
    own, course = facts.own, facts.course
    broken = (
        *_of_the_medicine(facts),
        *told_rules_broken(own.order, course, own.protocol, own.at, seq=own.dose_seq),
        *(verdict.slug for verdict in own_dose_rules(own) if not verdict.holds),
    )
    return tuple(dict.fromkeys(broken))


def told_rules_broken(
    order: DoseOrder, course: CourseFacts, protocol: ClinicProtocol, at: datetime, *, seq: int
) -> tuple[str, ...]:
    """The rules over what others tell. What they tell late is looked at again."""
    return tuple(_told(order, course, protocol, at, seq))


def _of_the_medicine(facts: TakenDoseFacts) -> Iterator[str]:
    own, at = facts.own, facts.own.at
    if not _out(facts.ledger, own.order, at):
        yield "medicine-not-released"
    enrolled = facts.enrolled_at is not None and facts.enrolled_at <= at
    if own.protocol.prescription.enrolment_required and not enrolled:
        yield "enrolment-missing"


def _out(ledger: DoseLedger | None, order: DoseOrder, at: datetime) -> bool:
    """Released by then, and since its release neither returned nor taken.

    Without a ledger nobody wrote down when: the order says what holds now.
    """
    if ledger is None:
        return order.medicine_out
    moved = [entry for entry in ledger.entries if entry.at <= at]
    released = max((e.at for e in moved if e.kind is EntryKind.RELEASED), default=None)
    if released is None:
        return False
    returned = any(e.kind is EntryKind.RETURNED and e.at >= released for e in moved)
    taken = any(released <= dose.administered_at <= at for dose in order.doses)
    return not returned and not taken


def _told(
    order: DoseOrder, course: CourseFacts, protocol: ClinicProtocol, at: datetime, seq: int
) -> Iterator[str]:
    session = course.session(order.session_id)
    earlier = any(dose.administered_at < at for dose in order.doses if dose.seq != seq)
    if not _in_progress(session, at, dosed=earlier):
        yield "session-not-in-progress"
    if _before(session.stop, at):
        yield "session-stopped"
    if _before(course.closed, at):
        yield "course-not-active"
    if not course.approved_as_of(at):
        yield "approval-not-current"
    for scope in protocol.consent.required_scopes:
        if not course.consented_as_of(scope, at):
            yield f"consent-{scope.replace('_', '-')}-not-active"
    if not session.escorts.open_at(at):
        yield "escort-not-confirmed"
    if course.held_as_of(HoldBlock.DOSE, at):
        yield "hold-blocks-dose"


def _in_progress(session: SessionFacts, at: datetime, *, dosed: bool) -> bool:
    """An end before the dose ends a session that had none; of the others the latest counts."""
    if session.started is None or session.started.value > at:
        return False
    aborted = any(
        told.value.outcome is SessionOutcome.ABORTED_BEFORE_DOSE and told.value.ended_at <= at
        for told in session.ends.values()
    )
    end = session.end(dosed=True)
    if (aborted and not dosed) or (end is not None and end.value.ended_at <= at):
        return False
    return session.departure is None or session.departure.value.at > at


def _before(told: Sourced[datetime] | None, at: datetime) -> bool:
    return told is not None and told.value <= at

"""What a start needs of intake: course, approval, consent, review. Its answer allows."""

from collections.abc import Iterator
from datetime import datetime

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.peer_answers import IntakeWord
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict
from shared.protocol import ClinicProtocol


def intake_allows(
    word: IntakeWord, facts: CourseFacts, protocol: ClinicProtocol, now: datetime
) -> Iterator[Verdict]:
    yield _course_active(word, facts)
    yield _approved(word, facts, now)
    for scope in protocol.consent.required_scopes:
        yield _consented(word, facts, scope.value, now)
    yield _reviewed(word, facts, protocol)


def _course_active(word: IntakeWord, facts: CourseFacts) -> Verdict:
    ended = facts.closed or facts.declined
    return judge(
        "course-not-active",
        "G-START",
        ok=word.course_status == "active" and ended is None,
        facts={"course_status": word.course_status, "told_ended": ended is not None},
        sources=(ended.event_id,) if ended else (),
        unblocks=(Unblock(fact="course", owner="intake", action="bring it to active"),),
    )


def _approved(word: IntakeWord, facts: CourseFacts, now: datetime) -> Verdict:
    """INV-1: an approval that was told to be revoked is dead, whatever the answer says."""
    approval = word.approval
    revoked_by = facts.approvals.tombstones.get(approval.id) if approval else None
    known = facts.approvals.members.get(approval.id) if approval else None
    return judge(
        "approval-not-current",
        "INV-1",
        ok=approval is not None
        and approval.active
        and now < approval.valid_until
        and revoked_by is None,
        facts={
            "approval_id": approval.id if approval else None,
            "valid_until": approval.valid_until.isoformat() if approval else None,
            "revoked": revoked_by is not None,
        },
        sources=[e for e in (revoked_by, known.event_id if known else None) if e],
        unblocks=(Unblock(fact="approval", owner="intake", action="approve the client"),),
    )


def _consented(word: IntakeWord, facts: CourseFacts, scope: str, now: datetime) -> Verdict:
    """INV-3: a signature that was told to be withdrawn or expired is dead for this scope."""
    consent = word.consents.get(scope)
    dead = facts.consents.dead(scope, consent.id) if consent else None
    return judge(
        f"consent-{scope.replace('_', '-')}-not-active",
        "INV-3",
        ok=consent is not None and consent.active and now < consent.valid_until and dead is None,
        facts={
            "scope": scope,
            "consent_id": consent.id if consent else None,
            "valid_until": consent.valid_until.isoformat() if consent else None,
            "told_ended": dead is not None,
        },
        sources=(dead.event_id,) if dead else (),
        unblocks=(Unblock(fact=f"consent:{scope}", owner="intake", action="ask the client"),),
    )


def _reviewed(word: IntakeWord, facts: CourseFacts, protocol: ClinicProtocol) -> Verdict:
    """INV-18: no dose beyond what the last review covers."""
    told = [review.value for review in facts.reviews.values()]
    covered = word.covers_until_session_no or max(told, default=protocol.course.review_every)
    return judge(
        "course-review-due",
        "INV-18",
        ok=word.dosed_count < covered,
        facts={"dosed_count": word.dosed_count, "covered_until": covered},
        unblocks=(Unblock(fact="course review", owner="intake", action="review the course"),),
    )

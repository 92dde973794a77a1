"""What a start needs of prescribing: an authorised order, a valid check, a live prescription."""

from collections.abc import Iterator
from datetime import datetime

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.peer_answers import PrescribingWord
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict


def prescribing_allows(
    word: PrescribingWord, facts: CourseFacts, session_id: str, now: datetime
) -> Iterator[Verdict]:
    yield _authorised(word, facts, now)
    yield _checked(word, facts, session_id, now)
    yield _prescribed(word, facts, now)


def _authorised(word: PrescribingWord, facts: CourseFacts, now: datetime) -> Verdict:
    """An order bound to this session and unexpired; one told to be withheld or closed is none."""
    order = word.order
    told = facts.orders.get(order.id) if order else None
    dead = told.withheld or told.closed.told if told else None
    in_time = order is not None and order.valid_until is not None and now < order.valid_until
    return judge(
        "dose-not-authorised",
        "G-START",
        ok=order is not None and order.authorised and not order.closed and in_time and dead is None,
        facts={
            "dose_order_id": order.id if order else None,
            "authorised": order is not None and order.authorised,
            "valid_until": order.valid_until.isoformat() if order and order.valid_until else None,
            "told_ended": dead is not None,
        },
        sources=(dead.event_id,) if dead else (),
        unblocks=(
            Unblock(fact="dose order", owner="prescribing", action="authorise for this session"),
        ),
    )


def _checked(word: PrescribingWord, facts: CourseFacts, session_id: str, now: datetime) -> Verdict:
    """INV-14: only a pass, the newest one, and only while it is valid."""
    check, told = word.check, facts.of_session(session_id).check
    newer = (
        told.told is not None
        and check is not None
        and told.version > check.version
        and told.told.value.outcome != "pass"
    )
    return judge(
        "pre-dose-check-not-valid",
        "INV-14",
        ok=check is not None and check.outcome == "pass" and now < check.valid_until and not newer,
        facts={
            "check_id": check.id if check else None,
            "outcome": check.outcome if check else None,
            "valid_until": check.valid_until.isoformat() if check else None,
            "newer_told": newer,
        },
        sources=(told.told.event_id,) if told.told else (),
        unblocks=(
            Unblock(fact="pre-dose check", owner="prescribing", action="check, or decide a review"),
        ),
    )


def _prescribed(word: PrescribingWord, facts: CourseFacts, now: datetime) -> Verdict:
    """INV-10: active, unexpired, and not told to be revoked."""
    rx = word.prescription
    known = facts.prescriptions.get(rx.id) if rx else None
    revoked = known.revoked if known else None
    return judge(
        "prescription-not-active",
        "INV-10",
        ok=rx is not None and rx.active and now < rx.valid_until and revoked is None,
        facts={
            "prescription_id": rx.id if rx else None,
            "valid_until": rx.valid_until.isoformat() if rx else None,
            "revoked": revoked is not None,
        },
        sources=(revoked.event_id,) if revoked else (),
        unblocks=(Unblock(fact="prescription", owner="prescribing", action="prescribe"),),
    )

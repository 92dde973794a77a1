"""The part of G-DOSE that prescribing owns itself: order, prescription, check, holds, number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import AUTHORISATION, NEXT_NUMBER
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.pre_dose_check import RECHECK, PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.verdicts import rule
from shared.decisions import Unblock, Verdict
from shared.protocol import ClinicProtocol, HoldBlock

ANOTHER_SESSION = Unblock(
    fact="another dosing session", owner="scheduling", action="book another; this one had its doses"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDoseFacts:
    """``at`` is now, or the moment at which a dose was taken (ruling 12)."""

    at: datetime
    dose_seq: int
    order: DoseOrder
    prescription: Prescription | None
    check: PreDoseCheck | None
    holds: tuple[Hold, ...]
    protocol: ClinicProtocol


def own_dose_rules(facts: OwnDoseFacts) -> Iterator[Verdict]:
    """Each rule on its own, so that all refusals show at once."""
    yield _order(facts)
    yield _prescription(facts)
    yield _profile(facts)
    yield _check(facts)
    yield _number(facts)
    yield _amount(facts)
    yield _holds(facts)


def _order(facts: OwnDoseFacts) -> Verdict:
    order = facts.order
    return rule(
        "order-not-authorised",
        "ruling 13",
        order.authorised_at(facts.at)
        and order.valid_until is not None
        and facts.at < order.valid_until,
        unblocks=(AUTHORISATION,),
        status=order.status,
        valid_until=order.valid_until.isoformat() if order.valid_until else None,
    )


def _prescription(facts: OwnDoseFacts) -> Verdict:
    rx = facts.prescription
    return rule(
        "prescription-not-active",
        "INV-10",
        rx is not None and rx.active_at(facts.at),
        unblocks=(
            Unblock(
                fact="an active prescription", owner="prescribing", action="write a prescription"
            ),
        ),
        prescription_id=str(rx.id) if rx else None,
        status=rx.status if rx else None,
    )


def _profile(facts: OwnDoseFacts) -> Verdict:
    """C-05, C-13: the course's protocol knows the route that was prescribed, and how long it lasts.

    A course that was brought to a newer protocol may have a prescription of the older one.
    """
    rx = facts.prescription
    offered = {code for code, _ in facts.protocol.profiles()}
    profile = rx.terms_at(facts.at).timing_profile if rx else None
    return rule(
        "profile-not-of-protocol",
        "C-13",
        profile is None or profile in offered,
        unblocks=(
            Unblock(
                fact="a prescription by the course's protocol",
                owner="prescribing",
                action="amend the prescription, or write another",
            ),
        ),
        timing_profile=profile,
        offered=tuple(sorted(offered)),
    )


def _check(facts: OwnDoseFacts) -> Verdict:
    latest = facts.check.latest if facts.check else None
    return rule(
        "pre-dose-check-not-valid",
        "INV-14",
        facts.check is not None and facts.check.passes_at(facts.at),
        unblocks=(RECHECK,),
        check_id=str(latest.check_id) if latest else None,
        outcome=latest.outcome if latest else None,
        valid_until=latest.valid_until.isoformat() if latest else None,
    )


def _amount(facts: OwnDoseFacts) -> Verdict:
    """F59: each dose is the prescriber's own decision, a further one too. Never how much."""
    rx = facts.prescription
    return rule(
        "dose-not-prescribed",
        "F59",
        rx is None or rx.terms_at(facts.at).dose_mg(facts.dose_seq) is not None,
        unblocks=(
            Unblock(
                fact="a booster in the prescription",
                owner="prescribing",
                action="amend the prescription by the further dose",
            ),
        ),
        dose_seq=facts.dose_seq,
    )


def _number(facts: OwnDoseFacts) -> Verdict:
    most = facts.protocol.dosing.max_doses_per_session
    return rule(
        "dose-seq-not-allowed",
        "INV-12",
        facts.dose_seq == facts.order.next_seq and facts.dose_seq <= most,
        unblocks=(ANOTHER_SESSION if facts.order.next_seq > most else NEXT_NUMBER,),
        dose_seq=facts.dose_seq,
        next_seq=facts.order.next_seq,
        max_doses_per_session=most,
    )


def _holds(facts: OwnDoseFacts) -> Verdict:
    blocking = [h for h in facts.holds if HoldBlock.DOSE in h.blocks and h.open_at(facts.at)]
    return rule(
        "own-hold-blocks-dose",
        "INV-9",
        not blocking,
        unblocks=tuple(
            Unblock(
                fact=f"hold {hold.category} lifted",
                owner="prescribing",
                action=f"lift the hold: {', '.join(sorted(hold.missing_signatures))}",
            )
            for hold in blocking
        ),
        categories=tuple(sorted({hold.category for hold in blocking})),
    )

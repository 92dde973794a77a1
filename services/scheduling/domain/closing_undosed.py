"""What a session without a dose waits for before its client is free to go (INV-25)."""

from typing import Final

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.session import Session
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock

GATE: Final = "CLOSING"


def decide_undosed(session: Session, facts: CourseFacts) -> Decision:
    """Only the closed orders of this very session prove that there was no dose: silence never."""
    orders = facts.orders_of(str(session.id))
    own = orders.get(str(session.dose_order_id)) if session.dose_order_id else None
    still_open = sorted(order_id for order_id, order in orders.items() if not order.is_closed)
    dosed = sorted(order_id for order_id, order in orders.items() if order.count)
    return Decision.of(
        GATE,
        (
            judge(
                "dose-order-not-closed",
                "INV-25",
                ok=own is not None and not still_open and not dosed and not session.doses.count,
                facts={
                    "dose_order_id": str(session.dose_order_id) if session.dose_order_id else None,
                    "open": still_open,
                    "with_doses": dosed,
                    "seen": session.doses.count,
                },
                unblocks=(
                    Unblock(
                        fact="dose order",
                        owner="prescribing",
                        action="return what was released before a witness; it closes by itself",
                    ),
                ),
            ),
        ),
    )

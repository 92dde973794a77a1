"""How the facts of notifications' decisions are kept with their receipts, and read again."""

from typing import Final

from services.notifications.domain.gates import NotifyFacts, notify_decision
from services.notifications.domain.replaying import ClosingFacts, decide_closing, notify_under
from shared.storage import RecordedGate, RecordedGates

RECORDED_GATES: Final = RecordedGates(
    (
        RecordedGate(
            kind="notify",
            facts=NotifyFacts,
            decide=notify_decision,
            under=notify_under,
            settings={"quiet_hours": lambda protocol: protocol.messaging.quiet_hours},
        ),
        RecordedGate(kind="aftercare_close", facts=ClosingFacts, decide=decide_closing),
    )
)

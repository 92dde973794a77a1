"""How the facts of intake's decisions are kept with their receipts, and read again.

None of them reads the protocol: what a clinic may choose of an approval, a signature or a closing
is settled in the steps before it.
"""

from typing import Final

from services.intake.domain.replaying import (
    ApprovalFacts,
    ChangeFacts,
    ClosingFacts,
    SigningFacts,
    approval_looked_at,
    change_looked_at,
    decide_approval,
    decide_change,
    decide_closing,
    decide_signing,
)
from shared.storage import RecordedGate, RecordedGates

RECORDED_GATES: Final = RecordedGates(
    (
        RecordedGate(
            kind="approval",
            facts=ApprovalFacts,
            decide=decide_approval,
            looked_at=approval_looked_at,
        ),
        RecordedGate(kind="consent", facts=SigningFacts, decide=decide_signing),
        RecordedGate(kind="closing", facts=ClosingFacts, decide=decide_closing),
        RecordedGate(
            kind="protocol_change",
            facts=ChangeFacts,
            decide=decide_change,
            looked_at=change_looked_at,
        ),
    )
)

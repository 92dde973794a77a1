"""How the facts of scheduling's gates are kept with their receipts, and read again."""

from typing import Final

from services.scheduling.domain import replaying
from services.scheduling.domain.booking_conditions import decide_standing_booking
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.gate_manual import ManualFacts, decide_manual
from services.scheduling.domain.gates import (
    DischargeFacts,
    Proposal,
    StartFacts,
    decide_booking,
    decide_discharge,
    decide_start,
)
from shared.storage import RecordedGate, RecordedGates

RECORDED_GATES: Final = RecordedGates(
    (
        RecordedGate(
            kind="booking",
            facts=Proposal,
            decide=decide_booking,
            looked_at=replaying.proposal_looked_at,
            under=replaying.proposal_under,
            settings={"booking.protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="standing_booking",
            facts=BookingFacts,
            decide=decide_standing_booking,
            looked_at=replaying.booking_looked_at,
            under=replaying.booking_under,
            settings={"protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="start",
            facts=StartFacts,
            decide=decide_start,
            looked_at=replaying.start_looked_at,
            under=replaying.start_under,
            agreeing=replaying.start_agreeing,
            settings={"booking.protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="discharge",
            facts=DischargeFacts,
            decide=decide_discharge,
            looked_at=replaying.discharge_looked_at,
            under=replaying.discharge_under,
            settings={"recovery": lambda protocol: protocol.recovery},
        ),
        RecordedGate(
            kind="manual_clearance",
            facts=ManualFacts,
            decide=decide_manual,
            looked_at=replaying.manual_looked_at,
            under=replaying.manual_under,
            settings={"recovery": lambda protocol: protocol.recovery},
        ),
    )
)

"""The three gates of scheduling: each a pure function of facts, answering with every verdict.

Before a dose they fail closed: booking by what is known here, starting by what the owners answer.
After a dose nothing that is missing lets anybody go.
"""

from services.scheduling.domain.gate_book import Proposal, decide_booking
from services.scheduling.domain.gate_discharge import DischargeFacts, decide_discharge
from services.scheduling.domain.gate_start import StartFacts, decide_start

__all__ = [
    "DischargeFacts",
    "Proposal",
    "StartFacts",
    "decide_booking",
    "decide_discharge",
    "decide_start",
]

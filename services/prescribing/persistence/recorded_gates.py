"""How the facts of prescribing's gates are kept with their receipts, and read again."""

from dataclasses import replace
from typing import Final

from services.prescribing.domain import replaying
from services.prescribing.domain.activation import ActivationFacts, activation_decision
from services.prescribing.domain.authorisation import AuthorisationFacts, authorisation_decision
from services.prescribing.domain.clearance import ClearanceFacts, clearance_decision
from services.prescribing.domain.gates import DoseGateFacts, dose_decision
from services.prescribing.domain.pre_dose_gate import CheckFacts, check_decision
from shared.storage import RecordedGate, RecordedGates

RECORDED_GATES: Final = RecordedGates(
    (
        RecordedGate(
            kind="pre_dose_check",
            facts=CheckFacts,
            decide=check_decision,
            under=lambda facts, protocol: replace(facts, thresholds=protocol.predose),
            settings={"thresholds": lambda protocol: protocol.predose},
        ),
        RecordedGate(
            kind="dose",
            facts=DoseGateFacts,
            decide=dose_decision,
            looked_at=replaying.dose_looked_at,
            under=replaying.dose_under,
            agreeing=replaying.dose_agreeing,
            settings={"protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="clearance",
            facts=ClearanceFacts,
            decide=clearance_decision,
            looked_at=replaying.clearance_looked_at,
            under=replaying.clearance_under,
            settings={"protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="activation",
            facts=ActivationFacts,
            decide=activation_decision,
            looked_at=replaying.activation_looked_at,
            under=replaying.activation_under,
            settings={"protocol": lambda protocol: protocol},
        ),
        RecordedGate(
            kind="authorisation",
            facts=AuthorisationFacts,
            decide=authorisation_decision,
            looked_at=replaying.authorisation_looked_at,
            under=lambda facts, protocol: replace(facts, protocol=protocol),
            settings={"protocol": lambda protocol: protocol},
        ),
    )
)

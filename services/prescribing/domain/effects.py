"""Effects that the medicine is expected to have, and when one of them is a finding (F83, C-08)."""

from datetime import datetime
from enum import StrEnum

from shared.protocol import FindingContext


class ExpectedEffect(StrEnum):
    """Changes in perception, mood and thought patterns are the treatment, not its harm (F83)."""

    PERCEPTION = "perception"
    MOOD = "mood"
    THOUGHT_PATTERNS = "thought_patterns"


def context_of(at: datetime, effects_until: datetime | None) -> FindingContext:
    """What such a change means at that time.

    ``effects_until`` is the latest end that the timing profile gives the doses on board (C-05);
    None: no dose was given.
    """
    if effects_until is None:
        return FindingContext.BASELINE
    if at < effects_until:
        return FindingContext.DRUG_EXPECTED
    return FindingContext.PERSISTENT

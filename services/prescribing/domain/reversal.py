"""A reversal agent was given: its effect may end before the medicine's does (section 3.8, REF[15]).

So the client is observed anew, and nobody clears before the wait is over.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.recovery import Recovery, RecoveryChange
from services.prescribing.domain.recovery_states import (
    RecoveryStatus,
    RecoveryStep,
    Reversal,
    ReversalAgent,
)
from shared.decisions import Change


def reverse(
    recovery: Recovery,
    agent: ReversalAgent,
    *,
    given_at: datetime,
    wait: timedelta,
    by: Clinician,
    now: datetime,
) -> RecoveryChange:
    """A clearance in force is void; a wait that is over already changes no state."""
    recovery.need(RecoveryStep.REVERSE)
    given = Reversal(agent=agent, given=Signature.of(by, given_at), wait_until=given_at + wait)
    kept = replace(recovery, reversals=(*recovery.reversals, given))
    if given.wait_until <= now:
        return Change(kept)
    return kept.void_clearance(now).then(lambda voided: Change(voided.to(RecoveryStatus.OBSERVING)))

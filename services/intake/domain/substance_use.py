"""What tells of substance use, and who may share it (42 CFR Part 2, F10, C-07).

A screening that does is labelled. The named care team reads it for its own work (2.12(c)(3));
everybody else who treats reads it only while the client's consent to that stands (2.31, 2.33).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.intake.domain.consent import Consent, ScopeState
from services.intake.domain.consent_material import Disclosure
from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.scoring import reaches_cut
from shared.protocol import ConsentScope, FindingCode, ScreeningCuts

SUBSTANCE_USE: Final = frozenset(
    {
        FindingCode.SUD_ACTIVE_UNCONTROLLED,
        FindingCode.SUD_REMISSION,
        FindingCode.SUD_AS_INDICATION,
        FindingCode.KETAMINE_MISUSE,
        FindingCode.SUBSTANCE_USE_SCREEN_HIGH,
    }
)
_QUESTIONNAIRES: Final = frozenset({Instrument.AUDIT, Instrument.DAST10})


def tells_of_substance_use(
    codes: Iterable[FindingCode], scores: Iterable[InstrumentScore], cuts: ScreeningCuts
) -> bool:
    """Whether these findings or scores do; a score below its cut says nothing."""
    return not SUBSTANCE_USE.isdisjoint(codes) or any(
        one.instrument in _QUESTIONNAIRES and reaches_cut(one, cuts) for one in scores
    )


def shared_until(consent: Consent) -> datetime | None:
    """Until when all who treat may read it; None: they may not.

    The newest signature over information sharing that was not taken back speaks, and it alone:
    whoever signs again without this item has taken it back.
    """
    sharing = ConsentScope.INFORMATION_SHARING
    if consent.written_state(sharing) is not ScopeState.GRANTED:
        return None
    for signature in reversed(consent.signatures):
        if sharing in signature.scopes and sharing.value not in signature.withdrawn:
            agreed = Disclosure.SUBSTANCE_USE_RECORDS in signature.disclosures
            return signature.valid_until if agreed and not signature.over else None
    return None


def is_shared(consent: Consent | None, now: datetime) -> bool:
    """Whether all who treat may read it now."""
    until = None if consent is None else shared_until(consent)
    return until is not None and now < until

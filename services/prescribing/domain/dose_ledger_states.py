"""A ledger's states, and which entry is possible in which (section 4)."""

from enum import StrEnum
from typing import Final

from services.prescribing.domain.transitions import Transitions
from shared.decisions import Unblock

TOLERANCE_MG: Final = 0.001
"""Sums of decimal amounts differ by less than anybody can weigh."""


SECOND_PERSON: Final = Unblock(
    fact="a second named person who saw it", owner="prescribing", action="name another witness"
)


RELEASED: Final = Unblock(
    fact="the amount that was released", owner="prescribing", action="correct the amount"
)


class LedgerStatus(StrEnum):
    BALANCED = "balanced"
    OUTSTANDING = "outstanding"
    OVERDRAWN = "overdrawn"


class LedgerStep(StrEnum):
    RELEASE = "release"
    ADMINISTER = "administer"
    TAKE = "take"
    RETURN = "return"
    WASTE = "waste"


_S, _T = LedgerStatus, LedgerStep
_ALWAYS: Final = {_T.RELEASE, _T.TAKE}
TRANSITIONS: Final = Transitions(
    about="ledger",
    cites="section 4",
    possible={
        _S.BALANCED: _ALWAYS,
        _S.OUTSTANDING: set(LedgerStep),
        _S.OVERDRAWN: _ALWAYS,
    },
    slugs={
        **{(s, _T.ADMINISTER): "more-than-released" for s in (_S.BALANCED, _S.OVERDRAWN)},
        **{(s, _T.WASTE): "more-than-released" for s in (_S.BALANCED, _S.OVERDRAWN)},
        **{(s, _T.RETURN): "nothing-outstanding" for s in (_S.BALANCED, _S.OVERDRAWN)},
    },
)

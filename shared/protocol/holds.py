"""The table of holds (ruling 19): what each category blocks, how hard, and who lifts it.

The table is law for every clinic, so it is no part of a clinic's file.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.protocol.vocabulary import Role


class HoldCategory(StrEnum):
    CONTRAINDICATION = "contraindication"
    SUICIDALITY = "suicidality"
    CONSENT = "consent"
    MEDICAL = "medical"
    VITALS = "vitals"
    ADVERSE_EVENT = "adverse_event"
    LOGISTICS = "logistics"
    ADMINISTRATIVE = "administrative"
    AFTERCARE = "aftercare"


class HoldBlock(StrEnum):
    BOOK = "book"
    START = "start"
    DOSE = "dose"
    DISCHARGE = "discharge"


class HoldSeverity(StrEnum):
    """``pause`` only blocks; ``stop`` also withholds, returns or cancels the order (ruling 17)."""

    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRule:
    """The default of one category.

    A hold is lifted when every role of ``lifted_by_all`` has signed, or one of ``lifted_by_any``.
    ``lifted_by_fact`` says that a later fact lifts it as well: a new grant, a passing check.
    ``safety_plan`` must be on record before it is lifted.
    """

    owners: frozenset[str]
    blocks: frozenset[HoldBlock]
    severity: HoldSeverity
    lifted_by_all: frozenset[Role] = frozenset()
    lifted_by_any: frozenset[Role] = frozenset()
    lifted_by_fact: str | None = None
    safety_plan: bool = False

    def signed_off(self, roles: Collection[Role]) -> bool:
        """Whether these signatures are enough."""
        signed = frozenset(roles)
        if self.lifted_by_all:
            return self.lifted_by_all <= signed
        return bool(self.lifted_by_any & signed)

    def missing(self, roles: Collection[Role]) -> frozenset[Role]:
        """The roles that still have to sign; of ``lifted_by_any`` one is enough."""
        if self.signed_off(roles):
            return frozenset()
        return (self.lifted_by_all or self.lifted_by_any) - frozenset(roles)


_START_DOSE: Final = frozenset({HoldBlock.START, HoldBlock.DOSE})
_BOOK_START_DOSE: Final = _START_DOSE | {HoldBlock.BOOK}
_BOTH: Final = frozenset({Role.PRESCRIBER, Role.THERAPIST})

HOLD_RULES: Final[Mapping[HoldCategory, HoldRule]] = MappingProxyType(
    {
        HoldCategory.CONTRAINDICATION: HoldRule(
            owners=frozenset({"intake", "prescribing"}),
            blocks=_BOOK_START_DOSE,
            severity=HoldSeverity.STOP,
            lifted_by_all=_BOTH,
        ),
        HoldCategory.SUICIDALITY: HoldRule(
            owners=frozenset({"intake", "prescribing"}),
            blocks=_START_DOSE,
            severity=HoldSeverity.STOP,
            lifted_by_all=_BOTH,
            safety_plan=True,
        ),
        HoldCategory.CONSENT: HoldRule(
            owners=frozenset({"intake"}),
            blocks=_START_DOSE,
            severity=HoldSeverity.STOP,
            lifted_by_fact="consent_granted",
        ),
        HoldCategory.MEDICAL: HoldRule(
            owners=frozenset({"prescribing"}),
            blocks=_START_DOSE,
            severity=HoldSeverity.STOP,
            lifted_by_any=frozenset({Role.PRESCRIBER}),
        ),
        HoldCategory.VITALS: HoldRule(
            owners=frozenset({"prescribing"}),
            blocks=frozenset({HoldBlock.DOSE}),
            severity=HoldSeverity.PAUSE,
            lifted_by_any=frozenset({Role.PRESCRIBER}),
            lifted_by_fact="pre_dose_check_passed",
        ),
        HoldCategory.ADVERSE_EVENT: HoldRule(
            owners=frozenset({"prescribing"}),
            blocks=_BOOK_START_DOSE,
            severity=HoldSeverity.STOP,
            lifted_by_all=_BOTH,
        ),
        HoldCategory.LOGISTICS: HoldRule(
            owners=frozenset({"scheduling"}),
            blocks=_START_DOSE,
            severity=HoldSeverity.PAUSE,
            lifted_by_any=frozenset({Role.FRONT_DESK, Role.THERAPIST}),
        ),
        # "Its owner's role" is a matter of access: the owner asks who may lift there.
        HoldCategory.ADMINISTRATIVE: HoldRule(
            owners=frozenset({"intake", "prescribing", "scheduling", "notifications"}),
            blocks=frozenset({HoldBlock.BOOK}),
            severity=HoldSeverity.PAUSE,
            lifted_by_any=frozenset(Role) - {Role.OPERATOR},
        ),
        HoldCategory.AFTERCARE: HoldRule(
            owners=frozenset({"intake"}),
            blocks=_BOOK_START_DOSE,
            severity=HoldSeverity.PAUSE,
            lifted_by_all=_BOTH,
        ),
    }
)

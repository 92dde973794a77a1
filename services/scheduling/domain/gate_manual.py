"""G-MANUAL: may two named people clear this client while prescribing is silent (ruling 15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.gate_discharge import manually_cleared
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import UNDER_OBSERVATION
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import Recovery

GATE: Final = "G-MANUAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFacts:
    """What the two state, and everything that was seen.

    ``second_known``: the second one is of the roster; ``answered``: prescribing is there.
    """

    session: Session
    clearance: ManualClearance
    second_known: bool
    facts: CourseFacts
    answered: bool
    recovery: Recovery
    now: datetime


def decide_manual(f: ManualFacts) -> Decision:
    """Only while prescribing is silent, and only what fits everything that was seen."""
    return Decision.of(
        GATE,
        (
            judge(
                "prescribing-answers",
                "ruling 15",
                ok=not f.answered,
                facts={"answered": f.answered},
                unblocks=(Unblock(fact="clearance", owner="prescribing", action="clear there"),),
            ),
            judge(
                "not-under-observation",
                "ruling 15",
                ok=f.session.status in UNDER_OBSERVATION and f.session.doses.count > 0,
                facts={"status": f.session.status.value, "doses_seen": f.session.doses.count},
                unblocks=(
                    Unblock(fact="therapy ended", owner="scheduling", action="end the session"),
                ),
            ),
            *_two_people(f.clearance, f.recovery, known=f.second_known),
            *manually_cleared(f.session, f.clearance, f.facts, f.recovery, f.now),
        ),
    )


def _two_people(clearance: ManualClearance, rules: Recovery, *, known: bool) -> Iterator[Verdict]:
    """INV-40: two different people, the second one of the roster, one of whom may clear."""
    another = Unblock(fact="second_ref", owner="scheduling", action="name another of the roster")
    named_twice = clearance.first_ref == clearance.second_ref
    may_clear = {role.value for role in rules.clearance_roles}
    roles = {clearance.first_role.value, clearance.second_role.value}
    yield judge(
        "two-named-people-needed",
        "INV-40",
        ok=known and not named_twice,
        facts={
            "first_ref": str(clearance.first_ref),
            "second_ref": str(clearance.second_ref),
            "second_known": known,
        },
        unblocks=(another,),
    )
    yield judge(
        "nobody-may-clear",
        "ruling 15",
        ok=bool(roles & may_clear),
        facts={"roles": sorted(roles), "may_clear": sorted(may_clear)},
        unblocks=(another,),
    )

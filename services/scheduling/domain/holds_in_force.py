"""The open holds that a gate must respect, whoever owns them."""

from collections.abc import Iterable

from services.scheduling.domain.course_facts import CourseFacts, HoldFact
from services.scheduling.domain.hold import OWNER, Hold
from services.scheduling.domain.told import Told
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict
from shared.protocol import HOLD_RULES, HoldBlock, HoldCategory

STOP = "stop"


def with_own_holds(facts: CourseFacts, own: Iterable[Hold]) -> CourseFacts:
    """The facts with scheduling's own open holds beside those that were told."""
    for hold in own:
        if not hold.open:
            continue
        told = Told(event_id=str(hold.id), occurred_at=hold.placed_at)
        fact = HoldFact(
            category=hold.category.value,
            blocks=tuple(block.value for block in hold.blocks),
            severity=hold.severity.value,
            owner=OWNER,
        )
        facts = facts.place_hold(told, str(hold.id), fact)
    return facts


def no_hold_blocks(facts: CourseFacts, what: HoldBlock) -> Verdict:
    """INV-9: open = placed and not lifted, in whatever order it was told.

    A hold that a peer answered, or that is scheduling's own, is known without an event.
    """
    found = tuple(facts.open_holds(what.value))
    return judge(
        f"hold-blocks-{what.value}",
        "INV-9",
        ok=not found,
        facts={
            "hold_ids": [hold_id for hold_id, _ in found],
            "categories": sorted({told.value.category for _, told in found}),
            "owners": sorted({told.value.owner for _, told in found}),
        },
        sources=[told.event_id for hold_id, told in found if told.event_id != hold_id],
        unblocks=[lifting(told.value) for _, told in found],
    )


def lifting(hold: HoldFact) -> Unblock:
    """Who lifts a hold, and where."""
    rule = HOLD_RULES[HoldCategory(hold.category)]
    roles = sorted(rule.lifted_by_all) or sorted(rule.lifted_by_any)
    joined = " and ".join(roles) if rule.lifted_by_all else " or ".join(roles)
    action = f"lift ({joined})" if roles else f"resolve: {rule.lifted_by_fact}"
    return Unblock(fact=f"hold:{hold.category}", owner=hold.owner, action=action)

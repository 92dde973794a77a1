"""A gate allows when every rule holds, and says every reason when one does not."""

import pytest

from shared.decisions import Decision, Refused, Unblock, Verdict, holds, violated

GOOD = holds("escort-confirmed", "INV-6", "event-1", escort_id="e")
MISSING = Unblock(fact="assent", owner="scheduling", action="ask")
BAD = violated("assent-not-fresh", "INV-5", "event-2", unblocks_with=(MISSING,), status="lapsed")
WORSE = violated("stop-was-requested", "INV-11")


def test_a_gate_without_rules_allows_nothing() -> None:
    empty = Decision.of("G-DOSE", ())
    assert not empty.allowed
    with pytest.raises(Refused):
        empty.require()


def test_a_gate_whose_rules_all_hold_allows() -> None:
    Decision.of("G-START", (GOOD, GOOD)).require()
    assert Decision.of("G-START", (GOOD, GOOD)).refusals == ()


@pytest.mark.parametrize("rules", [(BAD, WORSE, GOOD), (GOOD, BAD, WORSE)])
def test_one_rule_that_does_not_hold_refuses_and_all_such_are_said(
    rules: tuple[Verdict, ...],
) -> None:
    with pytest.raises(Refused) as refused:
        Decision.of("G-START", rules).require()
    first, second = refused.value.refusals
    assert (first.slug, first.rule, first.facts) == ("assent-not-fresh", "INV-5", BAD.facts)
    assert (first.source_events, first.unblocks_with) == (("event-2",), (MISSING,))
    assert second.slug == "stop-was-requested"

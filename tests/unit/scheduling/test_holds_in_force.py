"""Scheduling's own holds beside those that were told (ruling 19)."""

from dataclasses import replace

import pytest

from services.scheduling.domain.hold import OWNER, Hold, HoldStatus
from services.scheduling.domain.holds_in_force import no_hold_blocks, with_own_holds
from services.scheduling.domain.roles import Role
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity
from tests.unit.scheduling.building import CLIENT, COURSE, at, facts, hold, named

OWN = Hold(
    id=named("own hold"),
    client_id=CLIENT,
    course_id=COURSE,
    status=HoldStatus.OPEN,
    category=HoldCategory.LOGISTICS,
    blocks=(HoldBlock.BOOK,),
    severity=HoldSeverity.STOP,
    placed_at=at("08:00"),
    placed_by=Role.FRONT_DESK,
)


def test_an_open_hold_of_its_own_counts_beside_those_that_were_told() -> None:
    known = with_own_holds(hold(facts(), "book"), (OWN,))
    found = dict(known.open_holds("book"))
    assert set(found) == {str(OWN.id), str(named("hold"))}
    assert found[str(OWN.id)].value.owner == OWNER


def test_a_lifted_hold_of_its_own_counts_no_longer_and_hides_no_other() -> None:
    lifted = replace(OWN, status=HoldStatus.LIFTED)
    still = replace(OWN, id=named("still open"))
    assert [key for key, _ in with_own_holds(facts(), (lifted, still)).open_holds("book")] == [
        str(still.id)
    ]


@pytest.mark.parametrize(
    ("category", "says"),
    [
        ("suicidality", "lift (prescriber and therapist)"),
        ("logistics", "lift (front_desk or therapist)"),
        ("consent", "resolve: consent_granted"),
    ],
)
def test_a_hold_in_force_says_who_may_lift_it(category: str, says: str) -> None:
    verdict = no_hold_blocks(hold(facts(), "start", category=category), HoldBlock.START)
    (unblock,) = verdict.unblocks_with
    assert not verdict.holds
    assert unblock.owner == "prescribing"
    assert unblock.action == says

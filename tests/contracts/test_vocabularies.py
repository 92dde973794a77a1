"""The wire and the clinic's protocol use the same words where they speak of the same thing."""

from enum import StrEnum

import pytest

from careteam_contracts import enums
from shared.protocol import holds, vocabulary


@pytest.mark.parametrize(
    ("wire", "protocol"),
    [
        (enums.HoldCategory, holds.HoldCategory),
        (enums.HoldBlock, holds.HoldBlock),
        (enums.HoldSeverity, holds.HoldSeverity),
        (enums.ConsentScope, vocabulary.ConsentScope),
        (enums.Touch, vocabulary.Touch),
        (enums.EngagementStyle, vocabulary.EngagementStyle),
        (enums.Setting, vocabulary.Setting),
        (enums.ClearanceRole, vocabulary.ClearanceRole),
    ],
)
def test_the_words_are_the_same(wire: type[StrEnum], protocol: type[StrEnum]) -> None:
    assert [member.value for member in wire] == [member.value for member in protocol]


def test_everybody_who_signs_in_can_act() -> None:
    assert {role.value for role in vocabulary.Role} <= {role.value for role in enums.ActorRole}
    assert {"client", "system"} == {role.value for role in enums.ActorRole} - {
        role.value for role in vocabulary.Role
    }


def test_holds_are_owned_by_services() -> None:
    owners = {owner for rule in holds.HOLD_RULES.values() for owner in rule.owners}
    assert owners == {service.value for service in enums.Service}

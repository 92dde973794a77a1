"""Every floor refuses what is below it, and accepts what stands on it."""

import pytest

from shared.protocol import ClinicProtocol
from shared.protocol.floors import FLOORS
from shared.protocol.loader import BadProtocol, parse_protocol
from tests.support.floor_twins import FLOOR_TWINS


def _clinic(body: str) -> ClinicProtocol:
    return parse_protocol(f"protocol_version: 1\n{body.strip()}\n", "clinic.yaml")


@pytest.mark.parametrize(("on_the_floor", "below", "says"), FLOOR_TWINS.values(), ids=FLOOR_TWINS)
def test_a_floor_holds(on_the_floor: str, below: str, says: str) -> None:
    _clinic(on_the_floor)
    with pytest.raises(BadProtocol) as refused:
        _clinic(below)
    assert len(refused.value.lines) == 1, refused.value.lines
    file, line, message = refused.value.lines[0].split(":", 2)
    assert file == "clinic.yaml"
    assert 2 <= int(line) <= 2 + below.count("\n")
    assert message.strip().startswith(says)


def test_every_rule_has_been_seen_red() -> None:
    red = set()
    for _, below, _ in FLOOR_TWINS.values():
        for rule in FLOORS:
            protocol = _without_floors(below)
            if any(True for _ in rule(protocol)):
                red.add(rule.__name__)
    assert red == {rule.__name__ for rule in FLOORS}


def _without_floors(body: str) -> ClinicProtocol:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.protocol.loader._all_breaches", lambda _: [])
        return _clinic(body)

"""A course whose protocol is not to be had, or that a peer runs by another: no start."""

from datetime import timedelta

import pytest

from shared.protocol import Pin, UnknownProtocol
from tests.unit.scheduling import booking_question, discharge_question, start_question
from tests.unit.scheduling.booking_question import refused
from tests.unit.scheduling.building import PROTOCOL
from tests.unit.scheduling.start_question import word

UNKNOWN = UnknownProtocol(protocol_version=9)
OWN = Pin(PROTOCOL.protocol_version, PROTOCOL.digest)


def test_no_start_without_the_rules_of_the_course() -> None:
    assert start_question.decide().allowed
    assert "protocol-unknown" in refused(start_question.decide(protocol=UNKNOWN))


def test_no_dosing_session_is_booked_without_the_rules_of_the_course() -> None:
    assert booking_question.decide().allowed
    assert "protocol-unknown" in refused(booking_question.decide(protocol=UNKNOWN))


@pytest.mark.parametrize("peer", ["intake", "prescribing"])
@pytest.mark.parametrize("theirs", [Pin(2, OWN.digest), Pin(1, "other"), Pin(1)])
def test_no_start_while_a_peer_goes_by_other_rules(peer: str, theirs: Pin) -> None:
    assert start_question.decide(**word(peer, protocol=OWN)).allowed
    decision = start_question.decide(**word(peer, protocol=theirs))
    assert refused(decision) == {f"{peer}-protocol-differs"}


def test_nobody_is_cleared_by_hand_under_rules_that_are_not_known() -> None:
    by_hand = {
        "prescribing": None,
        **discharge_question.discharging(manual_clearance=discharge_question.manual()),
    }
    assert discharge_question.decide(**by_hand).allowed
    decision = discharge_question.decide(**by_hand, recovery=UNKNOWN.recovery)
    assert "manual-clearance-not-valid" in refused(decision)
    assert timedelta(minutes=UNKNOWN.recovery.min_observation_minutes) == timedelta(hours=4)

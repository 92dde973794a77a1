"""What a person may turn off, and what reaches them whatever they choose (interfaces 4)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.alerts import ROUTES, AlertKind, Severity
from services.notifications.domain.staff_preferences import OPTIONAL, StaffPreferences, choose
from shared.decisions import Refused

NOBODYS_CHOICE = StaffPreferences(id=UUID(int=51))


def test_what_informs_may_be_turned_off_and_on_again() -> None:
    chosen = choose(NOBODYS_CHOICE, [AlertKind.SUMMARY_REVIEWED]).state
    assert chosen.muted == (AlertKind.SUMMARY_REVIEWED,)
    assert choose(chosen, []).state.muted == ()


@pytest.mark.parametrize("kind", sorted(set(AlertKind) - OPTIONAL))
def test_safety_cannot_be_turned_off(kind: AlertKind) -> None:
    with pytest.raises(Refused, match="safety-cannot-be-turned-off"):
        choose(NOBODYS_CHOICE, [AlertKind.SUMMARY_REVIEWED, kind])


@given(wanted=st.sets(st.sampled_from(AlertKind)))
def test_nothing_that_warns_is_ever_muted(wanted: set[AlertKind]) -> None:
    try:
        muted = choose(NOBODYS_CHOICE, wanted).state.muted
    except Refused:
        assert wanted - OPTIONAL
        return
    assert all(ROUTES[kind].severity is Severity.INFO for kind in muted)

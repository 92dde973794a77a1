"""Integrators: what they are told, by which secrets they know us, and what becomes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.event_place import Place, place
from services.notifications.domain.event_types import in_vain, wants
from services.notifications.domain.integrator import (
    Integrator,
    IntegratorStatus,
    disable,
    enable,
    register,
    revoke,
    rotate,
)
from shared.decisions import Refused
from tests.unit.notifications.moments import at

PUBLIC = ("careteam.intake.client_registered.v1", "careteam.scheduling.session_scheduled.v1")
NOW = at("09:00")
DAY = timedelta(hours=24)


def integrator(*types: str) -> Integrator:
    return register(
        integrator_id=UUID(int=7),
        name="billing",
        url="https://billing.example/hook",
        types=types,
        public_types=PUBLIC,
        sealed="first",
        now=NOW,
    ).state


def slug_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].slug


def test_who_names_no_type_is_told_of_all() -> None:
    assert all(integrator().wants(one) for one in PUBLIC)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("careteam.intake.client_registered.v1", [True, False]),
        ("careteam.scheduling.*", [False, True]),
        ("*.v1", [True, True]),
    ],
)
def test_a_pattern_chooses(pattern: str, wanted: list[bool]) -> None:
    assert [integrator(pattern).wants(one) for one in PUBLIC] == wanted


@pytest.mark.parametrize(
    "pattern", ["careteam.intake.consent_granted.v1", "careteam.billing.*", "", "[a-z]*", "Quinn"]
)
def test_a_pattern_of_no_public_type_is_refused(pattern: str) -> None:
    assert in_vain([pattern, *PUBLIC], PUBLIC) == [pattern]
    with pytest.raises(Refused) as refused:
        integrator(pattern)
    assert slug_of(refused) == "event-type-not-public"
    assert wants(["*"], PUBLIC[0])


def test_both_secrets_sign_for_a_while_then_the_new_one_alone() -> None:
    rotated = rotate(integrator(), sealed="second", now=NOW, overlap=DAY).state
    assert [one.sealed for one in rotated.signing(NOW)] == ["second", "first"]
    last = NOW + DAY - timedelta(seconds=1)
    assert [one.sealed for one in rotated.signing(last)] == ["second", "first"]
    assert [one.sealed for one in rotated.signing(NOW + DAY)] == ["second"]


def test_a_second_rotation_ends_the_oldest_and_no_overlap_the_present_one() -> None:
    twice = rotate(
        rotate(integrator(), sealed="second", now=NOW, overlap=DAY).state,
        sealed="third",
        now=NOW,
        overlap=DAY,
    ).state
    assert [one.sealed for one in twice.signing(NOW)] == ["third", "second"]
    at_once = rotate(twice, sealed="fourth", now=NOW, overlap=timedelta()).state
    assert [one.sealed for one in at_once.webhook.secrets] == ["fourth"]


def test_who_is_gone_can_be_enabled_and_who_is_revoked_cannot() -> None:
    gone = disable(integrator(), NOW).state
    assert gone.status is IntegratorStatus.DISABLED
    assert disable(gone, NOW + DAY).state == gone
    assert enable(gone, NOW).state.status is IntegratorStatus.ACTIVE
    with pytest.raises(Refused) as refused:
        enable(integrator(), NOW)
    assert slug_of(refused) == "integrator-already-active"
    revoked = revoke(gone, NOW).state
    assert revoked.webhook.secrets == ()
    assert disable(revoked, NOW).state == revoked
    refused_ones: tuple[Callable[[], object], ...] = (
        lambda: enable(revoked, NOW),
        lambda: revoke(revoked, NOW),
        lambda: rotate(revoked, sealed="late", now=NOW, overlap=DAY),
    )
    for again in refused_ones:
        with pytest.raises(Refused) as refused:
            again()
        assert slug_of(refused) == "integrator-revoked"


def test_a_secret_is_not_in_what_a_log_would_say_of_it() -> None:
    assert "first" not in repr(integrator())
    assert "first" in repr(replace(integrator(), name="first"))


BIG = st.integers(min_value=0, max_value=2**63 - 1)


@given(BIG, BIG, BIG, BIG)
def test_a_cursor_is_a_place_and_places_are_ordered_by_stream_first(
    epoch: int, sequence: int, later: int, any_sequence: int
) -> None:
    one = Place(epoch, sequence)
    assert place(str(one)) == one
    if later > epoch:
        assert Place(later, any_sequence) > one


@pytest.mark.parametrize(
    "text", ["", "1", "1.", "-1.2", "1.2.3", "1.x", f"{2**63}.1", "1 .2", "١.٢"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        place(text)

"""Whatever is signed, withdrawn and run out, in whatever order: no scope lives on by accident."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.consent import (
    TRANSITIONS,
    Consent,
    ConsentTrigger,
    ScopeState,
    offer,
)
from services.intake.domain.consent_signing import expire, withdraw
from shared.protocol import ConsentScope
from tests.unit.intake.courses import MORNING, offered, signed

SCOPES = st.lists(st.sampled_from(ConsentScope), min_size=1, unique=True).map(tuple)
STEPS = st.lists(
    st.tuples(st.sampled_from(["sign", "withdraw", "expire", "wait"]), SCOPES), max_size=12
)


@settings(max_examples=150)
@given(STEPS)
def test_a_scope_is_active_exactly_by_its_last_unwithdrawn_unexpired_signature(
    steps: list[tuple[str, tuple[ConsentScope, ...]]],
) -> None:
    consent, now, number = offered(), MORNING, 0
    live: dict[ConsentScope, list[tuple[UUID, object]]] = {scope: [] for scope in ConsentScope}
    for kind, scopes in steps:
        now += timedelta(days=1)
        if kind == "sign":
            number += 1
            consent = _signed_anyway(consent, UUID(int=1000 + number), scopes, now)
            for scope in scopes:
                live[scope].append((UUID(int=1000 + number), now + timedelta(days=365)))
        elif kind == "withdraw":
            consent = withdraw(consent, scopes=scopes, stated_at=None, now=now).state
            for scope in scopes:
                live[scope] = []
        elif kind == "expire":
            now += timedelta(days=300)
            for signature in consent.signatures:
                consent = expire(consent, consent_id=signature.consent_id, now=now).state
        else:
            now += timedelta(days=200)
        for scope in ConsentScope:
            expected = any(until > now for _, until in live[scope])  # type: ignore[operator]
            assert consent.active(scope, now) is expected


@given(STEPS, SCOPES)
def test_withdrawing_is_accepted_in_every_state(
    steps: list[tuple[str, tuple[ConsentScope, ...]]], scopes: tuple[ConsentScope, ...]
) -> None:
    consent, now = offered(), MORNING
    for number, (kind, chosen) in enumerate(steps):
        now += timedelta(days=100)
        if kind == "sign":
            consent = _signed_anyway(consent, UUID(int=2000 + number), chosen, now)
        elif kind == "withdraw":
            consent = withdraw(consent, scopes=chosen, stated_at=None, now=now).state
    after = withdraw(consent, scopes=scopes, stated_at=None, now=now).state
    assert not any(after.active(scope, now) for scope in scopes)


def test_every_scope_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(ScopeState)


def test_only_a_signature_grants() -> None:
    for state, steps in TRANSITIONS.items():
        granting = {trigger for trigger, to in steps.items() if to is ScopeState.GRANTED}
        assert granting <= {ConsentTrigger.SIGN}, state


def _signed_anyway(
    consent: Consent, consent_id: UUID, scopes: tuple[ConsentScope, ...], now: object
) -> Consent:
    """Offer first, as the client who asks for it, then sign."""
    ready = offer(
        consent,
        scopes=scopes,
        clients_initiative=True,
        medicine_on_board=False,
        now=now,  # type: ignore[arg-type]
    ).state
    return signed(ready, consent_id=consent_id, scopes=scopes, now=now)  # type: ignore[arg-type]

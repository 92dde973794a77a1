"""Consent by scope: offered, signed, confirmed again, withdrawn, run out (6.5, F39 to F44)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.consent import (
    Consent,
    ScopeState,
    WithdrawalChannel,
    ask_again,
    offer,
    open_consent,
)
from services.intake.domain.consent_material import DISCLOSED, Disclosure, disclosed_for
from services.intake.domain.consent_signing import expire, withdraw
from services.intake.domain.events import ConsentExpired, ConsentWithdrawn
from services.intake.domain.signing_rules import SigningCircumstances, signing_decision
from shared.decisions import Decision, Refused
from shared.protocol import ConsentScope
from tests.unit.intake.courses import (
    BOTH_SCOPES,
    CLIENT,
    CONSENT,
    COURSE,
    MORNING,
    later,
    offered,
    signed,
    slugs,
)

TREATMENT, AFTERCARE, SHARING = ConsentScope
SECOND = UUID(int=42)


def may_sign(
    consent: Consent,
    scopes: tuple[ConsentScope, ...] = BOTH_SCOPES,
    disclosures: tuple[Disclosure, ...] | None = None,
    **facts: object,
) -> Decision:
    circumstances: dict[str, object] = {
        "course_goes_on": True,
        "approved": True,
        "open_questions": 0,
        "on_board_since": {},
    } | facts
    return signing_decision(
        consent,
        SigningCircumstances(**circumstances),  # type: ignore[arg-type]
        scopes=scopes,
        material_version=1,
        disclosures=disclosures,
        now=MORNING,
    )


def blank() -> Consent:
    return open_consent(consent_id=UUID(int=41), client_id=CLIENT, course_id=COURSE)


def test_signing_makes_the_scopes_active_until_the_last_day() -> None:
    consent = signed()
    assert consent.active(TREATMENT, later(days=364))
    assert not consent.active(TREATMENT, later(days=365))
    assert not consent.active(SHARING, MORNING)


def test_running_out_is_read_before_its_timer_fires() -> None:
    assert signed().state(TREATMENT, later(days=366)) is ScopeState.EXPIRED


def test_everything_in_order_may_be_signed() -> None:
    assert may_sign(offered()).allowed


@pytest.mark.parametrize(
    ("facts", "slug"),
    [
        ({"open_questions": 1}, "no-question-open"),
        ({"on_board_since": {"s": "e"}}, "nothing-on-board"),
        ({"approved": False}, "approved-before-consent"),
        ({"course_goes_on": False}, "course-goes-on"),
    ],
)
def test_each_rule_of_signing_refuses_alone(facts: dict[str, Any], slug: str) -> None:
    decision = may_sign(offered(), **facts)
    assert [refusal.slug for refusal in decision.refusals] == [slug]


def test_all_reasons_are_told_at_once() -> None:
    decision = may_sign(blank(), open_questions=2, approved=False, on_board_since={"s": "e-dose"})
    assert {refusal.slug for refusal in decision.refusals} == {
        "no-question-open",
        "nothing-on-board",
        "approved-before-consent",
        "consent-was-offered",
    }
    on_board = next(r for r in decision.refusals if r.slug == "nothing-on-board")
    assert on_board.source_events == ("e-dose",)


def test_information_sharing_may_be_signed_before_the_approval() -> None:
    assert may_sign(blank(), scopes=(SHARING,), approved=False).allowed
    assert signed(blank(), scopes=(SHARING,)).active(SHARING, MORNING)


def test_every_signature_has_a_version_of_its_own() -> None:
    consent = signed(signed(), consent_id=SECOND, scopes=(TREATMENT,))
    assert [s.consent_version for s in consent.signatures] == [1, 2]


def test_withdrawing_takes_every_signature_that_covers_the_scope() -> None:
    consent = signed(signed(), consent_id=SECOND, scopes=(TREATMENT,), now=later(days=1))
    change = withdraw(consent, scopes=(TREATMENT,), stated_at=None, now=later(days=2))
    assert not change.state.active(TREATMENT, later(days=2))
    assert change.state.active(AFTERCARE, later(days=2))
    assert change.events == (
        ConsentWithdrawn(at=later(days=2), consent_id=CONSENT, scopes=(TREATMENT,)),
        ConsentWithdrawn(at=later(days=2), consent_id=SECOND, scopes=(TREATMENT,)),
    )


def test_withdrawing_again_is_accepted_and_tells_nothing() -> None:
    once = withdraw(signed(), scopes=BOTH_SCOPES, stated_at=None, now=later(days=1)).state
    again = withdraw(once, scopes=BOTH_SCOPES, stated_at=None, now=later(days=2))
    assert again.state == once
    assert again.events == ()


@pytest.mark.parametrize(
    ("stated", "recorded"),
    [(later(days=9), later(days=2)), (later(days=-9), MORNING), (later(days=1), later(days=1))],
)
def test_a_stated_time_never_stands_in_the_way(stated: datetime, recorded: datetime) -> None:
    change = withdraw(signed(), scopes=(TREATMENT,), stated_at=stated, now=later(days=2))
    assert [event.at for event in change.events] == [recorded]


def test_what_was_withdrawn_is_signed_again_only_after_a_new_offer() -> None:
    withdrawn = withdraw(signed(), scopes=(AFTERCARE,), stated_at=None, now=MORNING).state
    decision = may_sign(withdrawn, scopes=(AFTERCARE,))
    assert [refusal.slug for refusal in decision.refusals] == ["consent-was-offered"]
    again = offer(
        withdrawn,
        scopes=(AFTERCARE,),
        clients_initiative=True,
        medicine_on_board=False,
        now=MORNING,
    ).state
    assert may_sign(again, scopes=(AFTERCARE,)).allowed
    assert signed(again, consent_id=SECOND, scopes=(AFTERCARE,)).active(AFTERCARE, MORNING)


@pytest.mark.parametrize(
    ("initiative", "on_board", "slug"),
    [(False, False, "consent-was-withdrawn"), (True, True, "medicine-on-board")],
)
def test_what_was_withdrawn_is_offered_only_if_the_client_asks_with_a_clear_head(
    initiative: bool, on_board: bool, slug: str
) -> None:
    withdrawn = withdraw(signed(), scopes=BOTH_SCOPES, stated_at=None, now=MORNING).state
    with pytest.raises(Refused) as refused:
        offer(
            withdrawn,
            scopes=(TREATMENT,),
            clients_initiative=initiative,
            medicine_on_board=on_board,
            now=MORNING,
        )
    assert slugs(refused) == [slug]


def test_offering_what_is_signed_leaves_the_signature_alone() -> None:
    consent = signed()
    again = offer(
        consent,
        scopes=BOTH_SCOPES,
        clients_initiative=False,
        medicine_on_board=False,
        now=MORNING,
    )
    assert again.state == consent


def test_new_material_asks_for_a_new_signature_and_blocks_until_then() -> None:
    consent = ask_again(signed(), material_version=2, now=MORNING).state
    assert consent.state(TREATMENT, MORNING) is ScopeState.RECONFIRM_NEEDED
    assert not consent.active(TREATMENT, MORNING)
    renewed = signed(consent, consent_id=SECOND, material_version=2)
    assert renewed.active(TREATMENT, MORNING)


def test_old_material_is_not_signed_any_more() -> None:
    consent = ask_again(signed(), material_version=2, now=MORNING).state
    assert [r.slug for r in may_sign(consent).refusals] == ["material-is-current"]


def test_material_that_is_not_newer_asks_nobody() -> None:
    with pytest.raises(Refused) as refused:
        ask_again(signed(), material_version=1, now=MORNING)
    assert slugs(refused) == ["material-not-newer"]


def test_what_must_be_confirmed_can_still_be_withdrawn() -> None:
    consent = ask_again(signed(), material_version=2, now=MORNING).state
    change = withdraw(consent, scopes=(TREATMENT,), stated_at=None, now=MORNING)
    assert change.state.state(TREATMENT, MORNING) is ScopeState.WITHDRAWN
    assert len(change.events) == 1


def test_running_out_is_told_once_with_its_own_time() -> None:
    late = later(days=366)
    change = expire(signed(), consent_id=CONSENT, now=late)
    assert change.events == (ConsentExpired(at=later(days=365), consent_id=CONSENT),)
    assert change.state.written_state(TREATMENT) is ScopeState.EXPIRED
    assert expire(change.state, consent_id=CONSENT, now=late).events == ()


def test_a_timer_that_is_early_or_knows_no_signature_changes_nothing() -> None:
    consent = signed()
    assert expire(consent, consent_id=CONSENT, now=later(days=364)).state == consent
    assert expire(consent, consent_id=SECOND, now=later(days=400)).state == consent


def test_a_signature_that_was_taken_back_whole_does_not_run_out_aloud() -> None:
    withdrawn = withdraw(signed(), scopes=BOTH_SCOPES, stated_at=None, now=MORNING).state
    change = expire(withdrawn, consent_id=CONSENT, now=later(days=365))
    assert change.events == ()
    assert change.state.written_state(TREATMENT) is ScopeState.WITHDRAWN


def test_an_older_signature_that_runs_out_leaves_a_newer_one_standing() -> None:
    consent = signed(signed(), consent_id=SECOND, now=later(days=100))
    after = expire(consent, consent_id=CONSENT, now=later(days=365)).state
    assert after.active(TREATMENT, later(days=365))
    assert not after.active(TREATMENT, later(days=465))


def test_what_ran_out_is_signed_again_without_ceremony() -> None:
    expired = expire(signed(), consent_id=CONSENT, now=later(days=365)).state
    renewed = signed(expired, consent_id=SECOND, now=later(days=366))
    assert renewed.active(TREATMENT, later(days=366))


def test_how_the_client_said_it_is_kept_and_counts_the_same() -> None:
    for channel in WithdrawalChannel:
        change = withdraw(
            signed(), scopes=(TREATMENT,), stated_at=None, channel=channel, now=MORNING
        )
        assert len(change.events) == 1
        assert change.state.signatures[0].withdrawn_through == {"treatment": channel}


def test_taking_back_what_was_only_offered_is_accepted_and_tells_nothing() -> None:
    change = withdraw(offered(), scopes=BOTH_SCOPES, stated_at=None, now=MORNING)
    assert change.state == offered()
    assert change.events == ()


@pytest.mark.parametrize("left_out", DISCLOSED[TREATMENT])
def test_consent_is_informed_of_every_item(left_out: Disclosure) -> None:
    """F45: of fees and time as well."""
    said = tuple(item for item in disclosed_for(BOTH_SCOPES) if item is not left_out)
    decision = may_sign(offered(), disclosures=said)
    (refusal,) = decision.refusals
    assert (refusal.slug, refusal.facts["missing"]) == ("everything-disclosed", (left_out.value,))
    assert may_sign(offered(), disclosures=disclosed_for(BOTH_SCOPES)).allowed


def test_each_scope_is_informed_by_items_of_its_own() -> None:
    assert set(DISCLOSED) == set(ConsentScope)
    assert Disclosure.TIME_AND_FEES not in disclosed_for((AFTERCARE,))
    assert Disclosure.NO_DRIVING_MACHINERY_WORK in disclosed_for((AFTERCARE,))

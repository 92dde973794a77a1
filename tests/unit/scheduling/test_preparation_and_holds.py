"""Preparation as a set, and the holds that scheduling owns."""

import pytest

from services.scheduling.domain.desk_task import DeskTask, TaskKind, TaskStatus, complete_task
from services.scheduling.domain.events import HoldLifted, HoldPlaced, PreparationCompleted
from services.scheduling.domain.hold import Hold, HoldChange, lift_hold, place_hold
from services.scheduling.domain.preparation import (
    Preparation,
    PreparationChange,
    PreparationStatus,
    PrepItem,
    count_session,
    sign,
)
from services.scheduling.domain.roles import Role
from shared.decisions import Refused
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Prep
from tests.unit.scheduling.building import CLIENT, COURSE, NURSE, THERAPIST, at, named

ALL_DONE = dict.fromkeys(PrepItem, True)


def _fresh() -> Preparation:
    return Preparation(id=named("p"), client_id=CLIENT, course_id=COURSE)


def _count(p: Preparation, name: str, rules: Prep | None = None) -> PreparationChange:
    return count_session(
        p, session_id=named(name), therapist_ref=THERAPIST, rules=rules or Prep(), at=at("10:00")
    )


def _sign(p: Preparation, checklist: dict[PrepItem, bool] | None = None) -> PreparationChange:
    return sign(
        p, checklist=checklist or ALL_DONE, therapist_ref=THERAPIST, rules=Prep(), at=at("11:00")
    )


def test_two_sessions_and_a_signature_complete_it_in_either_order() -> None:
    held = _count(_count(_fresh(), "one").state, "two").state
    signed_last = _sign(held)
    assert signed_last.events == (
        PreparationCompleted(at=at("11:00"), prep_count=2, checklist_version=1),
    )
    signed_first = _sign(_fresh()).state
    assert signed_first.status is PreparationStatus.SIGNED
    assert [type(e) for e in _count(_count(signed_first, "one").state, "two").events] == [
        PreparationCompleted
    ]


def test_a_session_told_twice_counts_once() -> None:
    """INV-4."""
    signed = _sign(_fresh()).state
    twice = _count(_count(signed, "one").state, "one")
    assert twice.events == ()
    assert twice.state.completed_at is None


def test_completion_is_told_once() -> None:
    done = _sign(_count(_count(_fresh(), "one").state, "two").state).state
    assert _count(done, "three").events == ()
    assert done.checklist_version == 1


def test_what_was_signed_and_told_is_not_signed_again() -> None:
    """Nobody would hear of a further version; a doubt that comes later has ways of its own."""
    done = _sign(_count(_count(_fresh(), "one").state, "two").state).state
    for answers in (ALL_DONE, {PrepItem.SUITABILITY_REASSESSED: False}):
        with pytest.raises(Refused) as refused:
            _sign(done, answers)
        (refusal,) = refused.value.refusals
        assert refusal.slug == "preparation-already-signed"
        assert refusal.facts["status"] == "completed"
        assert [one.owner for one in refusal.unblocks_with] == ["intake"]


def test_an_item_that_is_taken_back_takes_the_signature_with_it() -> None:
    """F26: a doubt in the second session is not passed over by the session having been held."""
    signed = _sign(_count(_fresh(), "one").state).state
    assert signed.status is PreparationStatus.SIGNED

    doubted = _sign(signed, {PrepItem.SUITABILITY_REASSESSED: False}).state
    assert doubted.status is PreparationStatus.UNDER_WAY
    held = _count(doubted, "two")
    assert (held.events, held.state.completed_at) == ((), None)

    assert [type(e) for e in _sign(held.state).events] == [PreparationCompleted]


def test_a_clinic_without_sign_off_may_still_sign_once() -> None:
    rules = Prep(min_sessions=1, therapist_signoff=False)
    done = _count(_fresh(), "one", rules).state

    signed = sign(
        done, checklist=ALL_DONE, therapist_ref=THERAPIST, rules=rules, at=at("11:00")
    ).state
    assert (signed.status, signed.completed_at) == (PreparationStatus.COMPLETED, at("10:00"))
    assert signed.signed is not None
    with pytest.raises(Refused):
        _sign(signed)


def test_an_open_item_is_no_signature() -> None:
    held = _count(_count(_fresh(), "one").state, "two").state
    partly = _sign(held, {**ALL_DONE, PrepItem.INTENTIONS_SET: False})
    assert partly.events == ()
    assert partly.state.signed is None
    assert partly.state.open_items == (PrepItem.INTENTIONS_SET,)
    assert [type(e) for e in _sign(partly.state, {PrepItem.INTENTIONS_SET: True}).events] == [
        PreparationCompleted
    ]


def test_a_clinic_without_sign_off_completes_by_number() -> None:
    rules = Prep(min_sessions=1, therapist_signoff=False)
    assert _count(_fresh(), "one", rules).state.status is PreparationStatus.COMPLETED


def test_the_floor_of_one_stands_below_any_setting() -> None:
    signed = _sign(_fresh()).state
    assert (
        sign(
            signed,
            checklist=ALL_DONE,
            therapist_ref=THERAPIST,
            rules=Prep(min_sessions=0),
            at=at("11:00"),
        ).events
        == ()
    )


def _place(category: HoldCategory, *blocks: HoldBlock) -> HoldChange:
    return place_hold(
        hold_id=named("h"),
        client_id=CLIENT,
        course_id=COURSE,
        category=category,
        blocks=blocks,
        severity=None,
        session_id=None,
        at=at("09:00"),
        by=Role.FRONT_DESK,
    )


def test_a_hold_of_logistics_blocks_start_and_dose_and_may_block_more() -> None:
    change = _place(HoldCategory.LOGISTICS, HoldBlock.BOOK)
    assert set(change.state.blocks) == {HoldBlock.BOOK, HoldBlock.START, HoldBlock.DOSE}
    assert change.state.severity is HoldSeverity.PAUSE
    assert [type(e) for e in change.events] == [HoldPlaced]


@pytest.mark.parametrize(
    "category", [c for c in HoldCategory if c.value not in {"logistics", "administrative"}]
)
def test_a_hold_that_others_own_is_refused_here(category: HoldCategory) -> None:
    """INV-32."""
    with pytest.raises(Refused) as refused:
        _place(category)
    assert refused.value.refusals[0].slug == "hold-owned-elsewhere"


def test_front_desk_or_therapist_lift_logistics_and_a_nurse_does_not() -> None:
    held: Hold = _place(HoldCategory.LOGISTICS).state
    with pytest.raises(Refused) as refused:
        lift_hold(held, at=at("09:10"), by=Role.NURSE)
    assert refused.value.refusals[0].slug == "role-may-not-lift"
    for role in (Role.FRONT_DESK, Role.THERAPIST):
        lifted = lift_hold(held, at=at("09:10"), by=role)
        assert lifted.events == (
            HoldLifted(at=at("09:10"), hold_id=held.id, lifted_by_roles=(role,)),
        )
        with pytest.raises(Refused) as refused:
            lift_hold(lifted.state, at=at("09:20"), by=role)
        assert refused.value.refusals[0].slug == "hold-not-open"


def test_a_countersignature_is_another_persons() -> None:
    task = DeskTask(
        id=named("t"),
        client_id=CLIENT,
        course_id=COURSE,
        kind=TaskKind.COUNTERSIGN_LEFT_AGAINST_ADVICE,
        cause=named("s"),
        status=TaskStatus.OPEN,
        opened_at=at("11:00"),
        opened_by=THERAPIST,
    )
    for same in (THERAPIST, None):
        with pytest.raises(Refused) as refused:
            complete_task(task, at=at("11:05"), by=same, role=Role.THERAPIST)
        assert refused.value.refusals[0].slug == "second-person-needed"
    done = complete_task(task, at=at("11:05"), by=NURSE, role=Role.NURSE)
    assert done.status is TaskStatus.DONE
    with pytest.raises(Refused) as refused:
        complete_task(done, at=at("11:06"), by=THERAPIST, role=Role.THERAPIST)
    assert refused.value.refusals[0].slug == "task-already-done"

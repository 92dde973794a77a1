"""A course moves to a newer version by two signatures, and never while anything is under way."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.intake.domain.closing import Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import CourseProtocolChanged
from services.intake.domain.protocol_change import (
    ChangeStatus,
    ProtocolChange,
    change_decision,
    lower_flag,
    propose,
    raise_flag,
    settle_change,
    sign,
)
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Decision, Refused
from shared.protocol import ClinicProtocol, Course, Role
from tests.unit.intake.courses import MORNING, PRESCRIBER, THERAPIST, active, slugs

CHANGE = UUID(int=91)
NEWER = ClinicProtocol(protocol_version=2, course=Course(review_every=3))
NOTHING: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": ()}
SESSION = Obstacle(kind="session", ref=UUID(int=1), status="ready", owner="scheduling")


def proposed(course: TreatmentCourse | None = None, to: int = 2) -> ProtocolChange:
    return propose(
        course or active(),
        change_id=CHANGE,
        to_version=to,
        newer=(NEWER,),
        role=Role.THERAPIST,
        ref=THERAPIST,
        now=MORNING,
    ).state


def signed() -> ProtocolChange:
    return sign(proposed(), role=Role.PRESCRIBER, ref=PRESCRIBER, now=MORNING).state


def decide(
    course: TreatmentCourse | None = None,
    answers: dict[str, tuple[Obstacle, ...] | None] | None = None,
    on_board: tuple[Obstacle, ...] = (),
) -> Decision:
    return change_decision(course or active(), signed(), answers or NOTHING, on_board)


def test_one_signature_waits_for_the_other_role() -> None:
    change = proposed()
    assert change.status is ChangeStatus.AWAITING_SIGNATURE
    assert change.missing_roles == (Role.PRESCRIBER,)
    assert signed().status is ChangeStatus.ASKING


@pytest.mark.parametrize(
    ("role", "ref", "slug"),
    [
        (Role.THERAPIST, UUID(int=7), "role-signed-already"),
        (Role.PRESCRIBER, THERAPIST, "person-signed-already"),
        (Role.FRONT_DESK, UUID(int=7), "role-does-not-change-protocols"),
        (Role.PRESCRIBER, None, "role-does-not-change-protocols"),
    ],
)
def test_two_people_sign_each_as_themselves(role: Role, ref: UUID | None, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        sign(proposed(), role=role, ref=ref, now=MORNING)
    assert slugs(refused) == [slug]


@pytest.mark.parametrize("to", [1, 3])
def test_only_a_loaded_newer_version_can_be_proposed(to: int) -> None:
    with pytest.raises(Refused) as refused:
        proposed(to=to)
    assert slugs(refused) == ["not-a-newer-version"]
    assert refused.value.refusals[0].facts["newer_versions"] == ["2"]


def test_a_course_that_is_over_is_not_changed() -> None:
    with pytest.raises(Refused) as refused:
        proposed(replace(active(), status=CourseStatus.COMPLETED))
    assert slugs(refused) == ["course-over"]


@pytest.mark.parametrize(
    ("answers", "on_board", "slug"),
    [
        ({**NOTHING, "scheduling": (SESSION,)}, (), "scheduling-has-nothing-under-way"),
        ({**NOTHING, "prescribing": None}, (), "prescribing-has-nothing-under-way"),
        (NOTHING, (SESSION,), "no-medicine-on-board"),
    ],
)
def test_nothing_may_be_under_way(
    answers: dict[str, tuple[Obstacle, ...] | None], on_board: tuple[Obstacle, ...], slug: str
) -> None:
    assert decide().allowed
    decision = decide(answers=answers, on_board=on_board)
    assert [refusal.slug for refusal in decision.refusals] == [slug]
    settled = settle_change(signed(), decision, on_board, now=MORNING).state
    assert settled.status is ChangeStatus.REFUSED


def test_a_change_that_was_overtaken_is_refused() -> None:
    moved = replace(active(), protocol_version=2)
    assert [r.slug for r in decide(moved).refusals] == ["still-the-same-version"]
    over = replace(active(), status=CourseStatus.STOPPED)
    assert [r.slug for r in decide(over).refusals] == ["course-goes-on"]


def test_the_course_moves_and_tells_from_where_to_where() -> None:
    change = signed()
    flagged = raise_flag(active(), change).state
    assert flagged.changing_protocol == CHANGE
    moved = lower_flag(flagged, change, to=NEWER, reviewed=False, now=MORNING)
    assert (moved.state.protocol_version, moved.state.changing_protocol) == (2, None)
    assert moved.state.covers_until_session_no == 3
    assert moved.events == (
        CourseProtocolChanged(at=MORNING, change_id=CHANGE, from_version=1, to_version=2),
    )


def test_what_a_review_covers_stays_covered() -> None:
    course = replace(active(), covers_until_session_no=12)
    moved = lower_flag(course, signed(), to=NEWER, reviewed=True, now=MORNING).state
    assert moved.covers_until_session_no == 12


def test_a_refused_change_leaves_the_course_as_it_was() -> None:
    flagged = raise_flag(active(), signed()).state
    lowered = lower_flag(flagged, signed(), to=None, reviewed=False, now=MORNING)
    assert lowered.state == active()
    assert lowered.events == ()

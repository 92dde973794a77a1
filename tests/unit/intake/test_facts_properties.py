"""Whatever the order and however often: the facts of a course end up the same (INV-38)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.course_so_far import dosed_count, foreign_holds, preparations_done
from services.intake.domain.facts import (
    Booking,
    CourseFacts,
    Dose,
    ForeignHold,
    Restriction,
    SessionEnd,
)
from services.intake.domain.on_board import on_board
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity
from tests.unit.intake.courses import MORNING, later, no_facts, told

Step = Callable[[CourseFacts], CourseFacts]
IDS = st.integers(1, 3).map(lambda n: UUID(int=n))
NUMBERS = st.integers(0, 5)


def _placed(hold_id: UUID, owner: str) -> Step:
    hold = ForeignHold(
        hold_id=hold_id,
        owner=owner,
        category=HoldCategory.MEDICAL,
        blocks=(HoldBlock.DOSE,),
        severity=HoldSeverity.STOP,
    )
    return lambda facts: facts.hold_placed(told(hold, f"p-{owner}-{hold_id.int}"))


def _lifted(hold_id: UUID, owner: str) -> Step:
    return lambda facts: facts.hold_lifted(
        owner=owner, hold_id=hold_id, event_id=f"l-{owner}-{hold_id.int}"
    )


def _dose(session: UUID, minutes: int) -> Step:
    dose = Dose(session_id=session, administered_at=later(minutes=minutes))
    return lambda facts: facts.dose_given(
        order_id=session, dose_seq=minutes + 1, dose=told(dose, f"d-{session.int}-{minutes}")
    )


def _closed(order: UUID, version: int) -> Step:
    count = (version * 7 + order.int) % 3
    return lambda facts: facts.order_closed(
        order_id=order, version=version + 1, count=told(count, f"c-{order.int}-{version}")
    )


def _ended(session: UUID, minutes: int) -> Step:
    end = SessionEnd(kind="prep", outcome="completed", ended_at=later(minutes=minutes))
    return lambda facts: facts.session_ended(
        session_id=session, end=told(end, f"e-{session.int}-{minutes}")
    )


def _restricted(session: UUID, minutes: int, known: bool) -> Step:
    window = Restriction(session_id=session, until=later(minutes=minutes), end_known=known)
    return lambda facts: facts.restricted(
        aftercare_id=session, told=told(window, f"r-{session.int}-{minutes}-{known}")
    )


def _booked(session: UUID) -> Step:
    booking = Booking(kind="dosing", starts_at=MORNING)
    return lambda facts: facts.session_booked(
        session_id=session, booking=told(booking, f"b-{session.int}")
    )


def _moved(session: UUID, version: int) -> Step:
    return lambda facts: facts.session_moved(
        session_id=session,
        version=version + 1,
        to=told(later(minutes=version), f"m-{session.int}-{version}"),
    )


def _off(session: UUID) -> Step:
    return lambda facts: facts.session_off(session_id=session, event_id=f"o-{session.int}")


def _left(session: UUID) -> Step:
    return lambda facts: facts.walked_out(
        session_id=session, at=told(later(minutes=3), f"w-{session.int}")
    )


def _discharged(session: UUID) -> Step:
    return lambda facts: facts.discharged(
        session_id=session, at=told(later(minutes=3), f"x-{session.int}")
    )


OWNERS = st.sampled_from(["prescribing", "scheduling"])
STEPS = st.one_of(
    st.builds(_placed, IDS, OWNERS),
    st.builds(_lifted, IDS, OWNERS),
    st.builds(_dose, IDS, NUMBERS),
    st.builds(_closed, IDS, NUMBERS),
    st.builds(_ended, IDS, NUMBERS),
    st.builds(_restricted, IDS, NUMBERS, st.booleans()),
    st.builds(_booked, IDS),
    st.builds(_moved, IDS, NUMBERS),
    st.builds(_off, IDS),
    st.builds(_left, IDS),
    st.builds(_discharged, IDS),
)


def fold(steps: list[Step]) -> CourseFacts:
    facts = no_facts()
    for step in steps:
        facts = step(facts)
    return facts


@settings(max_examples=200)
@given(st.data(), st.lists(STEPS, max_size=14))
def test_any_order_and_any_repetition_gives_the_same_facts(
    data: st.DataObject, steps: list[Step]
) -> None:
    repeated = steps + data.draw(st.lists(st.sampled_from(steps), max_size=6)) if steps else []
    assert fold(data.draw(st.permutations(repeated))) == fold(steps)


@given(st.lists(st.tuples(st.booleans(), IDS, OWNERS), max_size=12))
def test_open_holds_are_those_placed_and_not_lifted_by_the_same_owner(
    happenings: list[tuple[bool, UUID, str]],
) -> None:
    facts = fold([(_placed if up else _lifted)(hold, owner) for up, hold, owner in happenings])
    placed = {(hold, owner) for up, hold, owner in happenings if up}
    lifted = {(hold, owner) for up, hold, owner in happenings if not up}
    assert {(h.value.hold_id, h.value.owner) for h in foreign_holds(facts)} == placed - lifted


def test_a_lift_by_another_service_opens_nothing() -> None:
    hold = UUID(int=1)
    facts = fold([_placed(hold, "prescribing"), _lifted(hold, "scheduling")])
    assert len(foreign_holds(facts)) == 1
    facts = fold([_placed(hold, "prescribing"), _lifted(hold, "prescribing")])
    assert foreign_holds(facts) == ()


def test_the_count_of_doses_is_that_of_the_highest_version() -> None:
    order = UUID(int=1)

    def closed(version: int, count: int) -> Step:
        return lambda facts: facts.order_closed(
            order_id=order, version=version, count=told(count, f"v{version}")
        )

    assert dosed_count(fold([closed(1, 0)])) == 0
    assert dosed_count(fold([closed(2, 1), closed(1, 0)])) == 1
    assert dosed_count(fold([closed(2, 0), closed(1, 2)])) == 0


def test_a_preparation_told_twice_counts_once() -> None:
    twice = fold([_ended(UUID(int=1), 1), _ended(UUID(int=1), 2), _ended(UUID(int=1), 1)])
    assert len(preparations_done(twice)) == 1
    assert len(preparations_done(fold([_ended(UUID(int=1), 1), _ended(UUID(int=2), 1)]))) == 2


@given(st.permutations([0, 1, 2, 3, 4]))
def test_medicine_is_on_board_until_the_one_discharge_whatever_comes_first(
    order: list[int],
) -> None:
    session = UUID(int=1)
    steps = [
        _dose(session, 0),
        _dose(session, 2),
        _ended(session, 3),
        _discharged(session),
        _restricted(session, 5, known=True),
    ]
    facts = fold([steps[i] for i in order])
    assert on_board(facts, later(minutes=4)) == {}
    without = fold([steps[i] for i in order if i != 3])
    assert on_board(without, MORNING + timedelta(days=30)) != {}

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.prescribing.domain.dose_ledger import DoseLedger, EntryKind
from services.prescribing.domain.dose_ledger_states import TOLERANCE_MG, LedgerStatus
from shared.decisions import Refused
from tests.unit.prescribing.clinic import CLIENT, COURSE, NURSE, WITNESS, at, slugs


def ledger() -> DoseLedger:
    return DoseLedger.opened(
        uuid4(), client_id=CLIENT, course_id=COURSE, dose_order_id=UUID(int=30)
    )


def test_every_milligram_is_accounted_for() -> None:
    out = ledger().release(150.0, by=NURSE, at=at("09:55")).state
    assert out.status is LedgerStatus.OUTSTANDING

    given_ = out.administer(100.0, dose_seq=1, by=NURSE, at=at("10:00")).state
    wasted = given_.waste(30.0, by=NURSE, witness_ref=WITNESS, at=at("10:10")).state
    assert wasted.outstanding_mg == pytest.approx(20.0)

    returned = wasted.return_rest(by=NURSE, witness_ref=WITNESS, at=at("10:20")).state
    assert returned.status is LedgerStatus.BALANCED


def test_no_more_is_given_or_wasted_than_was_released() -> None:
    out = ledger().release(50.0, by=NURSE, at=at("09:55")).state

    with pytest.raises(Refused) as refused:
        out.administer(50.5, dose_seq=1, by=NURSE, at=at("10:00"))
    assert slugs(refused.value) == {"more-than-released"}
    with pytest.raises(Refused):
        out.waste(50.5, by=NURSE, witness_ref=WITNESS, at=at("10:00"))


def test_a_taken_dose_is_written_down_without_a_release() -> None:
    """Ruling 12."""
    taken = ledger().taken(100.0, dose_seq=1, by=NURSE, witness_ref=WITNESS, at=at("10:00")).state

    assert taken.status is LedgerStatus.OVERDRAWN


def test_a_witness_is_somebody_else() -> None:
    out = ledger().release(50.0, by=NURSE, at=at("09:55")).state

    with pytest.raises(Refused) as refused:
        out.return_rest(by=NURSE, witness_ref=NURSE.ref, at=at("10:00"))
    assert slugs(refused.value) == {"witness-is-the-same-person"}
    with pytest.raises(Refused):
        out.waste(10.0, by=NURSE, witness_ref=NURSE.ref, at=at("10:00"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["release", "administer", "waste", "return"]), st.floats(0.5, 200)
        ),
        max_size=12,
    )
)
def test_in_any_order_of_steps_nothing_goes_missing(steps: list[tuple[str, float]]) -> None:
    book = ledger()
    for step, amount in steps:
        try:
            match step:
                case "release":
                    book = book.release(amount, by=NURSE, at=at("10:00")).state
                case "administer":
                    book = book.administer(amount, dose_seq=1, by=NURSE, at=at("10:00")).state
                case "waste":
                    book = book.waste(amount, by=NURSE, witness_ref=WITNESS, at=at("10:00")).state
                case _:
                    book = book.return_rest(by=NURSE, witness_ref=WITNESS, at=at("10:00")).state
        except Refused:
            continue
    accounted = sum(
        book.total(kind) for kind in (EntryKind.ADMINISTERED, EntryKind.WASTED, EntryKind.RETURNED)
    )
    assert accounted <= book.total(EntryKind.RELEASED) + TOLERANCE_MG * (len(steps) + 1)
    assert (book.status is LedgerStatus.OUTSTANDING) == (book.outstanding_mg > TOLERANCE_MG)

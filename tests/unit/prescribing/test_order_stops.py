"""What ends an undosed order: of the session at any time, of the guards once authorised."""

from dataclasses import replace

import pytest

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import StopCause
from services.prescribing.domain.order_stops import Stop, StopFacts, stop_of
from shared.decisions import Decision, holds
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import active, at, course, released, requested, told
from tests.unit.prescribing.dose_gate_cases import in_session

ALLOWED = Decision.of("G-AUTHORISE", (holds("all", "6.2"),))
ORDERS = [released(), requested()]


def stop(order: DoseOrder, known: CourseFacts) -> Stop | None:
    return stop_of(
        StopFacts(
            order=order,
            course=known,
            prescription=active(),
            own_holds=(),
            authorisation=ALLOWED,
            now=at("10:00"),
        )
    )


@pytest.mark.parametrize("order", ORDERS)
def test_nothing_ends_an_order_while_every_fact_stands(order: DoseOrder) -> None:
    order = replace(order, starts_at=at("09:30"), planned_end_at=at("12:30"))
    assert stop(order, course()) is None


@pytest.mark.parametrize("order", ORDERS)
def test_a_request_to_stop_ends_it(order: DoseOrder) -> None:
    asked = in_session(stop=told(at("09:58"), at("09:58")))
    assert stop(order, asked) == Stop(cause=StopCause.STOP_REQUESTED, category=HoldCategory.CONSENT)


@pytest.mark.parametrize("order", ORDERS)
def test_the_end_of_the_course_ends_it(order: DoseOrder) -> None:
    assert stop(order, course().close(told(at("09:58"), at("09:58")))) == Stop(
        cause=StopCause.COURSE_ENDED, category=HoldCategory.ADMINISTRATIVE
    )

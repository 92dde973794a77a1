"""How old a client is on a day."""

from datetime import date

import pytest

from shared.messaging.people import Person

BORN = Person(name="Wren Halloway", date_of_birth=date(1990, 4, 2), told_at=0.0)


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 4, 1), 35), (date(2026, 4, 2), 36), (date(2026, 12, 31), 36)],
)
def test_a_year_is_counted_on_the_birthday(day: date, age: int) -> None:
    assert BORN.age_on(day) == age

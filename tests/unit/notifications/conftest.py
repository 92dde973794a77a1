"""The notifications of one test, in memory."""

from collections.abc import Iterator

import pytest

from tests.unit.notifications.ward import Ward, opened


@pytest.fixture
def ward() -> Iterator[Ward]:
    with opened() as one:
        yield one

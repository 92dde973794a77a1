"""A whole clinic, really started, for the journeys of one test module."""

from collections.abc import Iterator

import pytest

from tests.support.furnished_clinics import FurnishedClinics
from tests.support.started_clinic import StartedClinic


@pytest.fixture(scope="module")
def clinic(furnished_clinics: FurnishedClinics) -> Iterator[StartedClinic]:
    """A clinic with rooms and clinicians and nobody else, stopped in order at the end."""
    with furnished_clinics() as started:
        yield started

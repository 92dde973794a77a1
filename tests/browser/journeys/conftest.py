"""The stage of a course of care that is carried by hand."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from cli.journeys.stage import stage
from tests.browser.conftest import Screens
from tests.browser.journeys.care import TABLET, Care
from tests.browser.journeys.hands import Hands, Pointer
from tests.support.furnished_clinics import FurnishedClinics
from tests.support.started_clinic import StartedClinic

CareFor = Callable[..., AbstractAsyncContextManager[Care]]


@pytest.fixture(scope="package")
def clinic(furnished_clinics: FurnishedClinics) -> Iterator[StartedClinic]:
    """One clinic for all who are cared for here: each begins on a day of their own."""
    with furnished_clinics() as started:
        yield started


@pytest.fixture
def care_for(clinic: StartedClinic, screens: Screens) -> CareFor:
    """Care of a client by name: who comes works on a tablet, with scripts or without."""

    @asynccontextmanager
    async def care(
        client: str, *, scripts: bool = True, hands: Hands | None = None
    ) -> AsyncIterator[Care]:
        async with stage(clinic.reach, lambda _line: None) as place:
            yield Care(
                stage=place,
                come=lambda: screens(width=TABLET, scripts=scripts),
                client=client,
                hands=hands or Pointer(),
            )

    return care

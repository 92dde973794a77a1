"""J1 carried through by hand: from the enquiry to the integration session, by everybody's pages."""

import pytest

from cli.journeys import j1
from tests.browser.journeys import passages
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_everything_goes_well(care_for: CareFor) -> None:
    async with care_for("Avery Quill") as care:
        await passages.until_dosed(care)
        await passages.ended_and_home(care)
        await passages.days_after(care)
        checked = await j1.final(care.stage, care.course)
        assert [one for one in checked if not one.holds] == []

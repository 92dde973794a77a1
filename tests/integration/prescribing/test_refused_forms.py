"""A page that is shown again with a refusal is still the page of its own address."""

import pytest

from tests.integration.prescribing.day import Day
from tests.integration.prescribing.screens import Screens, shown

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_it_reads_itself_again_from_where_it_is_and_not_from_where_its_form_went(
    day: Day, screens: Screens
) -> None:
    await day.dosed()
    nurse = await screens("nurse")
    recovery = f"/sessions/{day.person.session_id}/recovery"
    clearing = f"/sessions/{day.person.session_id}/clearances"
    assert (await nurse.open(clearing)).status_code == 405
    refused = await nurse.submit(recovery, {}, at=clearing)
    assert refused.status_code == 409
    assert f'hx-get="{recovery}"' in refused.text
    assert f'name="then" value="{recovery}"' in refused.text


@pytest.mark.parametrize("claimed", ["https://elsewhere.test/", "//elsewhere.test/", "elsewhere"])
async def test_no_form_makes_a_page_read_itself_from_elsewhere(
    day: Day, screens: Screens, claimed: str
) -> None:
    await day.dosed()
    nurse = await screens("nurse")
    recovery = f"/sessions/{day.person.session_id}/recovery"
    assert recovery in await shown(nurse, recovery)
    refused = await nurse.submit(
        recovery, {"form_page": claimed}, at=f"/sessions/{day.person.session_id}/clearances"
    )
    assert refused.status_code == 409
    assert "elsewhere" not in refused.text

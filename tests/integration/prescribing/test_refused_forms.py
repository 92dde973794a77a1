"""A page that is shown again with a refusal is still the page of its own address."""

import re

import pytest

from shared.runtime.ids import new_id
from tests.integration.prescribing.day import Day
from tests.integration.prescribing.screens import Screens, shown

RECEIPT = re.compile(r'href="(/receipts/[0-9a-f-]{36})"')

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


async def test_why_leads_to_the_receipt_of_the_decision_that_refused(
    day: Day, screens: Screens
) -> None:
    await day.dosed()
    nurse, therapist = await screens("nurse"), await screens("therapist")
    session = f"/sessions/{day.person.session_id}"
    refused = await nurse.submit(f"{session}/recovery", {}, at=f"{session}/clearances")
    (told,) = set(re.findall(RECEIPT, refused.text))
    for reader in (nurse, therapist):
        receipt = await shown(reader, told)
        assert "The client must be observed until" in receipt
        assert "</svg> in the way</li>" in receipt
        assert day.person.name in receipt
    listed = await shown(nurse, f"/receipts?subject_id={day.person.session_id}")
    assert told in listed
    all_of_them = [await shown(nurse, one) for one in set(re.findall(RECEIPT, listed))]
    assert any(re.search(r"careteam\.(intake|scheduling)\.\w+\.v1", one) for one in all_of_them)
    assert (await nurse.open(f"/receipts/{new_id()}")).status_code == 404


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

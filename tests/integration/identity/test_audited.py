"""Who came in, who left, and who was not let in: rows of the audit chain like any other."""

import pytest

from tests.integration.identity.world import INTAKE, Visitor, World, hidden
from tests.support.auditing import audited

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


async def test_coming_in_and_leaving_are_in_the_audit(visitor: Visitor, world: World) -> None:
    service = world.intake.service
    before = len(await audited(service, action="sign_in", role="therapist", outcome="allowed"))
    page = await visitor.sign_in()
    came = await audited(service, action="sign_in", role="therapist", outcome="allowed")
    assert len(came) == before + 1
    form = {"form_token": hidden(page, "form_token")}
    await visitor.post(f"{INTAKE}/sign-out", form, follow=True)
    left = await audited(service, action="sign_out", ref=came[-1]["ref"])
    assert [one["outcome"] for one in left][-1:] == ["allowed"]
    await world.told()
    assert await audited(service, action="end_sign_in", role="issuer") != []


async def test_whoever_is_not_let_in_is_in_the_audit_as_nobody(
    visitor: Visitor, world: World
) -> None:
    service = world.intake.service
    before = len(await audited(service, action="sign_in", role="nobody"))
    away = await visitor.get(f"{INTAKE}/sign-in", follow=False)
    state = away.headers["location"].split("state=")[1].split("&")[0]
    refused = await visitor.get(f"{INTAKE}/sign-in/return?error=access_denied&state={state}")
    assert refused.status_code == 403
    entries = await audited(service, action="sign_in", role="nobody")
    assert len(entries) == before + 1
    assert entries[-1]["outcome"] == "denied"
    # A way in that no browser of ours began tells of nobody, and fills no chain.
    assert (await visitor.get(f"{INTAKE}/sign-in/return?error=x&state=made-up")).status_code == 400
    assert len(await audited(service, action="sign_in", role="nobody")) == before + 1

"""Registering an integrator, trying its endpoint, its secrets, and revoking it."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from careteam_contracts import intake
from tests.integration.notifications.clinic import World
from tests.integration.notifications.integrators.integrated import (
    TAKES_ALL,
    Integrate,
    Integrated,
    scheduled,
)
from tests.integration.notifications.receiver import receiving
from tests.support.auditing import audited
from tests.support.browsing import Browser

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_two_secrets_sign_for_a_while_and_each_is_shown_once(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        rotated = await one.do("secret", {"overlap_hours": 1})
        assert rotated["secret"] != one.secret
        assert len(rotated["webhook"]["signing"]) == 2
        person = world.person()
        both = await world.tell(person, intake.ClientRegistered())
        await one.told(both)
        assert one.receiver.taken[-1].verifies(one.secret)
        assert one.receiver.taken[-1].verifies(rotated["secret"])
        world.set_clock(world.service.clock.now() + timedelta(hours=1))
        after = await world.tell(person, scheduled(person))
        await one.told(after)
        assert not one.receiver.taken[-1].verifies(one.secret)
        assert one.receiver.taken[-1].verifies(rotated["secret"])
        assert "secret" not in await one.seen() or (await one.seen())["secret"] is None


async def test_a_secret_is_nowhere_but_in_its_answer(world: World) -> None:
    body = {"name": "once", "types": [], "webhook": {"url": "https://once.example/hook"}}
    made = await world.post("/integrators", body, role="operator", key="once-and-no-more")
    again = await world.post("/integrators", body, role="operator", key="once-and-no-more")
    assert made.json()["secret"].startswith("whsec_")
    assert again.json() == {**made.json(), "secret": None}
    async with world.service.database.engine.connect() as connection:
        await connection.execute(sa.text("SELECT set_config('careteam.scope', 'service', false)"))
        for table in ("integrators", "answered_commands", "audit_chain"):
            rows = await connection.execute(sa.text(f"SELECT t::text FROM {table} t"))  # noqa: S608
            assert not any(made.json()["secret"][6:] in row for row in rows.scalars()), table
    taken = await world.post("/integrators", body, role="operator")
    assert [r["slug"] for r in taken.json()["refusals"]] == ["integrator-name-taken"]
    gone = await world.post(f"/integrators/{made.json()['id']}/revocation", role="operator")
    assert gone.json()["webhook"]["signing"] == []


async def test_an_endpoint_is_tried_with_an_event_that_tells_nothing(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        assert await one.do("trial") == {"delivered": True, "status": 204, "failure": None}
        [got] = one.receiver.taken
        assert got.verifies(one.secret)
        assert got.event["type"] == "careteam.test"
        assert got.event["data"] == {}
        assert got.client is None
        one.receiver.answers = lambda _got: (500, {})
        assert await one.do("trial") == {"delivered": False, "status": 500, "failure": "refused"}
        assert await one.deliveries() == []


async def test_all_that_is_done_is_in_the_audit_and_only_operators_do_it(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        await world.tell(world.person(), intake.ClientRegistered())
        for action in ("secret", "trial", "replay"):
            await one.do(action, {} if action != "trial" else None)
        await one.do("revocation")
        refused = await one.do("secret", {}, status=409)
        assert refused["refusals"][0]["slug"] == "integrator-revoked"
        for action in (
            "rotate_integrator_secret",
            "try_integrator",
            "replay_to_integrator",
            "revoke_integrator",
        ):
            entries = await audited(world.service, action=action, outcome="allowed")
            assert any(entry["target"] == one.made["id"] for entry in entries), action
        assert await audited(world.service, action="register_integrator", outcome="allowed")
        forbidden = await world.post(f"{one.path}/revocation", role="therapist")
        assert forbidden.status_code == 403


async def test_an_operator_does_all_of_it_on_pages(world: World) -> None:
    browser = Browser(world.app)
    async with receiving(lambda _got: (500, {})) as receiver:
        await browser.sign_in("token-of-operator")
        typed = {"name": "on-a-page", "webhook.url": "https://10.0.0.1/hook"}
        refused = await browser.submit("/integrators", typed, at="/integrators")
        assert refused.status_code == 409
        assert "outside the clinic" in refused.text
        typed["webhook.url"] = receiver.url
        made = await browser.submit("/integrators", typed, at="/integrators")
        assert made.status_code == 200
        [secret] = re.findall(r"<code>(whsec_[^<]+)</code>", made.text)
        [one] = (await world.get("/integrators", "operator", name="on-a-page"))["items"]
        here = f"/integrators/{one['id']}"
        assert secret not in (await browser.open(here)).text

        tried = await browser.submit(here, {}, at=f"{here}/trial")
        assert "It answered 500." in tried.text
        assert receiver.calls[0].verifies(secret)
        told = await world.tell(world.person(), intake.ClientRegistered())
        integrated = Integrated(world, receiver, {**one, "secret": secret})
        failed = await integrated.failing("refused")
        shown = (await browser.open(f"{here}?state=waiting")).text
        assert str(told.event_id) in shown
        assert "It answered 500." in shown
        assert "on-a-page" in (await browser.open("/integrators")).text

        receiver.answers = TAKES_ALL
        replayed = await browser.submit(here, {"to": failed["cursor"]}, at=f"{here}/replay")
        assert re.search(r"\d+ events? (is|are) told again", replayed.text)
        await integrated.told(told)
        wrong = await browser.submit(here, {"after": "yesterday"}, at=f"{here}/replay")
        assert wrong.status_code == 422
        rotated = await browser.submit(here, {"overlap_hours": "2"}, at=f"{here}/secret")
        assert "whsec_" in rotated.text
        assert secret not in rotated.text
        gone = await browser.submit(here, {}, at=f"{here}/revocation")
        assert (gone.status_code, gone.headers["location"]) == (303, here)
        assert f"{here}/secret" not in (await browser.open(here)).text
        await browser.sign_in("token-of-therapist")
        assert (await browser.open("/integrators")).status_code == 403
    await browser.http.aclose()


async def test_whoever_is_revoked_is_owed_nothing(world: World, integrated: Integrate) -> None:
    async with integrated(answers=lambda _got: (500, {})) as one:
        await world.tell(world.person(), intake.ClientRegistered())
        await one.failing("refused")
        await one.do("revocation")
        assert (await one.seen())["deliveries"]["waiting"] == 0
        listed = await world.get("/integrators", "operator", name=one.made["name"])
        assert [item["status"] for item in listed["items"]] == ["revoked"]
    assert json.dumps(listed).count("whsec_") == 0

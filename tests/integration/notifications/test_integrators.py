"""Integrators are told of what is public: at least once, in order per client, and signed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from careteam_contracts import intake, scheduling
from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.envelope import Envelope
from services.notifications.app import define
from services.notifications.channels import courier
from services.notifications.settings import ChannelSettings, IntegratorSettings
from tests.integration.notifications.clinic import World, running_clinic
from tests.integration.notifications.happenings import booked, in_session
from tests.integration.notifications.people import Person
from tests.integration.notifications.receiver import Answers, Receiver, receiving
from tests.support.auditing import audited
from tests.support.browsing import Browser
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.service_world import bearer
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

PATIENCE = 90
TAKES_ALL: Answers = lambda _got: (204, {})  # noqa: E731


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("clinic")
    key = folder / "webhook.key"
    key.write_text("5e" * 32)
    definition = define(
        ChannelSettings.model_construct(),
        IntegratorSettings(webhook_key_file=key, webhook_networks="127.0.0.0/8"),
    )
    database = fresh_database("notifications")
    async with running_clinic(database, bus, folder, definition=definition) as running:
        yield running


class Integrated:
    """An integrator that this test registered, and the endpoint that it has."""

    def __init__(self, world: World, receiver: Receiver, made: dict[str, Any]) -> None:
        self.world, self.receiver, self.made = world, receiver, made
        self.secret: str = made["secret"]
        self.path = f"/integrators/{made['id']}"

    async def do(self, what: str, body: Any = None, status: int = 200) -> Any:
        answer = await self.world.post(f"{self.path}/{what}", body, role="operator")
        assert answer.status_code == status, answer.text
        return answer.json()

    async def seen(self) -> Any:
        return await self.world.get(self.path, "operator")

    async def deliveries(self, **query: Any) -> list[Any]:
        return await self.world.items(f"{self.path}/deliveries", "operator", **query)

    async def told(self, *events: Envelope) -> None:
        """Wait until the endpoint has taken all of these."""
        ids = [str(one.event_id) for one in events]
        await eventually(lambda: self.receiver.has(ids), seconds=PATIENCE)

    async def failing(self, failure: str, attempts: int = 1) -> dict[str, Any]:
        """Wait until an attempt has failed so; the delivery."""
        found: list[dict[str, Any]] = []

        async def failed() -> bool:
            found[:] = [
                one
                for one in await self.deliveries()
                if one["failure"] == failure and one["attempts"] >= attempts
            ]
            return bool(found)

        await eventually(failed, seconds=PATIENCE)
        return found[0]


Integrate = Callable[..., AbstractAsyncContextManager[Integrated]]


@pytest.fixture
def integrated(world: World, request: pytest.FixtureRequest) -> Integrate:
    """Registers an integrator with an endpoint of its own, and revokes it when it is over."""
    numbers = iter(range(100))

    @asynccontextmanager
    async def integrate(
        *types: str, answers: Answers | None = None, path: str = ""
    ) -> AsyncIterator[Integrated]:
        name = f"{request.node.name.replace('_', '-')[5:34]}-{next(numbers)}"
        async with receiving(answers) as receiver:
            body = {"name": name, "types": list(types), "webhook": {"url": receiver.url + path}}
            answer = await world.post("/integrators", body, role="operator")
            assert answer.status_code == 201, answer.text
            made = Integrated(world, receiver, answer.json())
            yield made
            if (await made.seen())["status"] != "revoked":
                await made.do("revocation")

    return integrate


def scheduled(person: Person, day: int = 12) -> scheduling.SessionScheduled:
    return booked(person, at("10:00", day=day))


async def test_what_is_public_is_told_with_its_cursor_and_signed_and_nothing_else_is(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        quinn = world.person(phone="+1 555 0199")
        first = await world.tell(quinn, intake.ClientRegistered())
        hidden = await world.tell(
            quinn, intake.MedicalAssessmentRequested(request_id=quinn.order_id, review_flags=0)
        )
        last = await world.tell(quinn, scheduled(quinn))
        await one.told(first, last)
        assert str(hidden.event_id) not in one.receiver.ids()
        got = one.receiver.taken[0]
        assert got.id == got.event["id"] == str(first.event_id)
        assert got.verifies(one.secret)
        assert not got.verifies("whsec_" + "QUFB" * 8)
        assert got.headers["content-type"] == "application/cloudevents+json"
        assert got.event["type"] == "careteam.intake.client_registered.v1"
        assert got.event["specversion"] == "1.0"
        assert got.event["source"] == "/careteam/intake"
        assert got.event["clientsequence"] == 1
        async with world.service.database.engine.connect() as connection:
            epoch = await connection.scalar(sa.text("SELECT epoch FROM stream_epochs"))
        assert got.event["cursor"].startswith(f"{epoch}.")
        assert b"Quinn" not in b"".join(one.body for one in one.receiver.calls)
        assert b"0199" not in b"".join(one.body for one in one.receiver.calls)


async def test_this_services_own_public_events_are_told_too(
    world: World, integrated: Integrate
) -> None:
    async with integrated("careteam.notifications.*") as one:
        person = world.person()
        await in_session(world, person)

        async def told() -> bool:
            return any(got.client == str(person.client_id) for got in one.receiver.taken)

        await eventually(told, seconds=PATIENCE)
        types = {got.event["type"] for got in one.receiver.taken}
        assert types == {"careteam.notifications.aftercare_started.v1"}


async def test_every_type_that_leaves_is_public(world: World, integrated: Integrate) -> None:
    async with integrated() as one:
        person = world.person()
        await in_session(world, person)
        end = await world.tell(person, scheduled(person))
        await one.told(end)
        assert all(CATALOGUE[got.event["type"]].public for got in one.receiver.calls)
    refused = await world.post(
        "/integrators",
        {
            "name": "curious",
            "types": ["careteam.intake.consent_granted.v1"],
            "webhook": {"url": "https://curious.example/hook"},
        },
        role="operator",
    )
    assert refused.status_code == 409
    assert [r["slug"] for r in refused.json()["refusals"]] == ["event-type-not-public"]


async def test_a_client_waits_behind_its_first_event_that_fails_and_nobody_else_does(
    world: World, integrated: Integrate
) -> None:
    quinn, robin = world.person(), world.person()
    broken = True

    def answers(got: Any) -> tuple[int, dict[str, str]]:
        return (500, {}) if broken and got.client == str(quinn.client_id) else (204, {})

    async with integrated(answers=answers) as one:
        told = [await world.tell(quinn, intake.ClientRegistered())]
        await one.failing("refused")
        told += [await world.tell(quinn, scheduled(quinn, day)) for day in (12, 13)]
        theirs = await world.tell(robin, intake.ClientRegistered())
        await one.told(theirs)
        assert {got.id for got in one.receiver.calls} == {
            str(told[0].event_id),
            str(theirs.event_id),
        }
        broken = False
        world.set_clock(world.service.clock.now() + timedelta(hours=1))
        await one.told(*told)
        mine = [got.id for got in one.receiver.taken if got.client == str(quinn.client_id)]
        assert mine == [str(envelope.event_id) for envelope in told]
        assert (await one.seen())["deliveries"]["waiting"] == 0


async def test_an_endpoint_is_not_asked_again_before_it_wants_to_be(
    world: World, integrated: Integrate
) -> None:
    async with integrated(answers=lambda _got: (503, {"Retry-After": "7200"})) as one:
        await world.tell(world.person(), intake.ClientRegistered())
        failed = await one.failing("refused")
        assert failed["status"] == 503
        wished = datetime.fromisoformat(failed["next_try_at"])
        assert wished == datetime.fromisoformat(failed["tried_at"]) + timedelta(hours=2)


async def test_what_is_gone_is_told_nothing_until_somebody_enables_it(
    world: World, integrated: Integrate
) -> None:
    async with integrated(answers=lambda _got: (410, {})) as one:
        person = world.person()
        first = await world.tell(person, intake.ClientRegistered())
        await one.failing("refused")
        assert (await one.seen())["status"] == "disabled"
        second = await world.tell(person, scheduled(person))

        async def owed() -> bool:
            return (await one.seen())["deliveries"]["waiting"] == 2

        await eventually(owed, seconds=PATIENCE)
        assert len(one.receiver.calls) == 1
        one.receiver.answers = TAKES_ALL
        await one.do("enabling")
        await one.told(first, second)
        assert one.receiver.ids() == [str(first.event_id), str(second.event_id)]
        again = await one.do("enabling", status=409)
        assert again["refusals"][0]["slug"] == "integrator-already-active"


async def test_a_redirect_is_a_failure_and_leads_nowhere(
    world: World, integrated: Integrate
) -> None:
    async with receiving() as elsewhere:
        where = {"Location": elsewhere.url}
        async with integrated(answers=lambda _got: (307, where)) as one:
            await world.tell(world.person(), intake.ClientRegistered())
            assert (await one.failing("redirected"))["status"] == 307
            assert elsewhere.calls == []


async def test_one_that_does_not_answer_holds_nobody_up(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as slow, integrated() as quick:
        slow.receiver.hangs = True
        for _ in range(3):
            told = await world.tell(world.person(), intake.ClientRegistered())
            await quick.told(told)
        await eventually(lambda: called(slow.receiver, 3), seconds=PATIENCE)
        assert slow.receiver.taken == []
        slow.receiver.hung_up.set()


async def called(receiver: Receiver, times: int) -> bool:
    return len(receiver.calls) >= times


async def test_a_crash_between_the_answer_and_the_note_tells_again_under_the_same_id(
    world: World, integrated: Integrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = courier.note_answer
    crashed = asyncio.Event()

    async def crash_once(command: Any, uow: Any) -> None:
        ours = command.owed.event.type == "careteam.scheduling.session_scheduled.v1"
        if ours and not crashed.is_set():
            crashed.set()
            raise RuntimeError("crashed before the commit")
        await noting(command, uow)

    async with integrated("careteam.scheduling.session_scheduled.*") as one:
        monkeypatch.setattr(courier, "note_answer", crash_once)
        person = world.person()
        told = [await world.tell(person, scheduled(person, day)) for day in (12, 13)]
        await one.told(*told)
        first, second = (str(envelope.event_id) for envelope in told)
        assert crashed.is_set()
        assert one.receiver.ids() == [first, first, second]
        assert one.receiver.taken[0].body == one.receiver.taken[1].body


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


async def test_a_range_is_told_again_in_its_order(world: World, integrated: Integrate) -> None:
    person = world.person()
    before = await world.tell(person, intake.ClientRegistered())
    async with integrated() as one:
        told = [await world.tell(person, scheduled(person, day)) for day in (12, 13, 14)]
        await one.told(*told)
        cursor = next(
            g.event["cursor"] for g in one.receiver.taken if g.id == str(told[0].event_id)
        )
        one.receiver.taken.clear()
        assert await one.do("replay", {"after": cursor}) == {"events": 2}
        await one.told(*told[1:])
        assert one.receiver.ids() == [str(envelope.event_id) for envelope in told[1:]]
        one.receiver.taken.clear()
        whole = await one.do("replay", {"to": cursor})
        assert whole["events"] >= 2
        await one.told(before, told[0])
        mine = [g.id for g in one.receiver.taken if g.client == str(person.client_id)]
        assert mine == [str(before.event_id), str(told[0].event_id)]
        nothing = await one.do("replay", {"recorded_from": "2031-01-01T00:00:00Z"}, status=409)
        assert nothing["refusals"][0]["slug"] == "replay-range-empty"


async def test_after_three_days_an_event_is_given_up_listed_and_the_next_goes_on(
    world: World, integrated: Integrate
) -> None:
    person = world.person()
    refuses = True

    def answers(got: Any) -> tuple[int, dict[str, str]]:
        poison = got.event["type"].endswith("client_registered.v1")
        return (422, {}) if poison and refuses else (204, {})

    async with integrated(answers=answers) as one:
        poison = await world.tell(person, intake.ClientRegistered())
        fine = await world.tell(person, scheduled(person))
        await one.failing("refused")
        world.set_clock(world.service.clock.now() + timedelta(days=3, minutes=1))
        await one.told(fine)
        [failed] = await one.deliveries(state="failed")
        assert failed["event_id"] == str(poison.event_id)
        assert (failed["failure"], failed["status"]) == ("refused", 422)
        refuses = False
        await one.do("replay", {"to": failed["cursor"]})
        await one.told(poison)


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


async def test_an_event_that_the_stream_holds_twice_is_told_once(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        person = world.person()
        event = intake.ClientRegistered()
        envelope = await world.tell(person, event)
        await one.told(envelope)
        await world.voices["intake"].publish(event, envelope, edition=1)
        last = await world.tell(person, scheduled(person))
        await one.told(last)
        assert one.receiver.ids().count(str(envelope.event_id)) == 1


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


async def test_who_has_no_endpoint_asks_and_counts_by_the_same_cursor(
    world: World, integrated: Integrate
) -> None:
    async with integrated() as one:
        person = world.person()
        told = [await world.tell(person, intake.ClientRegistered())]
        told += [await world.tell(person, scheduled(person, day)) for day in (12, 13)]
        await one.told(*told)
        first = next(g for g in one.receiver.taken if g.id == str(told[0].event_id))
        page = await world.get("/events", "front_desk", after=first.event["cursor"], limit=1)
        rest = await world.get("/events", "front_desk", after=page["next"])
        found = [*page["items"], *rest["items"]]
        assert [event["id"] for event in found] == [str(e.event_id) for e in told[1:]]
        assert found[0] in [got.event for got in one.receiver.taken]
        end = rest["next"]
        assert end == found[-1]["cursor"]
        assert await world.get("/events", "operator", after=end) == {"items": [], "next": end}
        some = await world.get("/events", "operator", types="careteam.scheduling.*", limit=200)
        assert {event["type"].split(".")[1] for event in some["items"]} == {"scheduling"}
        headers = bearer("therapist")
        assert (await world.api.get("/api/v1/events", headers=headers)).status_code == 403
        wrong = {"after": "yesterday"}
        bad = await world.api.get("/api/v1/events", params=wrong, headers=bearer("operator"))
        assert bad.status_code == 422
        [row, *_] = await audited(world.service, action="read_public_events", outcome="allowed")
        assert row["clients"] == [str(person.client_id)]


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

"""A client is erased: asked for by one, confirmed by another, and gone from everywhere."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from careteam_contracts.details import DetailAsk
from careteam_contracts.enums import ActorRole, KeepsClient, SessionKind
from careteam_contracts.questions import CONTACT, IDENTITY, INTAKE_STANDING
from careteam_contracts.standing import StandingAsk
from services.intake.app import DEFINITION
from shared.storage.erasures import STAYS
from shared.storage.keyring import KeyDestroyedError, Keyring, KeyringAwayError
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake, ProblemError, Whose, running_intake
from tests.support.browsing import Browser
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import PostgresPart, ServiceDatabase
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

NAME: Final = "Canary Thistledown"
GROUND: Final = {"basis": "never_a_client", "duty_ended_on": "2025-03-01"}
OVER: Final = {"outcome": "client_stopped"}


async def gone_course(intake: Intake) -> Whose:
    """A client whose only course has ended."""
    who = await steps.in_care(intake, name=NAME)
    await steps.screen(intake, who)
    await intake.post("therapist", f"/courses/{who.course_id}/close", OVER)
    return who


async def asked(intake: Intake, who: Whose) -> str:
    made = await intake.post("front_desk", f"/clients/{who.client_id}/erasure", GROUND)
    return str(made["id"])


async def tables_with(intake: Intake, who: Whose) -> set[str]:
    """The tables that have a row in which the client's id stands."""
    found = set()
    for name in DEFINITION.metadata.tables:
        query = f"SELECT 1 FROM {name} one WHERE one::text LIKE $1 LIMIT 1"  # noqa: S608 - ours
        if await intake.rows(query, f"%{who.client_id}%"):
            found.add(name)
    return found


async def missing(intake: Intake, role: str, path: str) -> bool:
    try:
        await intake.get(role, path)
    except ProblemError as problem:
        return problem.status == 404
    return False


def key_is_gone(intake: Intake, who: Whose) -> bool:
    try:
        fresh = Keyring("intake", intake.database.keyring_folder, intake.database.sealing_key_file)
        fresh.open(fresh._read_id())
        fresh.cipher(who.client_id)
    except KeyDestroyedError:
        return True
    return False


async def shredded(intake: Intake, who: Whose) -> None:
    async def is_gone() -> bool:
        return key_is_gone(intake, who)

    await eventually(is_gone, seconds=60)


STAYING: Final = {
    name for name, table in DEFINITION.metadata.tables.items() if table.info.get(STAYS)
} | {"erasures", "audit_chain"}


async def test_an_erased_client_is_not_there_any_more_for_anybody(intake: Intake) -> None:
    who = await gone_course(intake)
    await intake.post("front_desk", f"/courses/{who.course_id}/questions", {"text": NAME})
    assert {"clients", "courses", "screenings", "questions"} <= await tables_with(intake, who)
    assert not key_is_gone(intake, who)
    erasure_id = await asked(intake, who)
    confirm = f"/erasures/{erasure_id}/confirmation"
    key = {"Idempotency-Key": "confirm-1"}

    done = await intake.post("operator", confirm, None, **key)

    assert done["status"] == "erased"
    assert (await intake.told(who))[-1] == "client_erased"
    assert await tables_with(intake, who) <= STAYING
    await shredded(intake, who)
    for path in (
        f"/clients/{who.client_id}",
        f"/clients/{who.client_id}/screening",
        f"/courses/{who.course_id}",
        f"/courses/{who.course_id}/consents",
    ):
        assert await missing(intake, "prescriber", path), path
    found = await intake.get("front_desk", "/clients", name="thistledown")
    assert str(who.client_id) not in {one["id"] for one in found["items"]}
    repeated = await intake.post("operator", confirm, None, **key)
    assert repeated == done
    again = await intake.post("operator", f"/erasures/{erasure_id}/confirmation")
    assert again["status"] == "erased", "whoever confirmed may say so again"


async def test_what_peers_ask_and_tell_of_an_erased_client_finds_nobody_and_passes(
    intake: Intake,
) -> None:
    who = await gone_course(intake)
    ask = DetailAsk(
        client_id=who.client_id, actor_role=ActorRole.PRESCRIBER, actor_ref=REFS["prescriber"]
    )
    assert (await intake.scheduling.ask(IDENTITY, ask)).known
    await intake.post("operator", f"/erasures/{await asked(intake, who)}/confirmation")

    assert not (await intake.scheduling.ask(IDENTITY, ask)).known
    assert not (await intake.scheduling.ask(CONTACT, ask)).known
    standing = StandingAsk(course_id=who.course_id)
    assert not (await intake.scheduling.ask(INTAKE_STANDING, standing)).known
    await steps.session_completed(intake, who, SessionKind.CONSULTATION)
    await intake.settle(who)
    assert await tables_with(intake, who) <= STAYING
    waiting = await intake.rows("SELECT 1 FROM lane_events WHERE client_id = $1", who.client_id)
    assert waiting == []


async def test_what_goes_on_with_a_peer_refuses_it_and_is_shown(intake: Intake) -> None:
    who = await gone_course(intake)
    erasure_id = await asked(intake, who)
    intake.prescribing.keeps = (KeepsClient.ORDER, KeepsClient.OWED)
    refused = await intake.refused("operator", f"/erasures/{erasure_id}/confirmation")
    assert refused.status == 409
    assert refused.slugs == ["erasure-kept-by-order", "erasure-kept-by-owed"]
    shown = await intake.get("operator", f"/erasures/{erasure_id}")
    assert (shown["status"], shown["confirmed_by"]) == ("requested", None)
    assert shown["kept"] == [
        {"owner": "prescribing", "by": "order"},
        {"owner": "prescribing", "by": "owed"},
    ]
    await intake.get("front_desk", f"/clients/{who.client_id}")
    assert "client_erased" not in await intake.told(who)
    await intake.post("front_desk", f"/clients/{who.client_id}/contact-preferences", {"sms": True})


async def test_a_course_that_goes_on_refuses_the_request_and_one_begun_since_the_confirmation(
    intake: Intake,
) -> None:
    """Of two people who race, one who begins a course and one who erases, one sees the other."""
    who = await gone_course(intake)
    erasure_id = await asked(intake, who)
    await intake.post("front_desk", f"/clients/{who.client_id}/courses")
    refused = await intake.refused("operator", f"/erasures/{erasure_id}/confirmation")
    assert refused.slugs == ["erasure-kept-by-course"]
    twice = await intake.refused("front_desk", f"/clients/{who.client_id}/erasure", GROUND)
    assert twice.slugs == ["erasure-requested-already"]
    await intake.post("operator", f"/erasures/{erasure_id}/withdrawal")
    kept = await intake.refused("front_desk", f"/clients/{who.client_id}/erasure", GROUND)
    assert kept.slugs == ["erasure-kept-by-course"]


async def test_nothing_is_begun_while_the_flag_is_up(intake: Intake) -> None:
    who = await gone_course(intake)
    erasure_id = await asked(intake, who)
    meanwhile: list[list[str]] = []

    async def begins_a_course() -> None:
        for path, body in (
            (f"/clients/{who.client_id}/courses", None),
            (f"/clients/{who.client_id}/contact-preferences", {"sms": True}),
        ):
            meanwhile.append((await intake.refused("front_desk", path, body)).slugs)

    intake.scheduling.before_answering = begins_a_course
    done = await intake.post("operator", f"/erasures/{erasure_id}/confirmation")
    assert meanwhile == [["client-being-erased"]] * 2
    assert done["status"] == "erased"


async def test_pages_ask_confirm_and_show_what_came_of_it(intake: Intake, browser: Browser) -> None:
    """Therapist and operator, without a script; the reasons stand with the request."""
    who = await gone_course(intake)
    form = f"/clients/{who.client_id}/erasure"
    course = (await browser.open(f"/courses/{who.course_id}")).text
    assert f'href="{form}"' in course
    assert NAME in (await browser.open(form)).text
    early = await browser.submit(form, {**GROUND, "duty_ended_on": "2025-12-24"})
    assert early.status_code == 409
    assert "The duty to keep this record goes on until" in early.text
    assert (await browser.submit(form, GROUND)).status_code == 303
    assert "An operator other than you confirms it" in (await browser.open(form)).text
    operator = Browser(intake.app)
    await operator.sign_in("operator")
    listed = (await operator.open("/erasures")).text
    (confirm,) = re.findall(rf'id="([\w-]+)"[^>]*>\s*<h2[^>]*>[^<]*<code>{who.client_id}', listed)
    intake.scheduling.keeps = (KeepsClient.SESSION,)
    refused = await operator.submit("/erasures", {}, at=f"/erasures/{confirm}/confirmation")
    assert refused.status_code == 409
    assert "A session of this client is not over." in refused.text
    assert "Scheduling: session" in (await operator.open("/erasures")).text
    intake.scheduling.keeps = ()
    done = await operator.submit("/erasures", {}, at=f"/erasures/{confirm}/confirmation")
    assert (done.status_code, done.headers["location"]) == (303, "/erasures?ended_too=true")
    assert (
        f"Erased: <code>{who.client_id}" in (await operator.open("/erasures?ended_too=true")).text
    )
    assert (await browser.open(form)).status_code == 404
    await operator.http.aclose()


async def test_silence_keeps_the_flag_up_and_is_asked_again_also_after_a_restart(
    database: ServiceDatabase, bus: NatsPart, tmp_path: Path
) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    async with running_intake(database, bus, tmp_path / "first") as intake:
        who = await gone_course(intake)
        erasure_id = await asked(intake, who)
        intake.notifications.silent = True
        waiting = await intake.post("operator", f"/erasures/{erasure_id}/confirmation")
        assert (waiting["status"], waiting["silent"]) == ("erasing", ["notifications"])
        begun = await intake.refused("front_desk", f"/clients/{who.client_id}/courses")
        assert begun.slugs == ["client-being-erased"]
    async with running_intake(database, bus, tmp_path / "second") as intake:
        intake.clock.advance(seconds=31)

        async def is_erased() -> bool:
            await intake.service.settle()
            shown = await intake.get("operator", f"/erasures/{erasure_id}")
            return bool(shown["status"] == "erased")

        await eventually(is_erased, seconds=60)
        assert await missing(intake, "front_desk", f"/clients/{who.client_id}")


async def test_a_crash_before_the_key_is_destroyed_is_made_good_at_the_next_start(
    database: ServiceDatabase, bus: NatsPart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()

    async def away(*_: Any) -> None:
        raise KeyringAwayError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(Keyring, "destroy", away)
        async with running_intake(database, bus, tmp_path / "first") as intake:
            who = await gone_course(intake)
            await intake.post("operator", f"/erasures/{await asked(intake, who)}/confirmation")
            assert not key_is_gone(intake, who)
            assert await missing(intake, "front_desk", f"/clients/{who.client_id}")
    async with running_intake(database, bus, tmp_path / "second") as intake:
        assert key_is_gone(intake, who)


async def test_yesterdays_backup_is_erased_when_it_comes_back(
    database: ServiceDatabase, postgres: PostgresPart, bus: NatsPart, tmp_path: Path
) -> None:
    """Reliability D3: the bytes of yesterday's database under today's keyring. Before the erasure
    the same bytes tell everything; after it they tell nothing, and the service finishes the
    erasure by itself."""
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    async with running_intake(database, bus, folders[0]) as intake:
        who = await gone_course(intake)
        await intake.post("front_desk", f"/courses/{who.course_id}/questions", {"text": NAME})
    backup = postgres.copy(database)
    try:
        async with running_intake(backup, bus, folders[1]) as intake:
            told = await intake.get("front_desk", f"/clients/{who.client_id}")
            assert told["name"] == NAME
            assert {"clients", "questions"} <= await tables_with(intake, who)
        async with running_intake(database, bus, folders[2]) as intake:
            await intake.post("operator", f"/erasures/{await asked(intake, who)}/confirmation")
            await shredded(intake, who)
        async with running_intake(backup, bus, folders[3]) as intake:
            for path in (f"/clients/{who.client_id}", f"/courses/{who.course_id}"):
                assert await missing(intake, "front_desk", path)
            found = await intake.get("front_desk", "/clients", name="thistledown")
            assert str(who.client_id) not in {one["id"] for one in found["items"]}
            left = await tables_with(intake, who)
            assert left <= STAYING
            assert "erased_clients" in left
    finally:
        postgres.drop(backup)

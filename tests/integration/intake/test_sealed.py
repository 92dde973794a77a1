"""What lies in intake's database is sealed, in its place, with a key that lies elsewhere."""

import shutil
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from services.intake.app import DEFINITION
from shared.storage.keyring import KeyringError
from shared.web.application import create_app
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, ProblemError, Whose
from tests.support.browsing import Browser
from tests.support.in_scope import in_scope

pytestmark = pytest.mark.real

NAME: Final = "Canary Quillfeather"
WORDS: Final = {
    "name": NAME,
    "date_of_birth": "1961-09-17",
    "phone": "+1 555 0199",
    "email": "quillfeather@example.org",
}


async def bare(intake: Intake, method: str, path: str, **more: Any) -> httpx.Response:
    """The answer that is sent when a request fails, without the error that a test would see."""
    transport = httpx.ASGITransport(intake.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
        headers = {"Authorization": "Bearer front_desk"}
        return await http.request(method, f"/api/v1{path}", headers=headers, **more)


async def stored(intake: Intake) -> str:
    """Every row of every table as text, bytes as the letters that they are."""
    async with in_scope(intake.service) as connection:
        await connection.execute(sa.text("SET LOCAL bytea_output = 'escape'"))
        said = []
        for name in DEFINITION.metadata.tables:
            rows = await connection.execute(sa.text(f"SELECT one::text FROM {name} one"))  # noqa: S608
            said += list(rows.scalars())
    return "\n".join(said)


async def test_nothing_that_a_client_is_called_can_be_read_in_the_database(
    intake: Intake, browser: Browser
) -> None:
    """In documents, answers that are kept under a key, drafts, receipts and addenda."""
    key = {"Idempotency-Key": "sealed-1"}
    client = await intake.post("front_desk", "/clients", WORDS, **key)
    who = Whose(UUID(client["id"]), UUID(client["course_id"]))
    await steps.assign(intake, who)
    await steps.screen(intake, who, "bipolar_dx")
    page = f"/courses/{who.course_id}/evaluation"
    draft = {"notes": NAME, "form_page": page, "form_draft_seen": "0"}
    assert (await browser.submit(page, draft, at="/drafts")).status_code == 200

    there = await stored(intake)

    assert str(who.client_id) in there, "the search finds what is there"
    assert [word for word in WORDS.values() if word in there] == []
    assert (await intake.post("front_desk", "/clients", WORDS, **key)) == client
    assert NAME in (await browser.open(page)).text
    found = await intake.get("front_desk", "/clients", name="quillFEATHER")
    assert [one["name"] for one in found["items"]] == [NAME]
    of_name = await intake.get("front_desk", "/courses", name="canary quill")
    assert [one["id"] for one in of_name["items"]] == [str(who.course_id)]


async def test_a_row_that_was_altered_or_exchanged_is_shown_to_nobody(intake: Intake) -> None:
    one, other = await steps.register(intake), await steps.register(intake)
    swap = "UPDATE clients SET body = (SELECT body FROM clients WHERE id = $2) WHERE id = $1"
    whole = await intake.rows("SELECT body FROM clients WHERE id = $1", one.client_id)
    for change, values in (
        (swap, (one.client_id, other.client_id)),
        ("UPDATE clients SET body = set_byte(body, 30, 7) WHERE id = $1", (one.client_id,)),
        ("UPDATE clients SET body = '{}' WHERE id = $1", (one.client_id,)),
    ):
        await intake.rows(change, *values)
        answer = await bare(intake, "GET", f"/clients/{one.client_id}")
        assert answer.status_code == 500
        assert answer.json()["title"] == "Something went wrong on our side"
    await intake.rows("UPDATE clients SET body = $2 WHERE id = $1", one.client_id, whole[0]["body"])
    await intake.get("front_desk", f"/clients/{one.client_id}")


async def test_a_key_that_cannot_be_written_fails_the_command_and_leaves_nothing(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    before = await intake.rows("SELECT count(*) FROM clients")
    with monkeypatch.context() as broken:
        broken.setattr("shared.storage.key_files.make", full)
        failed = await bare(intake, "POST", "/clients", json=WORDS)
    assert failed.status_code == 503
    assert failed.json()["type"].endswith(":keyring-away")
    assert await intake.rows("SELECT count(*) FROM clients") == before
    await intake.post("front_desk", "/clients", WORDS)


async def test_a_client_whose_key_was_destroyed_is_nowhere_and_the_rows_are_no_use(
    intake: Intake,
) -> None:
    """The rows are all there, as in a database that came back from a backup."""
    key = {"Idempotency-Key": "shredded"}
    client = await intake.post("front_desk", "/clients", WORDS, **key)
    who, other = Whose(UUID(client["id"]), UUID(client["course_id"])), await steps.register(intake)
    await steps.screen(intake, who, "bipolar_dx")
    before = await intake.rows("SELECT body FROM clients WHERE id = $1", who.client_id)

    await intake.service.keyring.destroy([who.client_id])

    assert await intake.rows("SELECT body FROM clients WHERE id = $1", who.client_id) == before
    for path in (
        f"/clients/{who.client_id}",
        f"/clients/{who.client_id}/screening",
        f"/courses/{who.course_id}",
    ):
        with pytest.raises(ProblemError) as gone:
            await intake.get("prescriber", path)
        assert gone.value.status == 404, path
    with pytest.raises(ProblemError) as replayed:
        await intake.post("front_desk", "/clients", WORDS, **key)
    assert replayed.value.status == 404
    for asked in ({"limit": 200}, {"limit": 200, "name": "quillfeather"}):
        listed = await intake.get("front_desk", "/clients", **asked)
        assert str(who.client_id) not in {one["id"] for one in listed["items"]}
    assert (await intake.get("front_desk", f"/clients/{other.client_id}"))["id"]


async def test_a_service_does_not_begin_with_another_keyring(
    intake: Intake, tmp_path: Path
) -> None:
    """None, another database's, or one whose master key is not there."""
    settings = intake.service.settings
    other = tmp_path / "other"
    shutil.copytree(intake.database.keyring_folder, other)
    (other / "keyring").write_text("018f0000-0000-7000-8000-0000000000ff\n")
    key = tmp_path / "key"
    key.write_text("cd" * 32)
    for changed, said in (
        ({"keyring_folder": tmp_path / "nowhere"}, "there is no keyring"),
        ({"keyring_folder": other}, "not the keyring of this database"),
        ({"sealing_key_file": key}, "another master key"),
        ({"sealing_key_file": None}, "CARETEAM_SEALING_KEY_FILE"),
    ):
        app = create_app(DEFINITION, settings.model_copy(update=changed))
        with pytest.raises(KeyringError, match=said):
            async with app.router.lifespan_context(app):
                raise AssertionError("it began")

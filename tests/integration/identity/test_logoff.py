"""The end of a sign-in by itself: to the half minute, at every tab, and with nothing left (E8)."""

import pytest

from tests.integration.identity.world import INTAKE, Visitor, World, hidden

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

THERAPIST, DESK = "mara.lindqvist", "nico.alvarez"


async def left_alone(world: World, seconds: int) -> None:
    """As if nothing had been done for so long, here and at the issuer."""
    ago = f"now() - interval '{seconds} seconds'"
    await world.intake.rows(f"UPDATE web_sessions SET seen_at = {ago}")  # noqa: S608 - a number
    await world.rows(f"UPDATE sign_ins SET seen_at = {ago}")  # noqa: S608


@pytest.mark.parametrize(("login", "minutes"), [(THERAPIST, 15), (DESK, 5)])
async def test_a_screen_falls_asleep_to_the_half_minute(
    visitor: Visitor, world: World, login: str, minutes: int
) -> None:
    """Fifteen minutes, and five at a desk in the hall, thirty seconds more or less."""
    await visitor.sign_in(login)
    await left_alone(world, minutes * 60 - 30)
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 200
    await left_alone(world, minutes * 60 + 30)
    asleep = await visitor.get(f"{INTAKE}/", follow=False)
    assert asleep.status_code == 303
    assert asleep.headers["location"].startswith("/locked")


async def test_what_a_page_does_by_itself_keeps_nobody_awake(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    await left_alone(world, 14 * 60)
    by_itself = await visitor.http.get(f"{INTAKE}/", headers={"hx-request": "true"})
    assert by_itself.status_code == 200
    rows = await world.intake.rows(
        "SELECT 1 FROM web_sessions WHERE seen_at > now() - interval '13 minutes'"
    )
    assert rows == []


@pytest.mark.parametrize(("seconds", "open_still"), [(-30, True), (30, False)])
async def test_half_a_day_ends_it_however_busy(
    visitor: Visitor, world: World, seconds: int, open_still: bool
) -> None:
    """At the service and at the issuer, twelve hours after somebody came in."""
    await visitor.sign_in()
    ago = f"now() - interval '12 hours' - interval '{seconds} seconds'"
    await world.intake.rows(f"UPDATE web_sessions SET signed_in_at = {ago}")  # noqa: S608
    await world.rows(f"UPDATE sign_ins SET began_at = {ago}")  # noqa: S608
    page = await visitor.get(f"{INTAKE}/", follow=False)
    assert (page.status_code == 200) is open_still
    visitor.http.cookies.delete("__Host-ct-intake")
    anew = await visitor.get(f"{INTAKE}/")
    assert (anew.url.host == "intake.test") is open_still


async def test_a_second_tab_is_signed_out_with_the_first(visitor: Visitor) -> None:
    """Both have the same cookie: the other sends nothing any more, and is not shown again."""
    first = await visitor.sign_in()
    second = await visitor.get(f"{INTAKE}/clients/new")
    for page in (first, second):
        assert page.headers["cache-control"] == "no-store", "nothing for a back button to show"
    await visitor.post(f"{INTAKE}/sign-out", {"form_token": hidden(first, "form_token")})
    fields = {"form_token": hidden(second, "form_token"), "name": "Wren Halloway"}
    late = await visitor.post(f"{INTAKE}/clients/new", fields, follow=False)
    assert late.status_code == 303
    again = await visitor.get(f"{INTAKE}/clients/new", follow=False)
    assert again.status_code == 303
    assert (await visitor.get(f"{INTAKE}/clients/new")).url.host == "issuer.test"

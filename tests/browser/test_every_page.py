"""Every page of the route table, in both lights and both languages: none is left out."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from fastapi.routing import APIRoute
from playwright.async_api import expect

from cli.clinic.reach import Reach
from cli.journeys import booking, passages
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.stage import Stage, stage
from services.intake.web.pages import PAGES as INTAKE
from services.notifications.web.pages import PAGES as NOTIFICATIONS
from services.prescribing.web.pages import PAGES as PRESCRIBING
from services.scheduling.web.pages import PAGES as SCHEDULING
from shared.serving.definition import Pages
from tests.browser import states
from tests.browser.conftest import Screen, Screens
from tests.browser.looking import Looker
from tests.support.started_clinic import StartedClinic

pytestmark = [
    pytest.mark.browser,
    pytest.mark.clinic,
    pytest.mark.real,
    pytest.mark.timeout(900),
]

SERVICES: Final = {
    "intake": INTAKE,
    "prescribing": PRESCRIBING,
    "scheduling": SCHEDULING,
    "notifications": NOTIFICATIONS,
}
ROLES: Final = ("therapist", "prescriber", "front_desk", "on_call", "operator")
TABLET: Final = 820
FORBIDDEN: Final = 403


@dataclass(frozen=True)
class Places:
    """What the parts of the pages' addresses stand for."""

    known: dict[str, str]
    records: dict[str, str]
    """What is signed, by its kind."""
    receipts: dict[str, str]
    """A decision of each service."""

    def path(self, route: str, service: str) -> str:
        """A page about somebody; KeyError: nobody said yet what a part of it stands for."""
        if "{receipt_id}" in route:
            return route.format_map({"receipt_id": self.receipts[service]})
        if "{record_id}" in route:
            return route.format_map({"record_id": self.records[route.split("/")[2]]})
        return route.format_map(self.known)


@pytest.fixture(scope="module")
def places(clinic: StartedClinic) -> Places:
    """A client who left against advice, and everything about them that has a page."""
    return asyncio.run(_play(clinic.reach))


async def _play(clinic: Reach) -> Places:
    async with stage(clinic, lambda _line: None) as place:
        course = await passages.until_dosed(place, "Juniper Ashdown")
        await place.at("10:20")
        await place.do(
            "therapist",
            "scheduling",
            f"/sessions/{course.session}/left-against-advice",
            {"capacity_assessed": True, "escort_present": False},
        )
        loop = await place.only("on_call", "notifications", "/escalations", course_id=course.id)
        signed = await place.see("therapist", "intake", f"/courses/{course.id}/consents")
        measured = await place.only(
            "nurse", "prescribing", "/pre-dose-checks", session_id=course.session
        )
        plan = await place.only(
            "front_desk", "notifications", "/aftercare", session_id=course.session
        )
        checks = await place.see(
            "on_call", "notifications", "/check-ins", session_id=course.session
        )
        people = await place.see("front_desk", "scheduling", "/clinicians")
        told = await place.do(
            "operator",
            "notifications",
            "/integrators",
            {"name": "billing", "types": [], "webhook": {"url": "https://billing.invalid/hook"}},
        )
        return Places(
            {
                "client_id": course.client,
                "course_id": course.id,
                "session_id": course.session,
                "prescription_id": course.prescription,
                "aftercare_id": plan["id"],
                "checkin_id": checks["items"][0]["id"],
                "clinician_id": people["items"][0]["id"],
                "escalation_id": loop["id"],
                "integrator_id": told["id"],
            },
            {
                "evaluations": course.id,
                "consents": signed["items"][-1]["id"],
                "assessments": course.request,
                "pre-dose-checks": measured["checks"][-1]["id"],
                "sessions": course.session,
            },
            {service: await _decided(place, service, course.id) for service in SERVICES},
        )


async def _decided(place: Stage, service: str, course_id: str) -> str:
    decisions = await place.see("on_call", service, "/receipts", course_id=course_id)
    return str(decisions[0]["id"])


def routes(pages: Pages) -> Iterator[str]:
    """The addresses that can be opened."""
    for router in pages.routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                yield route.path


@pytest.mark.parametrize("service", SERVICES)
async def test_every_page_can_be_read_by_everybody(
    screens: Screens, places: Places, service: str
) -> None:
    """Light and English, then dim and Spanish, by whoever the page is for."""
    left = {places.path(route, service) for route in routes(SERVICES[service])}
    assert len(left) > 5
    for role in ROLES:
        if not left:
            break
        screen = await screens(width=TABLET)
        await screen.sign_in(service, role)
        seen = {path for path in sorted(left) if await _opened(screen, service, path)}
        await screen.open(service)
        await screen.page.locator("button[name=theme]").click()
        await screen.page.locator("button[name=language]").click()
        for path in sorted(seen):
            await _opened(screen, service, path)
        left -= seen
        screen.complaints[:] = [one for one in screen.complaints if str(FORBIDDEN) not in one]
    assert left == set()


async def _opened(screen: Screen, service: str, path: str) -> bool:
    """Whether this person may see it; nothing on it is in anybody's way."""
    answer = await screen.page.goto(screen.clinic.services[service] + path)
    assert answer is not None
    if answer.status == FORBIDDEN:
        return False
    assert answer.ok, f"{path}: {answer.status}"
    await screen.assert_accessible()
    return True


async def test_states_that_pages_are_rarely_in(
    clinic: StartedClinic, screens: Screens, places: Places
) -> None:
    """What is seldom on a page is as readable as what is always there, and the banner stays."""
    therapist, prescriber, desk = [
        Looker(await screens(width=TABLET), role)
        for role in ("therapist", "prescriber", "front_desk")
    ]
    await states.nothing_and_much(desk, prescriber)
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_prepared(place, "Wendell Park")
        await care.prescribed(place, course)
        course.session = (await booking.dosing_booked(place, course, days=4))["id"]
        await place.at("09:30", days=3)
        await desk.looks("scheduling", "/readiness", shows=".block.warning")
        await booking.escorted(place, course)
        await booking.ordered(place, course)
        await place.at("09:30", days=1)
        await day.started(place, course)
        await states.unproven(clinic, course, prescriber)
        await states.running(place, course, therapist, prescriber)
        await states.held(place, course, therapist, prescriber)
    await states.crowded(clinic.reach, desk)
    await states.refused(course, desk, prescriber)
    await desk.screen.page.get_by_role("button", name="Lock the screen").click()
    await expect(desk.screen.page.get_by_role("heading", name="Locked")).to_be_visible()
    await desk.approves()

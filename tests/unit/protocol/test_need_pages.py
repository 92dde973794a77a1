"""A reason why not leads to the page of its owner, and there is such a page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.intake.web.pages import PAGES as INTAKE
from services.notifications.web.pages import PAGES as NOTIFICATIONS
from services.prescribing.web.pages import PAGES as PRESCRIBING
from services.scheduling.web.pages import PAGES as SCHEDULING
from shared.decisions import Refusal, Unblock
from shared.protocol.need_pages import (
    NEED_OF_STEP,
    PAGE_OF_HOLDS,
    PAGE_OF_NEED,
    page_for,
)
from shared.protocol.needs import NEEDS
from shared.serving.definition import Pages
from shared.web.pages.resolving import resolver
from shared.web.telling import WORDS, catalogue

ROOT = Path(__file__).parents[3]

SERVICES = {
    "intake": INTAKE,
    "prescribing": PRESCRIBING,
    "scheduling": SCHEDULING,
    "notifications": NOTIFICATIONS,
}
URLS = {name: f"http://{name}.test" for name in SERVICES}


def addresses(pages: Pages) -> set[str]:
    """What a browser can open, with a place for each id."""
    found = {
        re.sub(r"{(course|session)_id}", r"{\1}", route.path)  # type: ignore[attr-defined]
        for router in pages.routers
        for route in router.routes
        if "GET" in route.methods  # type: ignore[attr-defined]
    }
    assert len(found) > 5
    return found


def test_every_need_has_its_page_and_no_other() -> None:
    assert set(PAGE_OF_NEED) == set(NEEDS)


@pytest.mark.parametrize("need", NEEDS)
def test_the_page_of_a_need_is_one_of_its_owner(need: str) -> None:
    assert PAGE_OF_NEED[need] in addresses(SERVICES[NEEDS[need].owner])


@pytest.mark.parametrize("fact", NEED_OF_STEP)
def test_a_course_that_is_not_on_is_resolved_where_its_next_step_is_taken(fact: str) -> None:
    """On its own page that would lead nowhere; elsewhere it leads to the course."""
    course = str(uuid4())
    need = NEED_OF_STEP[fact]
    one = Refusal(
        slug="course-not-active",
        rule="INV-1",
        facts={},
        unblocks_with=(Unblock(fact=fact, owner=NEEDS[need].owner, action="go on"),),
    )
    here = f"/courses/{course}"
    step = PAGE_OF_NEED[need].format(course=course)
    owner = NEEDS[need].owner
    assert resolver("intake", URLS, here, {})(one) == (
        step if owner == "intake" else URLS[owner] + step
    )
    assert resolver("scheduling", URLS, here, {})(one) == f"{URLS['intake']}{here}"


@pytest.mark.parametrize("owner", PAGE_OF_HOLDS)
def test_holds_are_lifted_on_a_page_of_their_owner(owner: str) -> None:
    assert PAGE_OF_HOLDS[owner] in addresses(SERVICES[owner])


def test_a_page_that_is_not_there_would_be_seen() -> None:
    assert "/courses/{course}/nowhere" not in addresses(INTAKE)


def test_a_page_leads_to_another_services_page_about_the_same_course() -> None:
    course = str(uuid4())
    resolve = resolver("prescribing", URLS, f"/courses/{course}", {})
    consent = Refusal(slug="consent-treatment-not-active", rule="x")
    assert resolve(consent) == f"http://intake.test/courses/{course}/consents"
    held = Refusal(
        slug="hold-open",
        rule="x",
        unblocks_with=(Unblock(fact="hold", owner="intake", action="sign"),),
    )
    assert resolve(held) == f"http://intake.test/courses/{course}/holds"
    here = Refusal(slug="needs-prescription", rule="x")
    assert resolve(here) == f"/courses/{course}/prescription"


def test_a_page_does_not_lead_to_itself_nor_to_what_it_does_not_know() -> None:
    course = str(uuid4())
    resolve = resolver("intake", URLS, f"/courses/{course}/consents", {})
    assert resolve(Refusal(slug="consent-treatment-active", rule="x")) is None
    assert resolve(Refusal(slug="escort-not-confirmed", rule="x")) is None
    assert page_for("of-nobody", [], {}) is None
    elsewhere = {"slug": "of-nobody", "unblocks_with": [{"owner": "scheduling"}]}
    assert resolve(elsewhere) == "http://scheduling.test"


def test_what_is_to_be_done_is_said_in_spanish_too() -> None:
    """The needs, and whatever a rule itself says would unblock it."""
    known = catalogue("es", WORDS)
    for name in SERVICES:
        known = {**catalogue("es", ROOT / "services" / name / "web" / "locale"), **known}
    said = {need.action for need in NEEDS.values()} | set(unblocking())
    assert len(said) > 150
    assert sorted(one for one in said if spoken(one) not in known) == []


def unblocking() -> Iterator[str]:
    """The actions that rules name in their own words."""
    for file in ROOT.glob("services/*/domain/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Unblock":
                for word in node.keywords:
                    if word.arg == "action" and isinstance(word.value, ast.Constant):
                        yield str(word.value.value)


def spoken(action: str) -> str:
    """As pages look it up."""
    return action if " " in action else action.replace("_", " ")

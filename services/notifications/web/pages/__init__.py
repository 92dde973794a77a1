"""Notifications' pages: who is called and why, how people are after they left, what was told."""

from pathlib import Path
from typing import Final

from services.notifications.web.api import standing
from services.notifications.web.pages import (
    aftercare,
    check_ins,
    inbox,
    integrators,
    messages,
    on_call,
    sheet,
    tasks,
)
from services.notifications.web.pages.about import banner_over
from shared.serving.definition import Pages, Way
from shared.web.pages.receipts import receipt_pages
from shared.web.pages.standing import Stands, standing_pages

PAGES: Final = Pages(
    routers=(
        on_call.router,
        tasks.router,
        aftercare.router,
        sheet.router,
        check_ins.router,
        inbox.router,
        messages.router,
        integrators.router,
        receipt_pages(banner_over, "see_aftercare"),
        standing_pages(
            banner_over,
            "see_aftercare",
            [
                Stands(of="course", action="see_standing", read=standing.course_standing),
                Stands(of="session", action="see_standing", read=standing.session_gates),
            ],
        ),
    ),
    templates=Path(__file__).parents[1] / "templates",
    standing={"course": "see_standing", "session": "see_standing"},
    navigation=(
        Way(label="On call", path="/", key="o", action="see_escalations"),
        Way(label="Tasks", path="/tasks", key="t", action="see_tasks"),
        Way(label="Aftercare", path="/aftercare", key="a", action="see_aftercare"),
        Way(label="Inbox", path="/inbox", key="i", action="see_inbox"),
        Way(label="Messages", path="/messages", key="m", action="see_messages"),
        Way(label="Templates", path="/templates", key="w", action="see_messages"),
        Way(label="Integrators", path="/integrators", key="n", action="see_integrators"),
        Way(label="Preferences", path="/preferences", key="p", action="see_preferences"),
    ),
)

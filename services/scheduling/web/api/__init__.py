"""The JSON API, a file per resource."""

from typing import Final

from services.scheduling.web.api import (
    calendar,
    courses,
    escorts,
    gates,
    leaving,
    notes,
    previews,
    records,
    roster,
    sessions,
    tasks,
    therapy,
)

ROUTERS: Final = (
    roster.router,
    calendar.router,
    previews.router,
    sessions.router,
    therapy.router,
    notes.router,
    leaving.router,
    escorts.router,
    courses.router,
    gates.router,
    tasks.router,
    records.router,
)

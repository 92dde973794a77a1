"""The JSON API, a file per resource."""

from typing import Final

from services.scheduling.web.api.calendar import router as calendar
from services.scheduling.web.api.courses import router as courses
from services.scheduling.web.api.escorts import router as escorts
from services.scheduling.web.api.gates import router as gates
from services.scheduling.web.api.leaving import router as leaving
from services.scheduling.web.api.notes import router as notes
from services.scheduling.web.api.previews import router as previews
from services.scheduling.web.api.roster import router as roster
from services.scheduling.web.api.sessions import router as sessions
from services.scheduling.web.api.tasks import router as tasks
from services.scheduling.web.api.therapy import router as therapy

ROUTERS: Final = (
    roster,
    calendar,
    previews,
    sessions,
    therapy,
    notes,
    leaving,
    escorts,
    courses,
    gates,
    tasks,
)

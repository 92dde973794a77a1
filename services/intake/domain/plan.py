"""What a course agrees on: who cares for the client, the plan, and the client's wishes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.protocol import EngagementStyle, Route, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    """The two people who decide together: neither alone may approve (F14, F17)."""

    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None
    version: int = 0

    @property
    def complete(self) -> bool:
        return self.therapist_ref is not None and self.prescriber_ref is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentPlan:
    """Goals, length and preferred route, agreed in the psychological evaluation (F24, F25).

    The number of sessions is the client's own (F104), and the route a wish that the prescriber
    may not be able to follow (F60). Goals stay in intake.
    """

    version: int
    planned_sessions: int
    goals: str
    agreed_at: datetime
    route_preference: Route | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchAgreement:
    """From when on which touch was agreed to. The history stays (6.5)."""

    touch: Touch
    agreed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the client wants during a session; touch is nothing until it was agreed (F79, F80)."""

    touch: Touch
    music: bool
    eyeshades: bool
    engagement_style: EngagementStyle
    focus: str | None = None
    version: int = 0
    touch_history: tuple[TouchAgreement, ...] = ()

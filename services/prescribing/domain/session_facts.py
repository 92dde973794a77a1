"""What prescribing knows of one session from scheduling's events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.vocabulary import DepartureMode, SessionKind, SessionOutcome
from shared.folds import Highest, Sourced, TimedSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a session is planned. A new window needs a new order (ruling 18)."""

    starts_at: datetime
    planned_end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd:
    """The therapy part's end, as scheduling published it."""

    outcome: SessionOutcome
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How and when the client left."""

    mode: DepartureMode
    at: datetime
    clearance_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClearance:
    """What two people at the door stated while nobody here answered (ruling 15)."""

    stated_dose_count: int
    last_dose_at: datetime
    cleared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """Every field is a fold: any order and any repetition of the same events gives the same."""

    kind: SessionKind | None = None
    window: Highest[Window] = field(default_factory=Highest)
    cancelled: Sourced[datetime] | None = None
    missed: Sourced[datetime] | None = None
    checked_in: Sourced[datetime] | None = None
    started: Sourced[datetime] | None = None
    stop: Sourced[datetime] | None = None
    ends: Mapping[str, Sourced[SessionEnd]] = field(default_factory=dict)
    escorts: TimedSet[bool] = field(default_factory=TimedSet)
    summaries: Mapping[str, Sourced[UUID]] = field(default_factory=dict)
    departure: Sourced[Departure] | None = None
    manual_clearances: Mapping[str, Sourced[ManualClearance]] = field(default_factory=dict)
    integration_declined: Sourced[datetime] | None = None

    @property
    def off(self) -> Sourced[datetime] | None:
        """It will not start: cancelled or missed."""
        return self.cancelled or self.missed

    @property
    def summary(self) -> Sourced[UUID] | None:
        """The newest summary that the therapist shared."""
        return max(self.summaries.values(), key=lambda s: (s.occurred_at, s.event_id), default=None)

    def end(self, *, dosed: bool) -> Sourced[SessionEnd] | None:
        """The end that counts: the latest ``ended_at``, not the latest arrival.

        Ruling 12: an end "before the dose" is never the end of a session with a dose.
        """
        ends = (
            told
            for told in self.ends.values()
            if not (dosed and told.value.outcome is SessionOutcome.ABORTED_BEFORE_DOSE)
        )
        return max(ends, key=lambda s: (s.value.ended_at, s.event_id), default=None)

    def ends_differ(self) -> bool:
        """Two ends at different times: somebody has to look (section 5.1)."""
        return len({told.value.ended_at for told in self.ends.values()}) > 1

    def ended(self, told: Sourced[SessionEnd], kind: SessionKind) -> "SessionFacts":
        return replace(self, kind=kind, ends={**self.ends, told.event_id: told})

    def left(self, told: Sourced[Departure]) -> "SessionFacts":
        """The last departure counts: a late dose reopens a session, and the client leaves again."""
        known = self.departure
        newer = known is None or (told.value.at, told.event_id) > (known.value.at, known.event_id)
        return replace(self, departure=told) if newer else self

    def shared(self, told: Sourced[UUID]) -> "SessionFacts":
        return replace(self, summaries={**self.summaries, told.event_id: told})

    def cleared_manually(
        self, manual_clearance_id: UUID, told: Sourced[ManualClearance]
    ) -> "SessionFacts":
        known = {**self.manual_clearances, str(manual_clearance_id): told}
        return replace(self, manual_clearances=known)

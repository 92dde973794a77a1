"""What is told about a recovering client. Every score is checked where it comes in."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.prescribing.domain.effects import ExpectedEffect
from services.prescribing.domain.recovery_checks import Observation
from services.prescribing.domain.recovery_scores import Scored, Vitals
from services.prescribing.domain.recovery_states import ReversalAgent
from services.prescribing.web.api.fields import Body, StatedAt
from shared.protocol import ScoreInstrument

Points = Annotated[int, Field(ge=0, le=2)]


class PadssItems(Body):
    """The modified PADSS; surgical bleeding does not apply here and counts in full."""

    vital_signs: Points
    activity: Points
    nausea: Points
    pain: Points
    bleeding: Points = 2


class AldreteItems(Body):
    """The modified Aldrete score."""

    activity: Points
    respiration: Points
    circulation: Points
    consciousness: Points
    oxygen: Points


class VitalsBody(Body):
    systolic: Annotated[int, Field(ge=40, le=300)]
    diastolic: Annotated[int, Field(ge=20, le=200)]
    heart_rate: Annotated[int, Field(ge=20, le=250)]
    spo2: Annotated[int, Field(ge=50, le=100)]


class RecoveryCheckBody(Body):
    """``moaas`` 5 answers readily to the name; ``outcome: escalate`` calls for help at once.

    The score of the clinic's instrument is given by its items, or for PADSS as their sum. Without
    it the look counts, and does not make the client ready. ``effects``: what of the medicine is
    still to be seen.
    """

    oriented: bool
    steady_gait: bool
    vitals_within_20pct: bool
    moaas: Annotated[int, Field(ge=0, le=5)]
    nausea_minimal: bool
    padss_score: Annotated[int, Field(ge=0, le=10)] | None = None
    padss: PadssItems | None = None
    aldrete: AldreteItems | None = None
    vitals: VitalsBody | None = None
    perceptual_changes: bool = False
    effects: Annotated[tuple[ExpectedEffect, ...], Field(max_length=3)] = ()
    outcome: Literal["escalate"] | None = None
    at: StatedAt = None

    @model_validator(mode="after")
    def _one_sum(self) -> Self:
        given = self.padss_score
        if given is not None and self.padss is not None and given != _padss(self.padss).total:
            raise ValueError("padss_score is not the sum of the items of padss")
        return self

    def scored(self, instrument: ScoreInstrument) -> Scored | None:
        """The score by the clinic's instrument, or None."""
        if instrument is ScoreInstrument.ALDRETE_MODIFIED:
            return Scored.of(instrument, self.aldrete.model_dump()) if self.aldrete else None
        if self.padss is not None:
            return _padss(self.padss)
        if self.padss_score is not None:
            return Scored(instrument=instrument, total=self.padss_score)
        return None


def _padss(items: PadssItems) -> Scored:
    return Scored.of(ScoreInstrument.PADSS_MODIFIED, items.model_dump())


class ReversalAgentBody(Body):
    agent: ReversalAgent
    at: StatedAt = None


class ClearanceBody(Body):
    at: StatedAt = None


def seen_in(body: RecoveryCheckBody, instrument: ScoreInstrument) -> Observation:
    """The look, scored by the clinic's instrument."""
    scored = body.scored(instrument)
    return Observation(
        oriented=body.oriented,
        steady_gait=body.steady_gait,
        vitals_within_20pct=body.vitals_within_20pct,
        moaas=body.moaas,
        nausea_minimal=body.nausea_minimal,
        score=scored.total if scored is not None else None,
        items=scored.items if scored is not None else None,
        instrument=instrument,
        vitals=Vitals(**body.vitals.model_dump()) if body.vitals is not None else None,
        perceptual_changes=body.perceptual_changes,
        effects=frozenset(body.effects),
    )

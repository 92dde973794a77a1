"""The screening of a course: every submission, and the findings that stay once they were found.

What a code means is the protocol's table (C-06 to C-09): a diagnosis is told apart from a current
state, and an effect that the medicine is expected to have is no finding at all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.intake.domain.events import DomainEvent
from services.intake.domain.implied_findings import implied_by
from services.intake.domain.instruments import InstrumentScore
from services.intake.domain.substance_use import tells_of_substance_use
from shared.decisions import Change, Unblock, refuse
from shared.protocol import FindingCode, FindingContext, Grade, HoldCategory, Indication, Programme
from shared.protocol import Screening as ScreeningProtocol

EXPECTED_EFFECTS: Final = frozenset({FindingCode.HALLUCINATIONS})
"""What the medicine itself may bring about (C-08). Nothing else may be put down to it."""


class ScreeningStatus(StrEnum):
    """The gravest thing that was found."""

    CLEAR = "clear"
    REVIEW = "review"
    CRISIS = "crisis"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFinding:
    """A finding as a clinician states it. ``severity`` may make the table's grade graver only."""

    code: FindingCode
    context: FindingContext = FindingContext.BASELINE
    severity: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedFinding:
    """A finding and what follows from it. Only its id, inside a hold, ever leaves intake."""

    finding_id: UUID
    code: FindingCode
    context: FindingContext
    grade: Grade
    crisis: bool
    found_at: datetime
    found_by: UUID | None

    @property
    def absolute(self) -> bool:
        return self.grade is Grade.ABSOLUTE


_Same: TypeAlias = tuple[FindingCode, FindingContext, Grade]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One intake form as it was handed in, section by section (F18). Words never leave intake.

    ``prior_treatments`` and ``treatment_resistant`` inform the two evaluations and gate nothing
    (F03). The client's questions are kept on their own, until somebody answers them (F43).
    """

    submitted_at: datetime
    submitted_by: UUID | None
    programme: Programme
    indications: tuple[Indication, ...]
    prior_treatments: tuple[str, ...] = ()
    treatment_resistant: bool | None = None
    psychological_history: str | None = None
    medical_history: str | None = None
    goals: str | None = None
    scores: tuple[InstrumentScore, ...] = ()
    notes: str | None = None
    from_substance_use_programme: bool = False
    """The history comes from a programme that treats substance use, with its consent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """All that screening found about one course. New history may come at any time (F27).

    ``labelled``: it tells of substance use, or of a programme that treats it (42 CFR Part 2). Once
    it does it always will.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    status: ScreeningStatus = ScreeningStatus.CLEAR
    submissions: tuple[Submission, ...] = ()
    findings: tuple[GradedFinding, ...] = ()
    labelled: bool = False

    @property
    def programme(self) -> Programme | None:
        """The programme of the newest form (F11)."""
        return self.submissions[-1].programme if self.submissions else None

    @property
    def review_flags(self) -> int:
        """How many different findings a prescriber has to weigh."""
        return len({finding.code for finding in self.findings})


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A screening after a submission, and what that submission found, known before or not."""

    change: Change[Screening, DomainEvent]
    found: tuple[GradedFinding, ...]
    known_before: frozenset[UUID] = frozenset()

    @property
    def absolute(self) -> tuple[GradedFinding, ...]:
        return tuple(finding for finding in self.found if finding.absolute)

    @property
    def relative(self) -> tuple[GradedFinding, ...]:
        return tuple(f for f in self.found if not f.absolute and not f.crisis)

    @property
    def crises(self) -> tuple[GradedFinding, ...]:
        """What opens the crisis pathway now. What is treated is no news the second time (F07)."""
        return tuple(
            finding
            for finding in self.found
            if finding.crisis
            and (
                finding.code is not FindingCode.SUICIDALITY_AS_INDICATION
                or finding.finding_id not in self.known_before
            )
        )

    @property
    def new(self) -> tuple[GradedFinding, ...]:
        return tuple(one for one in self.found if one.finding_id not in self.known_before)


def submit(
    screening: Screening,
    *,
    submission: Submission,
    stated: tuple[StatedFinding, ...],
    finding_ids: tuple[UUID, ...],
    protocol: ScreeningProtocol,
) -> Screened:
    """Grade what was stated and keep it beside what was found before.

    ``finding_ids`` are fresh ids, one for each finding, indication and score of the submission.
    A finding that is known already keeps its id.
    """
    kept = {_same(finding): finding for finding in screening.findings}
    found: dict[_Same, GradedFinding] = {}
    ids = iter(finding_ids)
    for one in _with_implied(stated, submission, protocol):
        if not _is_finding(one, protocol):
            continue
        meaning = protocol.finding(one.code)
        grade = Grade.ABSOLUTE if one.severity is Grade.ABSOLUTE else meaning.grade
        finding = GradedFinding(
            finding_id=next(ids),
            code=one.code,
            context=one.context,
            grade=grade,
            crisis=meaning.hold is HoldCategory.SUICIDALITY,
            found_at=submission.submitted_at,
            found_by=submission.submitted_by,
        )
        found[_same(finding)] = kept.setdefault(_same(finding), finding)
    after = replace(
        screening,
        submissions=(*screening.submissions, submission),
        findings=tuple(kept.values()),
        status=_status(tuple(kept.values())),
        labelled=screening.labelled
        or submission.from_substance_use_programme
        or tells_of_substance_use((code for code, *_ in found), submission.scores, protocol.cuts),
    )
    return Screened(
        change=Change(after),
        found=tuple(found.values()),
        known_before=frozenset(finding.finding_id for finding in screening.findings),
    )


def _with_implied(
    stated: tuple[StatedFinding, ...], submission: Submission, protocol: ScreeningProtocol
) -> tuple[StatedFinding, ...]:
    codes = {finding.code for finding in stated}
    implied = implied_by(submission.indications, submission.scores, protocol.cuts)
    return stated + tuple(StatedFinding(code=code) for code in implied if code not in codes)


def _is_finding(stated: StatedFinding, protocol: ScreeningProtocol) -> bool:
    """An expected effect is none; but only some states can be an effect of the medicine (C-08)."""
    if protocol.finding(stated.code).applies(stated.context):
        return True
    if stated.code not in EXPECTED_EFFECTS:
        refuse(
            "not-an-effect-of-the-medicine",
            "C-08",
            Unblock(fact="context", owner="intake", action="state it as baseline or persistent"),
            code=stated.code.value,
            context=stated.context.value,
        )
    return False


def _same(finding: GradedFinding) -> _Same:
    return finding.code, finding.context, finding.grade


def _status(findings: tuple[GradedFinding, ...]) -> ScreeningStatus:
    if any(finding.absolute for finding in findings):
        return ScreeningStatus.EXCLUDED
    if any(finding.crisis for finding in findings):
        return ScreeningStatus.CRISIS
    return ScreeningStatus.REVIEW if findings else ScreeningStatus.CLEAR

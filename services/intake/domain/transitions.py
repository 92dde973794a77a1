"""Which moves each state of a course allows (section 6.1, rulings 7 and 20)."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NoReturn

from services.intake.domain.course import TERMINAL, UNDER_WAY, TreatmentCourse
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Unblock, refuse


class Trigger(StrEnum):
    """What can move a course."""

    SCREENED = "screened"
    EVALUATED = "evaluated"
    ASSESSED = "assessed"
    FACTS_CHANGED = "facts_changed"
    APPROVAL_LOST = "approval_lost"
    REVIEWED = "reviewed"
    LEFT = "left"


_EXITS: Final = TERMINAL | {CourseStatus.SCREENING}
_UNDER_WAY_MOVES: Final = MappingProxyType(
    {
        Trigger.SCREENED: UNDER_WAY,
        Trigger.EVALUATED: UNDER_WAY,
        Trigger.ASSESSED: UNDER_WAY,
        Trigger.FACTS_CHANGED: UNDER_WAY | {CourseStatus.SCREENING},
        Trigger.APPROVAL_LOST: frozenset({CourseStatus.SCREENING}),
        Trigger.LEFT: _EXITS,
    }
)
TRANSITIONS: Final[Mapping[CourseStatus, Mapping[Trigger, frozenset[CourseStatus]]]] = (
    MappingProxyType(
        {
            CourseStatus.INQUIRY: {
                Trigger.SCREENED: frozenset({CourseStatus.SCREENING}),
                Trigger.LEFT: TERMINAL,
            },
            CourseStatus.SCREENING: {
                Trigger.SCREENED: frozenset({CourseStatus.SCREENING}),
                Trigger.EVALUATED: frozenset(
                    {CourseStatus.SCREENING, CourseStatus.AWAITING_MEDICAL}
                ),
                Trigger.APPROVAL_LOST: frozenset({CourseStatus.SCREENING}),
                Trigger.LEFT: _EXITS,
            },
            CourseStatus.AWAITING_MEDICAL: {
                Trigger.SCREENED: frozenset({CourseStatus.AWAITING_MEDICAL}),
                Trigger.EVALUATED: frozenset(
                    {CourseStatus.SCREENING, CourseStatus.AWAITING_MEDICAL}
                ),
                Trigger.ASSESSED: frozenset(
                    {
                        CourseStatus.AWAITING_MEDICAL,
                        CourseStatus.APPROVED,
                        CourseStatus.SCREENING,
                    }
                ),
                Trigger.APPROVAL_LOST: frozenset({CourseStatus.SCREENING}),
                Trigger.LEFT: _EXITS,
            },
            CourseStatus.APPROVED: _UNDER_WAY_MOVES,
            CourseStatus.PREPARING: _UNDER_WAY_MOVES,
            CourseStatus.ACTIVE: _UNDER_WAY_MOVES,
            CourseStatus.IN_REVIEW: {
                **_UNDER_WAY_MOVES,
                Trigger.REVIEWED: frozenset({CourseStatus.ACTIVE, CourseStatus.IN_REVIEW}),
            },
            CourseStatus.COMPLETED: {},
            CourseStatus.DECLINED: {},
            CourseStatus.STOPPED: {},
        }
    )
)
"""From each state, what may move the course and where to. What is not listed is refused."""


def require(course: TreatmentCourse, trigger: Trigger) -> None:
    """Refuse a command that the state has no row for, or that comes while the course closes."""
    require_open(course)
    require_row(course, trigger)


def require_row(course: TreatmentCourse, trigger: Trigger) -> None:
    """Refuse what the state has no row for; a raised flag does not stand in the way."""
    if course.terminal:
        refuse_over(course)
    if trigger not in TRANSITIONS[course.status]:
        refuse(
            "course-state-forbids",
            "6.1",
            Unblock(fact="course_status", owner="intake", action="bring the course further"),
            status=course.status.value,
            trigger=trigger.value,
        )


def require_open(course: TreatmentCourse) -> None:
    """Refuse what only makes sense in a course that goes on."""
    if course.terminal:
        refuse_over(course)
    if course.closing is not None:
        refuse(
            "course-closing",
            "ruling 7",
            Unblock(fact="closing", owner="intake", action="wait until the closing is settled"),
            cause=course.closing.cause.value,
        )


def refuse_over(course: TreatmentCourse) -> NoReturn:
    """A course that is over stays so; whoever comes back begins another one (F39)."""
    refuse(
        "course-over",
        "6.1",
        Unblock(fact="course", owner="intake", action="open another course for the client"),
        status=course.status.value,
    )


def move(course: TreatmentCourse, trigger: Trigger, to: CourseStatus) -> TreatmentCourse:
    """The course in its next state; a move that no row of the table allows is refused."""
    if to not in TRANSITIONS[course.status].get(trigger, frozenset()):
        refuse(
            "course-transition-forbidden",
            "6.1",
            status=course.status.value,
            trigger=trigger.value,
            to=to.value,
        )
    return replace(course, status=to)

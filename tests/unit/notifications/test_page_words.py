"""Whatever state, kind or reason a page shows is a word in Spanish too."""

from enum import StrEnum

import pytest
from babel.messages.pofile import read_po

from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.alerts import AlertKind, Severity
from services.notifications.domain.escalation import Cause
from services.notifications.domain.message import MessageStatus, Reason
from services.notifications.domain.notice import NoticeStatus
from services.notifications.domain.task import SETTLED_BY, TaskKind, TaskStatus
from services.notifications.domain.vocabulary import (
    Channel,
    CheckInOutcome,
    HandoverChannel,
    PlanKind,
    Recipient,
)
from services.notifications.domain.wording import Wording
from shared.protocol import Role
from shared.web.telling import WORDS

SHOWN: tuple[type[StrEnum], ...] = (
    AftercareStatus,
    AlertKind,
    Cause,
    Channel,
    CheckInOutcome,
    HandoverChannel,
    MessageStatus,
    NoticeStatus,
    PlanKind,
    Reason,
    Recipient,
    Role,
    Severity,
    TaskKind,
    TaskStatus,
    Wording,
)


def spanish() -> dict[str, str]:
    with (WORDS / "es.po").open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream, locale="es") if m.id}


@pytest.mark.parametrize("vocabulary", SHOWN, ids=lambda one: one.__name__)
def test_every_word_of_a_vocabulary_is_there(vocabulary: type[StrEnum]) -> None:
    known = spanish()
    assert [one for one in vocabulary if not known.get(one.replace("_", " "))] == []


def test_every_step_that_would_help_is_there() -> None:
    known = spanish()
    steps = {*SETTLED_BY.values(), "end_session", "wait", "sign_in_as_yourself"}
    assert [step for step in steps if not known.get(step.replace("_", " "))] == []

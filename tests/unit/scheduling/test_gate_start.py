"""G-START: every rule, and its bad twin."""

from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.assent import Assent
from services.scheduling.domain.peer_answers import (
    CheckWord,
    NamedUntil,
    OrderWord,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import StopRequest
from tests.unit.scheduling.booking_question import refused
from tests.unit.scheduling.building import (
    facts,
    hold,
    room,
    therapist,
)
from tests.unit.scheduling.start_question import LATER, NOW, answered_hold, decide, ready, word


def test_a_good_start_is_allowed_with_every_rule_judged() -> None:
    decision = decide()
    assert decision.allowed, refused(decision)
    assert len({v.slug for v in decision.verdicts}) == len(decision.verdicts)
    assert len(decision.verdicts) >= 30


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        (word("intake", course_status="closing"), "course-not-active"),
        (word("intake", course_status="in_review"), "course-not-active"),
        (word("intake", approval=None), "approval-not-current"),
        (
            word("intake", approval=NamedUntil(id="a", active=True, valid_until=NOW)),
            "approval-not-current",
        ),
        (
            word("intake", approval=NamedUntil(id="a", active=False, valid_until=LATER)),
            "approval-not-current",
        ),
        (
            word(
                "intake",
                consents={"treatment": NamedUntil(id="c", active=True, valid_until=LATER)},
            ),
            "consent-aftercare-agreement-not-active",
        ),
        (word("intake", dosed_count=6), "course-review-due"),
        (word("intake", age=timedelta(seconds=5.1)), "intake-answer-too-old"),
        (word("intake", unverifiable=True), "intake-unverifiable"),
        (word("intake", known=False), "intake-unverifiable"),
        (word("intake", holds=(answered_hold("start"),)), "hold-blocks-start"),
        (word("prescribing", holds=(answered_hold("start"),)), "hold-blocks-start"),
        (word("prescribing", age=timedelta(seconds=6)), "prescribing-answer-too-old"),
        (word("prescribing", order=None), "dose-not-authorised"),
        (
            word("prescribing", order=OrderWord(id="o", authorised=True, closed=False)),
            "dose-not-authorised",
        ),
        (
            word(
                "prescribing",
                order=OrderWord(id="o", authorised=True, closed=False, valid_until=NOW),
            ),
            "dose-not-authorised",
        ),
        (word("prescribing", check=None), "pre-dose-check-not-valid"),
        (
            word(
                "prescribing",
                check=CheckWord(id="k", version=1, outcome="review", valid_until=LATER),
            ),
            "pre-dose-check-not-valid",
        ),
        (
            word(
                "prescribing", check=CheckWord(id="k", version=1, outcome="pass", valid_until=NOW)
            ),
            "pre-dose-check-not-valid",
        ),
        (word("prescribing", prescription=None), "prescription-not-active"),
        (ready(assent=Assent()), "assent-not-fresh"),
        ({"preparation": None}, "preparation-not-completed"),
        ({"therapist": therapist(kap_training_valid_until=NOW)}, "therapist-not-credentialed"),
        ({"room": room(dosing_capable=False)}, "room-not-suitable"),
        (ready(escorts=()), "escort-not-confirmed"),
        (ready(stop=StopRequest(at=NOW, by_role=Role.CLIENT)), "stop-was-requested"),
        ({"facts": hold(facts(), "start", "dose")}, "hold-blocks-start"),
    ],
)
def test_each_rule_refuses_by_its_name(changes: dict[str, Any], slug: str) -> None:
    assert refused(decide(**changes)) == {slug}


@pytest.mark.parametrize("peer", ["intake", "prescribing"])
def test_no_answer_means_no(peer: str) -> None:
    assert refused(decide(**{peer: None})) == {f"{peer}-did-not-answer"}


def test_an_answer_of_just_five_seconds_is_usable() -> None:
    assert decide(**word("intake", age=timedelta(seconds=5))).allowed

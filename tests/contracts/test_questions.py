"""Questions have a subject each; answers are strict, round trip, and keep persons out of sight."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from careteam_contracts import questions
from careteam_contracts.details import Allergies, Contact, EscortContact, Identity
from careteam_contracts.enums import ConsentScope, Service
from careteam_contracts.questions import Question
from careteam_contracts.samples import KINDS, Kind
from careteam_contracts.samples.generate import sample
from careteam_contracts.standing import ConsentStanding, IntakeStanding, Standing
from tests.support.schema_lint import complaints

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
ALL: list[Question[Any, Any]] = [
    value for value in vars(questions).values() if isinstance(value, Question)
] + [*questions.REPUBLISH.values(), *questions.ERASURE.values()]
MODELS = sorted(
    {model for question in ALL for model in (question.ask, question.answer)},
    key=lambda model: str(model.__name__),
)
STANDINGS: list[type[Standing]] = [m for m in MODELS if issubclass(m, Standing)]
DETAILS = (Identity, Allergies, Contact, EscortContact)


def test_every_question_has_a_subject_of_its_own() -> None:
    assert sorted(question.subject for question in ALL) == [
        "careteam.rpc.intake.contact",
        "careteam.rpc.intake.identity",
        "careteam.rpc.intake.republish",
        "careteam.rpc.intake.standing",
        "careteam.rpc.notifications.erasure",
        "careteam.rpc.notifications.republish",
        "careteam.rpc.notifications.standing",
        "careteam.rpc.prescribing.erasure",
        "careteam.rpc.prescribing.identity",
        "careteam.rpc.prescribing.republish",
        "careteam.rpc.prescribing.standing",
        "careteam.rpc.scheduling.contact",
        "careteam.rpc.scheduling.erasure",
        "careteam.rpc.scheduling.republish",
        "careteam.rpc.scheduling.standing",
    ]


def test_every_service_can_be_asked_how_a_course_stands() -> None:
    standing = {q.service: q.answer for q in ALL if q.name == "standing"}
    assert standing.keys() == set(Service)
    for answer in standing.values():
        assert {"known", "unverifiable", "answered_at", "protocol_version", "open_holds"} <= set(
            answer.model_fields
        )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
@pytest.mark.parametrize("kind", KINDS)
def test_asks_and_answers_round_trip(model: type[BaseModel], kind: Kind) -> None:
    told = sample(model.model_json_schema(), kind, model.__name__)
    read = model.model_validate_json(json.dumps(told))
    assert model.model_validate_json(read.model_dump_json()) == read


@pytest.mark.parametrize("model", STANDINGS, ids=lambda model: str(model.__name__))
def test_a_standing_carries_nothing_personal(model: type[Standing]) -> None:
    assert complaints(model.model_json_schema(), public=False) == []


@pytest.mark.parametrize("model", DETAILS)
def test_the_lint_sees_that_details_are_personal(model: type[BaseModel]) -> None:
    assert complaints(model.model_json_schema(), public=False) != []


@pytest.mark.parametrize(
    "answer",
    [
        Identity(known=True, name="MARKER", date_of_birth=AT.date()),
        Allergies(known=True, recorded=True, allergies=("MARKER",)),
        Contact(known=True, name="MARKER", phone="MARKER", email="MARKER"),
        EscortContact(known=True, name="MARKER", phone="MARKER", relationship="MARKER"),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_a_detail_does_not_show_in_a_repr(answer: BaseModel) -> None:
    assert "MARKER" in answer.model_dump_json()
    assert "MARKER" not in repr(answer)
    assert "MARKER" not in str(answer)
    assert "2026" not in repr(answer)


def test_a_refused_detail_does_not_show_in_the_error() -> None:
    with pytest.raises(ValueError, match="name") as refused:
        Identity.model_validate_json('{"known": true, "name": "' + "MARKER" * 100 + '"}')
    assert "MARKER" not in str(refused.value)


def _consent(scope: ConsentScope, *, active: bool = True) -> ConsentStanding:
    return ConsentStanding(scope=scope, consent_id=uuid4(), active=active, valid_until=AT)


def _intake(*consents: ConsentStanding) -> IntakeStanding:
    return IntakeStanding(
        known=True, unverifiable=False, answered_at=AT, protocol_version=1, consents=consents
    )


def test_both_consents_must_be_active() -> None:
    treatment, aftercare = ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT
    assert _intake(_consent(treatment), _consent(aftercare)).consents_active(treatment, aftercare)
    assert not _intake(_consent(treatment)).consents_active(treatment, aftercare)
    withdrawn = _intake(_consent(treatment), _consent(aftercare, active=False))
    assert not withdrawn.consents_active(treatment, aftercare)


def test_an_answer_of_a_later_version_can_be_read() -> None:
    told = '{"republished": 3, "added_in_a_later_version": true}'
    question = questions.REPUBLISH[Service.INTAKE]
    assert question.answer.model_validate_json(told).republished == 3


@pytest.mark.parametrize("first", [0, -1, 10**18])
def test_a_range_to_publish_again_begins_with_one(first: int) -> None:
    with pytest.raises(ValueError, match="from_sequence"):
        questions.RepublishAsk(
            consumer=Service.INTAKE, client_id=UUID(int=1), from_sequence=first, to_sequence=5
        )

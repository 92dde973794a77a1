"""What a random play of intake is made of: people who command, and peers whose events lag.

An event is *told* when it has happened at its producer and *heard* when intake gets to it. Between
the two lies any time, and any other event; copies come as well. A refused command is part of the
play and must leave everything as it was.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope
from services.intake.domain.client import ChannelConsent, ContactDetails
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.facts import CourseFacts
from services.intake.domain.hold import Hold
from services.intake.domain.vocabulary import EvaluationOutcome
from services.intake.handlers.assign_team import AssignTeam, assign_team
from services.intake.handlers.evaluate_client import EvaluateClient, evaluate_client
from services.intake.handlers.register_client import RegisterClient, register_client
from services.intake.handlers.submit_screening import SubmitScreening, submit_screening
from shared.decisions import Refused
from shared.messaging import Delivery
from shared.protocol import Indication, Programme
from shared.storage import Actor
from tests.unit.intake.courses import PRESCRIBER, THERAPIST
from tests.unit.intake.memory import MemoryIntake

THE_THERAPIST: Final = Actor("therapist", THERAPIST)
THE_PRESCRIBER: Final = Actor("prescriber", PRESCRIBER)
FRONT_DESK: Final = Actor("front_desk", UUID(int=12))
CLINIC: Final = UUID(int=99)


class Play(RuleBasedStateMachine):
    """One client of one clinic."""

    def __init__(self) -> None:
        super().__init__()
        self.intake = MemoryIntake()
        client = self.intake.run(
            register_client,
            RegisterClient(
                name="Avery Example",
                date_of_birth=self.intake.now.date().replace(year=1980),
                contact=ContactDetails(),
                channels=ChannelConsent(),
            ),
            FRONT_DESK,
        )
        self.client_id, self.course_id = client.client_id, client.course_id
        self.waiting: list[tuple[Event, Delivery]] = []
        self.heard: list[tuple[Event, Delivery]] = []
        self._sent = 0
        self.refused: str | None = None
        team = AssignTeam(
            course_id=self.course_id, therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER
        )
        self.intake.run(assign_team, team, FRONT_DESK)

    @property
    def course(self) -> TreatmentCourse:
        course: TreatmentCourse = self.intake.courses.states[self.course_id]
        return course

    @property
    def consent(self) -> Consent:
        (consent,) = self.intake.consents.states.values()
        found: Consent = consent
        return found

    @property
    def facts(self) -> CourseFacts:
        return self.intake.facts.courses.get(
            self.course_id, CourseFacts(course_id=self.course_id, client_id=self.client_id)
        )

    @property
    def holds(self) -> list[Hold]:
        return list(self.intake.safety_holds.states.values())

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.intake.told if isinstance(event, kind)]

    def command(self, handler: Callable[..., Awaitable[Any]], command: Any, actor: Actor) -> bool:
        """One transaction; says whether it was accepted. What is refused changes nothing."""
        return self._tried(lambda: self.intake.run(handler, command, actor))

    def ask(self, handler: Callable[..., Awaitable[Any]], command: Any, actor: Actor) -> bool:
        """Several transactions with the peers in between."""
        return self._tried(lambda: self.intake.ask(handler, command, actor))

    def tell(
        self,
        event: Event,
        *,
        by: Actor | None = None,
        aggregate: UUID | None = None,
        version: int = 1,
    ) -> None:
        """It has happened now, at its producer; intake hears of it some time."""
        self._sent += 1
        actor = by or Actor("system")
        now = self.intake.now
        envelope = Envelope(
            event_id=UUID(int=5_000_000 + self._sent),
            type=event.type,
            producer=event.producer,
            aggregate_type=event.aggregate_type,
            aggregate_id=aggregate or UUID(int=6_000_000 + self._sent),
            aggregate_version=version,
            client_sequence=self._sent,
            client_id=self.client_id,
            course_id=self.course_id,
            clinic_id=CLINIC,
            protocol_version=1,
            correlation_id=UUID(int=1),
            actor_role=ActorRole(actor.role),
            actor_ref=actor.ref,
            occurred_at=now,
            recorded_at=now,
        )
        self.waiting.append((event, Delivery(envelope, self._sent)))

    @precondition(lambda self: self.waiting)
    @rule()
    def everything_is_heard(self) -> None:
        self.hear_all()

    def hear_all(self) -> None:
        while self.waiting:
            self._hear(0)
            self.after_one_of_many()

    def after_one_of_many(self) -> None:
        """What has to be looked at before the next event of the same step is heard."""

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 50))
    def an_event_is_heard(self, which: int) -> None:
        self._hear(which % len(self.waiting))

    @precondition(lambda self: self.heard)
    @rule(which=st.integers(0, 50))
    def a_copy_comes(self, which: int) -> None:
        self.intake.fold(*self.heard[which % len(self.heard)])

    @rule(minutes=st.sampled_from([1, 10, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.intake.now += timedelta(minutes=minutes)
        self.intake.fire_timers()

    def screen_clean(self) -> None:
        form = SubmitScreening(
            client_id=self.client_id,
            programme=Programme.MOOD,
            indications=(Indication.DEPRESSION,),
            findings=(),
        )
        assert self.ask(submit_screening, form, THE_THERAPIST), self.refused

    def evaluate(self, outcome: EvaluationOutcome, by: Actor = THE_THERAPIST) -> bool:
        plan = EvaluateClient(
            course_id=self.course_id, outcome=outcome, planned_sessions=6, goals="rest"
        )
        return self.ask(evaluate_client, plan, by)

    def _hear(self, which: int) -> None:
        event, delivery = self.waiting.pop(which)
        self.heard.append((event, delivery))
        self.intake.hear(event, delivery)

    def _tried(self, attempt: Callable[[], Any]) -> bool:
        told = len(self.intake.told)
        try:
            attempt()
        except Refused as refused:
            self.refused = ", ".join(refusal.slug for refusal in refused.refusals)
            assert len(self.intake.told) == told, "a refused command told something"
            return False
        return True

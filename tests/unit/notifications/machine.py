"""Notifications under everything at once: words that come twice, early or late, people who act or
do not, channels that break, and time. After every step all of :mod:`looks` holds.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.escalation import EscalationStatus
from services.notifications.domain.message import MessageStatus
from services.notifications.domain.vocabulary import (
    Carriage,
    Channel,
    CheckInOutcome,
    HandoverChannel,
    Recipient,
)
from services.notifications.handlers import COMMANDS
from services.notifications.handlers.answer_escalation import (
    AcknowledgeEscalation,
    ResolveAftercareEscalations,
    ResolveEscalation,
)
from services.notifications.handlers.complete_check_in import CompleteCheckIn
from services.notifications.handlers.deliver_instructions import (
    AcknowledgeInstructions,
    DeliverInstructions,
)
from services.notifications.handlers.work_through import CompleteTask
from shared.decisions import Refused
from shared.protocol import Role
from shared.storage import Actor
from tests.unit.notifications.looks import LOOKS
from tests.unit.notifications.memory import MemoryClinic, reachable
from tests.unit.notifications.others import HAPPENS, Others, happening

NURSE = Actor(Role.NURSE, UUID(int=51))
UNNAMED = Actor(Role.NURSE, None)
SOMEBODY = st.sampled_from([NURSE, NURSE, Actor(Role.FRONT_DESK, UUID(int=52)), UNNAMED])
MINUTES = st.sampled_from([1, 5, 15, 60, 240, 720, 1440])


class Clinic(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clinic = MemoryClinic()
        self.others = Others(self.clinic)
        self.clinic.run(self.others.tell(happening("team", self.clinic.now), self.clinic.now))

    def teardown(self) -> None:
        self.clinic.close()

    def do(self, work: Any) -> Any:
        return self.clinic.run(work)

    # What others say, and how it arrives.

    @rule(what=st.sampled_from(sorted(HAPPENS)), ago=st.sampled_from([0, 1, 30]))
    def happens(self, what: str, ago: int) -> None:
        at = self.clinic.now - timedelta(minutes=ago)
        self.others.say(happening(what, at), at)

    @rule(what=st.sampled_from(sorted(HAPPENS)))
    def happens_and_is_heard(self, what: str) -> None:
        self.do(self.others.tell(happening(what, self.clinic.now), self.clinic.now))

    @precondition(lambda self: self.others.unheard())
    @rule(data=st.data())
    def arrives_out_of_order(self, data: st.DataObject) -> None:
        self.do(self.others.arrive(*data.draw(st.sampled_from(self.others.unheard()))))

    @precondition(lambda self: self.others.unheard())
    @rule()
    def everything_arrives(self) -> None:
        for name, number in self.others.unheard():
            self.do(self.others.arrive(name, number))

    @rule(data=st.data())
    def arrives_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.others.producers)))
        for number in range(self.others.producers[name].taken):
            self.do(self.others.arrive(name, number))

    # Time, and what carries messages.

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.clinic.now += timedelta(minutes=minutes)
        self.do(self.clinic.fire_due())

    @rule(channel=st.sampled_from(Channel), says=st.sampled_from(Carriage), mumbles=st.booleans())
    def a_channel_changes(self, channel: Channel, says: Carriage, mumbles: bool) -> None:
        self.clinic.channels[channel].says = says
        self.clinic.channels[channel].mumbles = mumbles

    @rule(allowed=st.none() | st.sets(st.sampled_from(Channel)))
    def consent_changes(self, allowed: set[Channel] | None) -> None:
        self.clinic.peers.contact = None if allowed is None else reachable(*allowed)

    # People.

    def _try(self, who: Actor, command: str, what: Any) -> bool:
        """Whether it was done; what is refused changes nothing."""
        before = self._states()
        try:
            self.do(self.clinic.by(who, COMMANDS[command](what, self.clinic)))  # type: ignore[operator]
        except Refused:
            assert self._states() == before
            return False
        return True

    def _states(self) -> Any:
        c = self.clinic
        return [
            dict(repository.states)
            for repository in (c.aftercare_plans, c.check_ins, c.escalations, c.tasks, c.messages)
        ]

    def _one_of(self, data: st.DataObject, repository: Any) -> Any:
        return repository.states[data.draw(st.sampled_from(sorted(repository.states)))]

    @precondition(lambda self: self.clinic.escalations.states)
    @rule(data=st.data(), who=SOMEBODY)
    def somebody_takes_a_loop(self, data: st.DataObject, who: Actor) -> None:
        loop = self._one_of(data, self.clinic.escalations)
        done = self._try(
            who, "acknowledge_escalation", AcknowledgeEscalation(escalation_id=loop.id)
        )
        assert done == (loop.status is EscalationStatus.OPEN and who.ref is not None)

    @precondition(lambda self: self.clinic.escalations.states)
    @rule(data=st.data(), who=SOMEBODY)
    def somebody_ends_a_loop(self, data: st.DataObject, who: Actor) -> None:
        loop = self._one_of(data, self.clinic.escalations)
        done = self._try(who, "resolve_escalation", ResolveEscalation(escalation_id=loop.id))
        assert done == (loop.is_open and who == NURSE)

    @precondition(lambda self: self.clinic.aftercare_plans.states)
    @rule(data=st.data(), who=SOMEBODY)
    def somebody_says_that_the_client_is_safe(self, data: st.DataObject, who: Actor) -> None:
        plan = self._one_of(data, self.clinic.aftercare_plans)
        what = ResolveAftercareEscalations(aftercare_id=plan.id)
        self._try(who, "resolve_aftercare_escalations", what)

    @precondition(lambda self: self.clinic.check_ins.states)
    @rule(data=st.data(), outcome=st.sampled_from(CheckInOutcome))
    def somebody_calls(self, data: st.DataObject, outcome: CheckInOutcome) -> None:
        check_in = self._one_of(data, self.clinic.check_ins)
        what = CompleteCheckIn(checkin_id=check_in.id, outcome=outcome)
        done = self._try(NURSE, "complete_check_in", what)
        assert done == (check_in.status is CheckInStatus.DUE)

    @precondition(lambda self: self.clinic.tasks.states)
    @rule(data=st.data(), who=SOMEBODY)
    def somebody_does_a_task(self, data: st.DataObject, who: Actor) -> None:
        task = self._one_of(data, self.clinic.tasks)
        self._try(who, "complete_task", CompleteTask(task_id=task.id))

    @precondition(lambda self: self.clinic.aftercare_plans.states)
    @rule(data=st.data(), recipient=st.sampled_from(Recipient), confirmed=st.booleans())
    def instructions_on_paper(
        self, data: st.DataObject, recipient: Recipient, confirmed: bool
    ) -> None:
        plan = self._one_of(data, self.clinic.aftercare_plans)
        if confirmed:
            self._try(
                NURSE,
                "acknowledge_instructions",
                AcknowledgeInstructions(aftercare_id=plan.id, recipient=recipient),
            )
            return
        self._try(
            NURSE,
            "deliver_instructions",
            DeliverInstructions(
                aftercare_id=plan.id, recipient=recipient, channel=HandoverChannel.PAPER
            ),
        )

    # What holds.

    @invariant()
    def everything_is_as_it_must_be(self) -> None:
        for look in LOOKS:
            look(self.clinic)


def goes_on_to_its_end(machine: Clinic) -> None:
    """Everything is heard in the end, channels work, people do what they owe: nothing stays."""
    clinic = machine.clinic
    machine.everything_arrives()
    for channel in Channel:
        machine.a_channel_changes(channel, Carriage.TAKEN, mumbles=False)
    machine.consent_changes({Channel.SMS})
    for _ in range(12):
        machine.time_passes(720)
        for loop in list(clinic.escalations.states.values()):
            if loop.is_open:
                assert machine._try(
                    NURSE, "resolve_escalation", ResolveEscalation(escalation_id=loop.id)
                )
        for check_in in list(clinic.check_ins.states.values()):
            if check_in.status is CheckInStatus.DUE:
                ok = CompleteCheckIn(checkin_id=check_in.id, outcome=CheckInOutcome.OK)
                assert machine._try(NURSE, "complete_check_in", ok)
        machine.everything_is_as_it_must_be()
    for plan in clinic.aftercare_plans.states.values():
        assert plan.is_open != plan.end_known
    assert not [
        m
        for m in clinic.messages.states.values()
        if m.status in {MessageStatus.QUEUED, MessageStatus.HELD} and m.due_at < clinic.now
    ]

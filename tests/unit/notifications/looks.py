"""What must be true of notifications after every step, whatever came, twice, late or never."""

from collections import Counter
from datetime import timedelta

from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.escalation import (
    HIGHEST_LEVEL,
    RAISES_AFTERCARE,
    Cause,
    EscalationStatus,
)
from services.notifications.domain.events import AftercareStarted, RestrictionsExtended
from services.notifications.domain.message import MessageStatus
from services.notifications.domain.sending import tries_others
from services.notifications.domain.session_reading import (
    dose_times,
    ended_at,
    left_against_advice,
    was_dosed,
)
from services.notifications.domain.task import TaskStatus
from services.notifications.domain.vocabulary import Recipient
from services.notifications.handlers.advance_aftercare import CHECK_IN_TIMER, RESTRICTION_TIMER
from services.notifications.handlers.check_in_timers import SILENCE_TIMER
from services.notifications.handlers.say import MESSAGE_TIMER
from services.notifications.handlers.urgent_loops import STEP_TIMER
from services.notifications.handlers.when_safety_changes import CATCH_UP_TIMER
from shared.protocol import QuietHours
from tests.unit.notifications.memory import MemoryClinic
from tests.unit.notifications.moments import COURSE, SESSION, ZONE


def _waits(clinic: MemoryClinic, kind: str, key: object) -> bool:
    return (kind, key) in clinic.timers.waiting


def look_at_aftercare(clinic: MemoryClinic) -> None:
    """INV-26, INV-28: dosed means cared for, until what the facts say, and never shorter."""
    facts = clinic.course_facts.known.get(COURSE)
    plans = list(clinic.aftercare_plans.states.values())
    if facts is None or _waits(clinic, CATCH_UP_TIMER, COURSE):
        return
    session = facts.session(SESSION)
    assert len(plans) == was_dosed(session)
    for plan in plans:
        end = ended_at(session)
        assert plan.end_known == (end is not None)
        if end is not None:
            latest = max({end, *dose_times(session)})
            assert plan.restrictions_until == latest + timedelta(hours=plan.rule.hours)
        known = [
            told.restrictions_until
            for told in clinic.told
            if isinstance(told, AftercareStarted | RestrictionsExtended) and told.end_known
        ]
        assert known == sorted(known)
        if plan.status in {AftercareStatus.ARMED, AftercareStatus.RESTRICTED}:
            assert _waits(clinic, RESTRICTION_TIMER, plan.id) or not plan.end_known
        if plan.status in {AftercareStatus.MONITORING, AftercareStatus.CLOSED}:
            assert plan.end_known
        if plan.status is AftercareStatus.CLOSED:
            assert all(c.status is CheckInStatus.CLOSED for c in clinic.check_ins.states.values())
            assert not any(e.is_open for e in clinic.escalations.states.values())
        if left_against_advice(session) is not None:
            causes = {e.cause for e in clinic.escalations.states.values()}
            assert Cause.LEFT_AGAINST_ADVICE in causes


def look_at_escalations(clinic: MemoryClinic) -> None:
    """INV-30: an open loop climbs until it is taken, and only a name ends it."""
    plans = clinic.aftercare_plans.states
    for loop in clinic.escalations.states.values():
        raised = loop.cause in RAISES_AFTERCARE
        if loop.status is EscalationStatus.OPEN and loop.level < HIGHEST_LEVEL:
            assert _waits(clinic, STEP_TIMER, loop.id)
        if loop.is_open and raised:
            assert plans[loop.aftercare_id].status is AftercareStatus.ESCALATED
        if loop.status is EscalationStatus.ACKNOWLEDGED:
            assert loop.acknowledged_by is not None
            assert not _waits(clinic, STEP_TIMER, loop.id)
        if loop.status is EscalationStatus.RESOLVED:
            assert loop.resolved_by is not None or not raised
        owed = [
            t
            for t in clinic.tasks.states.values()
            if t.cause_id == loop.id and t.status is TaskStatus.OPEN
        ]
        assert bool(owed) == (loop.status is not EscalationStatus.RESOLVED)


def look_at_check_ins(clinic: MemoryClinic) -> None:
    """F99: a check-in is waited for by somebody until it has an outcome."""
    for check_in in clinic.check_ins.states.values():
        if check_in.status is CheckInStatus.PLANNED:
            assert _waits(clinic, CHECK_IN_TIMER, check_in.id)
        if check_in.status is CheckInStatus.DUE:
            assert _waits(clinic, SILENCE_TIMER, check_in.id)
        assert (check_in.outcome is not None) == (check_in.status is CheckInStatus.CLOSED)


def look_at_messages(clinic: MemoryClinic) -> None:
    """INV-27, INV-29: what waits is looked at again, and nobody is told twice, late or at night."""
    for message in clinic.messages.states.values():
        assert message.pending == _waits(clinic, MESSAGE_TIMER, message.id)
        assert (message.status is MessageStatus.SENT) == (message.channel is not None)
    by_channel = [(channel, outgoing.message_id) for channel, _, outgoing in clinic.taken()]
    assert len(by_channel) == len(set(by_channel))
    for number, times in Counter(message_id for _, message_id in by_channel).items():
        assert times == 1 or tries_others(clinic.messages.states[number])
    for message in clinic.messages.states.values():
        if message.status is MessageStatus.SENT:
            assert (message.channel, message.id) in by_channel
    for _, when, outgoing in clinic.taken():
        message = clinic.messages.states[outgoing.message_id]
        assert when < message.expires_at
        quiet = QuietHours().covers(when.astimezone(ZONE).time())
        assert message.traits.urgent or not quiet


def look_at_tasks(clinic: MemoryClinic) -> None:
    """Every task has an owner and a time, and who closed it is known where a person did."""
    for task in clinic.tasks.states.values():
        assert task.due_at >= task.since or task.kind.value == "plan_follow_up"
        assert (task.closed_at is None) == (task.status is TaskStatus.OPEN)
        if task.status is TaskStatus.DONE:
            assert task.closed_by is not None


def look_at_instructions(clinic: MemoryClinic) -> None:
    """What was confirmed was delivered before, and the client's text says the end that holds."""
    for plan in clinic.aftercare_plans.states.values():
        for recipient in plan.acknowledged:
            assert plan.delivered_to(recipient)
        told = [
            m
            for m in clinic.messages.states.values()
            if m.cause_id == plan.id
            and m.status is MessageStatus.SENT
            and m.traits.recipient is Recipient.CLIENT
            and m.wording.value == "instructions"
        ]
        for message in told:
            assert message.about is None or message.about <= plan.restrictions_until


LOOKS = (
    look_at_aftercare,
    look_at_escalations,
    look_at_check_ins,
    look_at_messages,
    look_at_tasks,
    look_at_instructions,
)

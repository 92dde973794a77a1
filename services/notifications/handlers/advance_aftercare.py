"""The aftercare of a session follows the facts: whichever fact comes, this looks at all of them.

Nothing here depends on which event arrived, or on their order (ruling 20): a plan is started by
the first sign of a dose, its window, its kind and its check-ins are what the facts say, and what
is already so is left alone.
"""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.aftercare_course import (
    complete_aftercare,
    enhance,
    learn_start,
    learn_window,
    start_aftercare,
)
from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.check_in import (
    CheckInStatus,
    check_in_hours,
    move_check_in,
    plan_check_in,
)
from services.notifications.domain.escalation import Cause
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.plan_kind import plan_kind
from services.notifications.domain.replaying import ClosingFacts, decide_closing
from services.notifications.domain.restriction import (
    RestrictionRule,
    Window,
    restriction_window,
)
from services.notifications.domain.session_facts import SessionFacts
from services.notifications.domain.session_reading import (
    dose_times,
    ended_at,
    gone_and_in_danger_since,
    has_conflicting_ends,
    is_gone,
    left_against_advice,
    sign_times,
)
from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import PlanKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.give_instructions import give_instructions
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import take_back
from services.notifications.handlers.see_to_safety_plan import see_to_safety_plan
from services.notifications.handlers.urgent_loops import call_out, stand_down_after_departure
from services.notifications.handlers.watch_session import watch

RESTRICTION_TIMER = "restriction_ends"
CHECK_IN_TIMER = "check_in_due"

_RESTRICTING = frozenset(
    {AftercareStatus.ARMED, AftercareStatus.RESTRICTED, AftercareStatus.ESCALATED}
)


async def advance_aftercare(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Bring the aftercare of one session to what the facts say."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    plan = await _plan(uow, course, facts, session)
    if plan is None:
        return
    if plan.status in _RESTRICTING:
        await uow.timers.set(
            RESTRICTION_TIMER, plan.id, plan.restrictions_until, client_id=plan.client_id
        )
    await _plan_check_ins(uow, plan, session)
    await _look_for_danger(uow, plan, session)
    await give_instructions(uow, course, plan.id, session)
    await _settle_what_is_known(uow, plan, session)
    await see_to_safety_plan(uow, course, plan, session)
    await close_if_done(uow, plan.id)


async def close_if_done(uow: UnitOfWork, aftercare_id: UUID) -> None:
    """Aftercare closes by itself when nothing is left to do; the receipt says why it could."""
    plan = await uow.aftercare_plans.get(aftercare_id)
    if plan.status is not AftercareStatus.MONITORING:
        return
    facts = ClosingFacts(
        plan=plan,
        check_ins=tuple(await uow.check_ins.list_by(aftercare_id=plan.id)),
        escalations=tuple(await uow.escalations.list_by(aftercare_id=plan.id)),
        now=uow.now,
    )
    decision = decide_closing(facts)
    if decision.allowed:
        await uow.receipts.record(
            decision,
            facts,
            subject_id=plan.id,
            client_id=plan.client_id,
            course_id=plan.course_id,
            freshness=await uow.freshness(plan.client_id),
        )
        await uow.aftercare_plans.save(complete_aftercare(plan, now=uow.now))


async def _plan(
    uow: UnitOfWork, course: CourseRef, facts: CourseFacts, session: SessionFacts
) -> AftercarePlan | None:
    known = await uow.aftercare_plans.find_by(session_id=session.id)
    rule = await _rule_of(uow, course) if known is None else known.rule
    window = restriction_window(
        doses=dose_times(session),
        signs=sign_times(session),
        ended_at=ended_at(session),
        rule=rule,
        zone=uow.timezone,
    )
    if window is None:
        return known
    kind = plan_kind(facts, session)
    if known is None:
        return await _start(uow, course, session, window=window, kind=kind, rule=rule)
    change = learn_start(known, at=_began_at(session)).then(
        lambda plan: learn_window(plan, window, at=_count_from(session), now=uow.now)
    )
    if kind is PlanKind.ENHANCED and change.state.is_open:
        change = change.then(lambda plan: enhance(plan, at=uow.now))
    return await uow.aftercare_plans.save(change)


async def _start(
    uow: UnitOfWork,
    course: CourseRef,
    session: SessionFacts,
    *,
    window: Window,
    kind: PlanKind,
    rule: RestrictionRule,
) -> AftercarePlan:
    await watch(uow, course, session)
    for other in await uow.aftercare_plans.list_by(client_id=course.client_id):
        await take_back(uow, (Wording.RESTRICTION_OVER,), cause_id=other.id)
    return await uow.aftercare_plans.save(
        start_aftercare(
            aftercare_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.course_id,
            session_id=session.id,
            window=window,
            plan=kind,
            rule=rule,
            at=_began_at(session),
        )
    )


async def _settle_what_is_known(
    uow: UnitOfWork, plan: AftercarePlan, session: SessionFacts
) -> None:
    await settle(uow, TaskKind.STATE_DOSES, cause_id=session.id)
    if plan.end_known:
        await settle(uow, TaskKind.STATE_SESSION_END, cause_id=plan.id)
    if is_gone(session):
        await settle(uow, TaskKind.STATE_DEPARTURE, cause_id=session.id)


async def _rule_of(uow: UnitOfWork, course: CourseRef) -> RestrictionRule:
    aftercare = (await uow.protocol_of(course.course_id)).aftercare
    return RestrictionRule(hours=aftercare.min_hours, until_next_day=aftercare.until_next_day)


async def _plan_check_ins(uow: UnitOfWork, plan: AftercarePlan, session: SessionFacts) -> None:
    """Check-ins count from the end, and until it is known from the last sign of a dose."""
    if not plan.is_open:
        return
    since = _count_from(session)
    protocol = await uow.protocol_of(plan.course_id)
    planned = {c.hours: c for c in await uow.check_ins.list_by(aftercare_id=plan.id)}
    for hours in check_in_hours(protocol.aftercare, plan.plan):
        if hours not in planned:
            change = plan_check_in(
                checkin_id=uow.new_id(),
                client_id=plan.client_id,
                course_id=plan.course_id,
                session_id=plan.session_id,
                aftercare_id=plan.id,
                hours=hours,
                patience_hours=protocol.messaging.checkin_patience_hours,
                since=since,
            )
        elif planned[hours].status is CheckInStatus.PLANNED:
            change = move_check_in(planned[hours], since=since)
        else:
            continue
        if change.state == planned.get(hours):
            continue
        check_in = await uow.check_ins.save(change)
        await uow.timers.set(
            CHECK_IN_TIMER, check_in.id, check_in.due_at, client_id=check_in.client_id
        )


def _began_at(session: SessionFacts) -> datetime:
    return min(dose_times(session) | sign_times(session))


def _count_from(session: SessionFacts) -> datetime:
    doses, end = dose_times(session), ended_at(session)
    if end is not None:
        return max({end, *doses})
    return max(doses or sign_times(session))


async def _look_for_danger(uow: UnitOfWork, plan: AftercarePlan, session: SessionFacts) -> None:
    """A client who is gone and should not be starts an urgent loop, in any order of hearing."""
    walked_out = left_against_advice(session)
    if walked_out is not None:
        await call_out(
            uow, plan, Cause.LEFT_AGAINST_ADVICE, cause_id=session.id, since=walked_out.at
        )
    endangered_since = gone_and_in_danger_since(session)
    if endangered_since is not None:
        await call_out(
            uow, plan, Cause.UNSAFE_DEPARTURE, cause_id=session.id, since=endangered_since
        )
    if has_conflicting_ends(session):
        await owe(
            uow,
            CourseRef(plan.client_id, plan.course_id),
            TaskKind.REVIEW_INCIDENT,
            cause_id=session.id,
            since=uow.now,
            session_id=session.id,
        )
    await stand_down_after_departure(uow, plan, session)

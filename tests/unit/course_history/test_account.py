"""How a course stood at a time, as it was known at another: folded from journal entries."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careteam_contracts import intake, notifications, prescribing, scheduling, shared_safety
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    AftercarePlanKind,
    ClearanceRole,
    ConsentScope,
    DischargeMode,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    SessionKind,
    SessionOutcome,
    Setting,
)
from cli.course_history.account import Account, account
from cli.course_history.folding import fold
from cli.course_history.journal import Entry, Journals, in_order
from cli.course_history.standing import Line, standing
from cli.trouble import Trouble
from services.scheduling.domain.course_facts import no_facts

CLIENT, COURSE, SESSION, ORDER = (UUID(int=n) for n in (1, 2, 3, 4))
RX, ESCORT, CLEARANCE, CARE = (UUID(int=n) for n in (5, 6, 7, 8))


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, 10, hour, minute, tzinfo=UTC)


def said(event: Event, occurred: str, recorded: str | None = None) -> Entry:
    """An event that became true at one time of the day and was recorded at another."""
    return Entry(
        event.producer.value,
        {
            "event_id": str(uuid4()),
            "type": event.type,
            "aggregate_type": event.aggregate_type,
            "aggregate_id": str(COURSE),
            "aggregate_version": 1,
            "course_id": str(COURSE),
            "occurred_at": at(occurred).isoformat(),
            "recorded_at": at(recorded or occurred).isoformat(),
            "actor_role": "therapist",
            "payload": event.model_dump(mode="json"),
        },
    )


LATER = at("08:00") + timedelta(days=300)
CONSENT = UUID(int=20)
DAY = (
    said(intake.ClientRegistered(), "06:00"),
    said(
        intake.ClientApproved(approval_id=UUID(int=21), plan_version=1, valid_until=LATER), "06:10"
    ),
    said(
        intake.ConsentGranted(
            consent_id=CONSENT,
            consent_version=1,
            scopes=(ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT),
            material_version=1,
            valid_until=LATER,
        ),
        "06:20",
    ),
    said(scheduling.PreparationCompleted(prep_count=2, checklist_version=1), "06:30"),
    said(
        prescribing.DosePrescribed(
            prescription_id=RX,
            rx_version=1,
            timing_profile="SL-STD",
            sessions_authorised=2,
            valid_from=at("06:40"),
            valid_until=LATER,
        ),
        "06:40",
    ),
    said(
        scheduling.SessionScheduled(
            session_id=SESSION,
            kind=SessionKind.DOSING,
            kind_no=1,
            starts_at=at("09:30"),
            planned_end_at=at("12:30"),
            setting=Setting.IN_CLINIC,
            therapist_ref=UUID(int=30),
        ),
        "06:50",
    ),
    said(
        prescribing.DoseAuthorized(
            dose_order_id=ORDER,
            session_id=SESSION,
            prescription_id=RX,
            valid_until=at("12:30"),
        ),
        "06:51",
    ),
    said(scheduling.EscortConfirmed(session_id=SESSION, escort_id=ESCORT), "07:00"),
    said(
        scheduling.DosingSessionStarted(
            session_id=SESSION,
            gate_id=UUID(int=31),
            assent_id=UUID(int=32),
            started_at=at("09:50"),
            supervisor_ref=UUID(int=33),
        ),
        "09:50",
    ),
    said(
        prescribing.DoseAdministered(
            session_id=SESSION,
            dose_order_id=ORDER,
            dose_seq=1,
            administered_at=at("10:00"),
            timing_profile="SL-STD",
            observe_until=at("12:00"),
        ),
        "10:00",
        "11:30",
    ),
    said(
        scheduling.SessionCompleted(
            session_id=SESSION,
            kind=SessionKind.DOSING,
            outcome=SessionOutcome.COMPLETED,
            ended_at=at("12:30"),
        ),
        "12:30",
    ),
    said(
        prescribing.ClearedForDischarge(
            session_id=SESSION,
            clearance_id=CLEARANCE,
            covers_dose_seq=1,
            cleared_at=at("12:35"),
            valid_until=at("13:05"),
            cleared_by_role=ClearanceRole.NURSE,
        ),
        "12:35",
    ),
    said(
        notifications.AftercareStarted(
            aftercare_id=CARE,
            session_id=SESSION,
            restrictions_until=at("20:30"),
            plan=AftercarePlanKind.STANDARD,
            end_known=True,
        ),
        "12:36",
    ),
    said(
        scheduling.ClientDischarged(
            session_id=SESSION,
            clearance_id=CLEARANCE,
            escort_id=ESCORT,
            discharged_at=at("12:45"),
            mode=DischargeMode.STANDARD,
        ),
        "12:45",
    ),
)


def told(
    *entries: Entry, when: str, known: str | None = None, day: tuple[Entry, ...] = DAY
) -> Account:
    found = Journals(entries=in_order((*day, *entries)), silent=())
    known_at = None if known is None else at(known)
    return asyncio.run(account(found, CLIENT, at=at(when), known_at=known_at))


def lines(account: Account) -> dict[str, str]:
    return {line.what: line.state for line in account.standing[COURSE]}


@pytest.mark.parametrize(
    ("when", "what", "state"),
    [
        ("06:05", "course", "open, not approved yet"),
        ("06:05", "approval", "none"),
        ("06:05", "consent treatment", "not signed"),
        ("06:25", "course", "open, approved"),
        ("06:35", "course", "open, approved and prepared"),
        ("06:35", "preparation", "completed, 2 sessions"),
        ("06:55", "session dosing", "booked for 2026-03-10T09:30:00Z"),
        ("06:55", "dose order", "authorised until 2026-03-10T12:30:00Z"),
        ("07:30", "escort", "confirmed"),
        ("09:55", "session dosing", "in progress"),
        ("10:30", "session dosing", "in progress, 1 taken"),
        ("10:30", "dose order", "1 taken, observed until 2026-03-10T12:00:00Z"),
        ("12:31", "session dosing", "ended: completed, 1 taken, client here"),
        ("12:40", "clearance", "valid until 2026-03-10T13:05:00Z, covers dose 1"),
        ("13:30", "clearance", "no longer valid"),
        ("13:30", "session dosing", "discharged, 1 taken"),
        ("13:30", "restriction", "in force, until 2026-03-10T20:30:00Z, standard"),
        ("20:30", "restriction", "over, until 2026-03-10T20:30:00Z, standard"),
        ("13:30", "prescription", f"1 of 2 left, until {LATER:%Y-%m-%d}T08:00:00Z"),
    ],
)
def test_a_day_at_its_moments(when: str, what: str, state: str) -> None:
    assert lines(told(when=when))[what] == state


def test_what_is_known_later_shows_and_what_was_believed_is_corrected() -> None:
    """The dose of 10:00 was recorded at 11:30: at 10:30 nobody knew, now everybody does."""
    now = told(when="10:30")
    then = told(when="10:30", known="10:30")

    assert lines(now)["session dosing"] == "in progress, 1 taken"
    assert lines(then)["session dosing"] == "in progress"
    assert lines(told(when="10:30", known="11:30"))["session dosing"] == "in progress, 1 taken"
    assert [entry.name for entry in now.learned_later] == ["dose_administered"]
    assert ("session dosing", "in progress", "in progress, 1 taken") in [
        (one.line.what, one.believed, one.known) for one in now.corrected
    ]
    assert told(when="11:31").learned_later == ()
    assert told(when="11:31").corrected == ()


def test_a_withdrawal_that_was_recorded_late_holds_from_when_it_was_said() -> None:
    withdrawn = said(
        intake.ConsentWithdrawn(
            consent_id=CONSENT, scopes=(ConsentScope.TREATMENT,), withdrawn_at=at("09:00")
        ),
        "09:00",
        "13:00",
    )
    assert lines(told(withdrawn, when="08:59"))["consent treatment"].startswith("until ")
    assert lines(told(withdrawn, when="09:00"))["consent treatment"] == "withdrawn"
    believed = lines(told(withdrawn, when="09:00", known="09:00"))
    assert believed["consent treatment"].startswith("until ")
    assert lines(told(withdrawn, when="09:00"))["consent aftercare_agreement"].startswith("until ")


def test_a_hold_is_open_until_its_owner_lifts_it_whoever_owns_it() -> None:
    for placed, lifted in (
        (shared_safety.IntakeSafetyHoldPlaced, shared_safety.IntakeSafetyHoldLifted),
        (shared_safety.SchedulingSafetyHoldPlaced, shared_safety.SchedulingSafetyHoldLifted),
        (shared_safety.PrescribingSafetyHoldPlaced, shared_safety.PrescribingSafetyHoldLifted),
    ):
        hold = said(
            placed(
                hold_id=UUID(int=40),
                hold_category=HoldCategory.MEDICAL,
                blocks=(HoldBlock.START, HoldBlock.DOSE),
                severity=HoldSeverity.STOP,
            ),
            "08:00",
        )
        gone = said(lifted(hold_id=UUID(int=40), lifted_by_roles=(ActorRole.PRESCRIBER,)), "08:30")
        assert lines(told(hold, gone, when="08:10"))["hold medical"] == "open, blocks start, dose"
        assert "hold medical" not in lines(told(hold, gone, when="08:40"))
        assert "hold medical" in lines(told(hold, gone, when="08:40", known="08:20"))


def test_a_revoked_approval_and_a_rescinded_clearance_never_come_back() -> None:
    revoked = said(intake.ApprovalRevoked(approval_id=UUID(int=21)), "12:36")
    rescinded = said(
        prescribing.ClearanceRescinded(session_id=SESSION, clearance_id=CLEARANCE), "12:37"
    )
    after = lines(told(revoked, rescinded, when="12:40"))
    assert after["approval"] == "revoked"
    assert after["course"] == "open, approval lost"
    assert after["clearance"] == "rescinded"


@settings(deadline=None, max_examples=25)
@given(st.permutations(DAY))
def test_the_order_in_which_journals_come_changes_nothing(order: list[Entry]) -> None:
    found = Journals(entries=tuple(order), silent=())
    mixed = asyncio.run(account(found, CLIENT, at=at("13:30"), known_at=None))
    assert mixed.standing[COURSE] == told(when="13:30").standing[COURSE]


@settings(deadline=None, max_examples=25)
@given(
    delays=st.lists(st.integers(0, 8 * 60), min_size=len(DAY), max_size=len(DAY)),
    asked=st.integers(6 * 60, 14 * 60),
    data=st.data(),
)
def test_what_was_known_then_is_what_the_services_had_been_told_by_then(
    delays: list[int], asked: int, data: st.DataObject
) -> None:
    """Replayed as it happened: only what was recorded, in the order of the records, some twice."""
    moment = at("00:00") + timedelta(minutes=asked)
    late = [_recorded_late(entry, minutes) for entry, minutes in zip(DAY, delays, strict=True)]
    records = sorted(late, key=lambda entry: entry.recorded_at)
    prefix = [e for e in records if e.recorded_at <= moment and e.occurred_at <= moment]
    again = data.draw(st.lists(st.sampled_from(prefix), max_size=3)) if prefix else []

    found = Journals(entries=in_order(late), silent=())
    told_now = asyncio.run(account(found, CLIENT, at=moment, known_at=moment))
    replayed = asyncio.run(fold([*prefix, *again], CLIENT))

    assert told_now.standing == {known.course_id: standing(known, moment) for known in replayed}
    assert {e.event_id for e in told_now.learned_later} == {
        e.event_id for e in late if e.occurred_at <= moment < e.recorded_at
    }


def _recorded_late(entry: Entry, minutes: int) -> Entry:
    recorded = entry.occurred_at + timedelta(minutes=minutes)
    return Entry(entry.service, {**entry.said, "recorded_at": recorded.isoformat()})


def test_each_line_names_the_event_that_told_it() -> None:
    known: list[Line] = list(told(when="13:30").standing[COURSE])
    ids: set[Any] = {entry.event_id for entry in DAY}
    assert {line.told_by for line in known if line.told_by} <= ids
    assert len([line for line in known if line.told_by]) >= 9


def test_an_event_that_cannot_be_read_is_not_passed_over() -> None:
    broken = said(intake.ClientRegistered(), "06:01")
    approval = DAY[1]
    unreadable = Entry("intake", {**approval.said, "payload": {"approval_id": "nonsense"}})
    with pytest.raises(Trouble, match="cannot be read by this release"):
        told(broken, unreadable, when="13:30")


def test_of_an_erased_client_the_time_is_known_and_nothing_that_was_so() -> None:
    late = said(
        intake.ClientApproved(approval_id=UUID(int=22), plan_version=1, valid_until=LATER), "21:00"
    )
    told = (*DAY, said(intake.ClientErased(), "20:00"), late)
    found = Journals(entries=in_order(told), silent=())
    assert found.erased_at == at("20:00")
    assert Journals(entries=DAY, silent=()).erased_at is None
    (known,) = asyncio.run(fold(found.entries, CLIENT))
    (stranger,) = asyncio.run(fold([late], CLIENT))
    assert known.by_scheduling == no_facts(COURSE, CLIENT)
    assert stranger.by_scheduling != no_facts(COURSE, CLIENT), "the event would have told something"

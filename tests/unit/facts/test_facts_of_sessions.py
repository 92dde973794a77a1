"""Facts about people, rooms, preparation and sessions, beside the rules that keep them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.note import NoteKind, write_note
from services.scheduling.domain.preparation import PrepItem
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.therapy import end_therapy, enter_phase, request_stop
from shared.decisions import Refused
from shared.protocol import ClinicProtocol, Setting
from shared.protocol.loader import CLINICS, load_protocol
from tests.unit.scheduling.booking_question import decide, refused
from tests.unit.scheduling.building import (
    NURSE,
    THERAPIST,
    at,
    dosed,
    named,
    opening,
    prepared,
    recovering,
    room,
    session,
    therapist,
)
from tests.unit.scheduling.start_question import decide as decide_start
from tests.unit.scheduling.states import talk_in

DEFAULT = ClinicProtocol()


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        (therapist(), []),
        (therapist(kap_training_valid_until=None), ["kap_training"]),
        (therapist(kap_training_valid_until=at("12:30")), ["kap_training"]),
        (therapist(license_valid_until=None), ["license"]),
        (therapist(license_valid_until=at("12:30")), ["license"]),
        (replace(therapist(), role=Role.NURSE), ["therapist_role"]),
    ],
)
def test_who_holds_a_dosing_session_is_trained_and_licensed_until_its_end(
    who: Clinician, missing: list[str]
) -> None:
    """F28 to F30: at the moment of the planned end still."""
    assert list(who.missing_for(dosing=True, at=at("12:30"))) == missing
    found = refused(decide(therapist=who))
    assert ("therapist-not-credentialed" in found) == bool(missing)


def test_a_talk_needs_the_licence_and_no_training() -> None:
    """F29, F30."""
    untrained = therapist(kap_training_valid_until=None)
    assert list(untrained.missing_for(dosing=False, at=at("12:30"))) == []


@pytest.mark.parametrize(
    ("where", "suits"), [(room(), True), (room(dosing_capable=False), False), (None, False)]
)
def test_medicine_is_taken_in_a_room_made_for_it(where: object, suits: bool) -> None:
    """F32, F81: a calm room is one that the clinic marked as such."""
    assert ("room-not-suitable" not in refused(decide(room=where))) == suits


def test_medicine_is_taken_in_the_clinic_and_talk_may_be_elsewhere() -> None:
    """F32, C-12."""
    remote = session(setting=Setting.VIRTUAL)
    assert "setting-not-allowed" in refused(decide(remote))
    talk = session(SessionKind.PREP, minutes=60, setting=Setting.VIRTUAL)
    assert "setting-not-allowed" not in refused(decide(talk))
    for path in CLINICS.glob("*.yaml"):
        assert load_protocol(path).dosing.settings_allowed == (Setting.IN_CLINIC,), path.stem


def test_each_dosing_session_names_who_supervises() -> None:
    """F33."""
    assert "supervisor-not-named" not in refused(decide_start())


def test_there_are_five_kinds_of_session() -> None:
    """F54, F15: preparation, dosing and integration, and what comes before and after."""
    assert [kind.value for kind in SessionKind] == [
        "consultation",
        "prep",
        "dosing",
        "integration",
        "follow_up",
    ]


def test_preparation_covers_what_it_has_to() -> None:
    """F49 to F51."""
    assert {item.value for item in PrepItem} == {
        "rapport_built",
        "history_gathered",
        "suitability_reassessed",
        "intentions_set",
        "coping_strategies_taught",
        "differences_reviewed",
    }


@pytest.mark.parametrize(
    ("clinic", "least", "usual"),
    [("collaborative_lozenge", 2, 3), ("beverly_hills", 1, 1), ("default", 2, 3)],
)
def test_how_many_preparation_sessions(clinic: str, least: int, usual: int) -> None:
    """F47, F48, C-03."""
    prep = load_protocol(CLINICS / f"{clinic}.yaml").prep
    assert (prep.min_sessions, prep.typical_max, prep.floor_min) == (least, usual, 1)


def test_preparation_comes_before_the_first_dose_and_no_booking_forgets_it() -> None:
    """F52: held, or booked to be held before; for later doses it is done."""
    assert "preparation-not-planned" in refused(decide(preparation=None))
    ahead = tuple(
        session(
            SessionKind.PREP,
            starts=at("10:00", f"2026-03-0{day}"),
            minutes=60,
            session_id=named(f"prep {day}"),
        )
        for day in (6, 9)
    )
    assert "preparation-not-planned" not in refused(decide(preparation=None, others=ahead))
    assert "preparation-not-planned" in refused(decide(preparation=None, others=ahead[:1]))
    after = replace(ahead[1], starts_at=at("15:00"), planned_end_at=at("16:00"))
    assert "preparation-not-planned" in refused(decide(preparation=None, others=(ahead[0], after)))
    assert decide(preparation=prepared()).allowed


@pytest.mark.parametrize(
    ("clinic", "block"),
    [
        ("default", (180, 75, 180)),
        ("beverly_hills", (180, 75, 180)),
        ("collaborative_lozenge", (180, 180, 180)),
        ("what_to_expect", (90, 60, 120)),
    ],
)
def test_how_long_a_block_is(clinic: str, block: tuple[int, int, int]) -> None:
    """F66 to F69, C-01: each document's own, within 60 to 180 minutes."""
    minutes = load_protocol(CLINICS / f"{clinic}.yaml").dosing.block_minutes
    assert (minutes.default, minutes.min, minutes.max) == block


def test_opening_and_effects_lie_within_the_session() -> None:
    """F68, F70, C-02: the opening comes first, and the longest effect still has its buffer."""
    dosing = DEFAULT.dosing
    assert dosing.opening_minutes == 20
    for _, profile in DEFAULT.profiles():
        assert dosing.fits(dosing.block_minutes.default, profile)
    lozenge = DEFAULT.timing_profile("SL-STD")
    assert not replace(dosing, overrun_buffer_minutes=14).fits(180, lozenge)
    assert replace(dosing, overrun_buffer_minutes=15).fits(180, lozenge)


def test_phases_are_the_clinicians_and_any_may_be_left_out() -> None:
    """F91, F93, F94, C-15, F78: nobody has to share, and silence completes a session too."""
    assert [one.value for one in Phase] == ["opening", "onset", "peak", "subsiding", "debrief"]
    silent = dosed()
    ended = end_therapy(
        silent, ended_at=at("12:30"), outcome=None, now=at("12:30"), by=Role.THERAPIST
    )
    assert ended.state.end is not None
    talked = enter_phase(dosed(), Phase.DEBRIEF, at=at("12:00"), by=Role.THERAPIST).state
    assert talked.phase is Phase.DEBRIEF
    back = enter_phase(talked, Phase.PEAK, at=at("12:05"), by=Role.THERAPIST).state
    assert back.phase is Phase.PEAK
    with pytest.raises(Refused):
        enter_phase(opening(), Phase.PEAK, at=at("09:55"), by=Role.THERAPIST)


def test_ending_the_session_is_not_leaving_the_building() -> None:
    """C-10: after a dose a stop ends the therapy, and the client stays until cleared (F88)."""
    stopped = request_stop(dosed(), by_role=Role.CLIENT, at=at("10:25")).state
    assert stopped.status is SessionStatus.THERAPY_ENDED
    assert stopped.client_is_here
    assert stopped.leaving is None
    before = request_stop(opening(), by_role=Role.CLIENT, at=at("09:55")).state
    assert before.status is SessionStatus.ABORTED


def _note(of: Session, kind: NoteKind, text: str = "Breathing together.") -> None:
    write_note(
        of,
        note_id=named("note"),
        kind=kind,
        author_ref=THERAPIST,
        text=text,
        action_items=(),
        items_expected=False,
        at=at("12:40"),
    )


def test_support_is_noted_for_the_hours_with_medicine_and_stays_private() -> None:
    """F71: of a dosing session alone; nothing of a note is in any event."""
    _note(recovering(), NoteKind.SUPPORT)
    with pytest.raises(Refused) as refusal:
        _note(talk_in(SessionStatus.COMPLETED), NoteKind.SUPPORT)
    assert [one.slug for one in refusal.value.refusals] == ["note-of-another-kind"]
    with pytest.raises(Refused):
        _note(session(), NoteKind.SUPPORT)


def test_the_escort_is_required_whatever_the_document_says() -> None:
    """C-16, C-17: the strictest document wins for safety."""
    for path in CLINICS.glob("*.yaml"):
        clinic = load_protocol(path)
        assert clinic.escort.required, path.stem
        assert clinic.aftercare.min_hours >= 8, path.stem
        assert clinic.aftercare.until_next_day == clinic.is_esketamine, path.stem


def test_who_stays_throughout_is_another_named_clinician() -> None:
    """F31, C-11: one client at a time, and somebody who may attend."""
    assert therapist().may_attend(at("12:30"))
    desk = replace(therapist(), id=NURSE, role=Role.FRONT_DESK)
    assert not desk.may_attend(at("12:30"))
    assert not therapist(license_valid_until=at("12:30")).may_attend(at("12:30"))
    assert recovering().reserved_until - recovering().planned_end_at == timedelta(minutes=60)

"""The gates of scheduling asked again: what they looked at, and how it is under other rules.

What a peer answered stays what it answered: how the peer would have decided is in its own receipts.
"""

from dataclasses import replace
from datetime import timedelta

from services.scheduling.domain.assent import Assent
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.gate_book import Proposal
from services.scheduling.domain.gate_discharge import DischargeFacts
from services.scheduling.domain.gate_manual import ManualFacts
from services.scheduling.domain.gate_start import StartFacts
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.preparation import under_rules
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from shared.protocol import ClinicProtocol, Pin, Recovery


def booking_looked_at(f: BookingFacts) -> BookingFacts:
    return replace(
        f,
        session=_session(f.session),
        others=tuple(_other(session) for session in f.others),
        facts=_course(f.facts),
        therapist=_clinician(f.therapist),
        attendant=_clinician(f.attendant),
        room=_room(f.room),
    )


def proposal_looked_at(p: Proposal) -> Proposal:
    return replace(p, booking=booking_looked_at(p.booking))


def start_looked_at(f: StartFacts) -> StartFacts:
    return replace(f, booking=booking_looked_at(f.booking))


def start_agreeing(f: StartFacts, was: Pin, now: Pin) -> StartFacts:
    """A peer that went by the same protocol would have gone by the other one as well."""
    intake, prescribing = f.intake, f.prescribing
    if intake is not None and intake.protocol == was:
        intake = replace(intake, protocol=now)
    if prescribing is not None and prescribing.protocol == was:
        prescribing = replace(prescribing, protocol=now)
    return replace(f, intake=intake, prescribing=prescribing)


def discharge_looked_at(f: DischargeFacts) -> DischargeFacts:
    return replace(f, session=_session(f.session), facts=_course(f.facts))


def manual_looked_at(f: ManualFacts) -> ManualFacts:
    return replace(f, session=_session(f.session), facts=_course(f.facts))


def booking_under(f: BookingFacts, protocol: ClinicProtocol) -> BookingFacts:
    """Whether the preparation is complete follows from the number of sessions that it takes."""
    prepared = f.preparation and under_rules(f.preparation, protocol.prep, f.now)
    return replace(f, protocol=protocol, preparation=prepared)


def proposal_under(p: Proposal, protocol: ClinicProtocol) -> Proposal:
    return replace(p, booking=booking_under(p.booking, protocol))


def start_under(f: StartFacts, protocol: ClinicProtocol) -> StartFacts:
    return replace(f, booking=booking_under(f.booking, protocol))


def discharge_under(f: DischargeFacts, protocol: ClinicProtocol) -> DischargeFacts:
    stated = f.session.manual_clearance
    if stated is None:
        return replace(f, recovery=protocol.recovery)
    lasting = _clearance_under(stated, protocol.recovery)
    return replace(
        f, session=replace(f.session, manual_clearance=lasting), recovery=protocol.recovery
    )


def manual_under(f: ManualFacts, protocol: ClinicProtocol) -> ManualFacts:
    lasting = _clearance_under(f.clearance, protocol.recovery)
    return replace(f, clearance=lasting, recovery=protocol.recovery)


def _clearance_under(stated: ManualClearance, recovery: Recovery) -> ManualClearance:
    validity = timedelta(minutes=recovery.clearance_validity_minutes)
    return replace(stated, valid_until=stated.cleared_at + validity)


def _session(session: Session) -> Session:
    return replace(
        session,
        passages=(),
        incidents=(),
        blocked_by=(),
        leaving=None,
        summary_ref=None,
    )


def _other(session: Session) -> Session:
    """The client's other sessions count by kind, time, state and doses."""
    return replace(
        _session(session),
        assent=Assent(),
        escorts=(),
        manual_clearance=None,
        supervisor_ref=None,
    )


def _course(facts: CourseFacts) -> CourseFacts:
    return replace(facts, registered=None, preferences={}, aftercare_completed={})


def _clinician(clinician: Clinician | None) -> Clinician | None:
    return clinician and replace(clinician, name="")


def _room(room: Room | None) -> Room | None:
    return room and replace(room, name="")

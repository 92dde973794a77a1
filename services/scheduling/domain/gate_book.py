"""G-BOOK: may this session be promised for this time (ruling 23). Decides on local facts only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.scheduling.domain.authorisations import terms_in_force
from services.scheduling.domain.booking_conditions import BookingFacts, booking_conditions
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import Setting
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import Route, TimingProfile

GATE: Final = "G-BOOK"
PAST_TOLERANCE: Final = timedelta(minutes=5)
TALK_MINUTES: Final = (15, 240)
RESOURCES: Final = ("room", "therapist", "client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Another session that holds a room, a therapist or the client at that time."""

    resource: str
    resource_id: str
    session_id: str
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A booking and what only matters at the moment of booking."""

    booking: BookingFacts
    therapist: Clinician | None
    room: Room | None
    clashes: tuple[Clash, ...]


def decide_booking(p: Proposal) -> Decision:
    """Every rule of G-BOOK for this proposal."""
    return Decision.of(GATE, (*booking_conditions(p.booking), *_of_the_moment(p)))


def _of_the_moment(p: Proposal) -> Iterator[Verdict]:
    session = p.booking.session
    yield _not_in_the_past(p)
    yield _length(p)
    yield _setting(p)
    yield therapist_credentialed(p.therapist, dosing=session.dosing, at=session.planned_end_at)
    if session.dosing:
        profiles = prescribed_profiles(p.booking)
        yield room_suits(p.room, profiles)
        yield _effects_fit(p, profiles)
    for resource in RESOURCES:
        yield not_taken(resource, [c for c in p.clashes if c.resource == resource])


def _not_in_the_past(p: Proposal) -> Verdict:
    starts_at, now = p.booking.session.starts_at, p.booking.now
    return judge(
        "starts-in-the-past",
        "ruling 23",
        ok=starts_at >= now - PAST_TOLERANCE,
        facts={"starts_at": starts_at.isoformat(), "now": now.isoformat()},
        unblocks=(Unblock(fact="starts_at", owner="scheduling", action="choose a later time"),),
    )


def _length(p: Proposal) -> Verdict:
    """C-01, ruling 24: the chosen block is within the clinic's bounds."""
    blocks = p.booking.protocol.dosing.block_minutes
    shortest, longest = (blocks.min, blocks.max) if p.booking.session.dosing else TALK_MINUTES
    minutes = _minutes(p.booking.session)
    return judge(
        "block-length-not-allowed",
        "C-01",
        ok=shortest <= minutes <= longest,
        facts={"minutes": minutes, "shortest": shortest, "longest": longest},
        unblocks=(Unblock(fact="block_minutes", owner="scheduling", action="within bounds"),),
    )


def _setting(p: Proposal) -> Verdict:
    """C-12: medicine is taken in the clinic, whatever is configured; talk may be elsewhere."""
    session, protocol = p.booking.session, p.booking.protocol
    allowed = (protocol.dosing if session.dosing else protocol.talk_sessions).settings_allowed
    names = [setting.value for setting in allowed]
    elsewhere = session.dosing and session.setting is not Setting.IN_CLINIC
    return judge(
        "setting-not-allowed",
        "C-12",
        ok=session.setting.value in names and not elsewhere,
        facts={"setting": session.setting.value, "allowed": names},
        unblocks=(Unblock(fact="setting", owner="scheduling", action="choose an allowed one"),),
    )


def therapist_credentialed(therapist: Clinician | None, *, dosing: bool, at: datetime) -> Verdict:
    """INV-7: trained and licensed, at booking for the day of the session, at the start for now."""
    missing = (
        ("roster",) if therapist is None else tuple(therapist.missing_for(dosing=dosing, at=at))
    )
    return judge(
        "therapist-not-credentialed",
        "INV-7",
        ok=not missing,
        facts={
            "therapist_ref": str(therapist.id) if therapist else None,
            "missing": missing,
            "at": at.isoformat(),
        },
        unblocks=(
            Unblock(fact=", ".join(missing), owner="scheduling", action="renew, or choose another"),
        ),
    )


def room_suits(room: Room | None, profiles: tuple[TimingProfile, ...]) -> Verdict:
    """F32, C-13: a room that a dose may be taken in, by every route that is prescribed."""
    routes = frozenset(profile.route for profile in profiles)
    return judge(
        "room-not-suitable",
        "F32",
        ok=room is not None and room.suits(routes),
        facts={
            "room_id": str(room.id) if room else None,
            "dosing_capable": room is not None and room.dosing_capable,
            "infusion": Route.IV in routes,
        },
        unblocks=(Unblock(fact="room_id", owner="scheduling", action="choose a dosing room"),),
    )


def prescribed_profiles(b: BookingFacts) -> tuple[TimingProfile, ...]:
    """How long effects may last, by every prescription in force on the day."""
    codes = {t.timing_profile for t in terms_in_force(b.facts, max(b.now, b.session.starts_at))}
    known = dict(b.protocol.profiles())
    return tuple(known[code] for code in sorted(codes & known.keys()))


def _effects_fit(p: Proposal, profiles: tuple[TimingProfile, ...]) -> Verdict:
    """C-02: opening and the longest effect end within the block and its buffer."""
    dosing, minutes = p.booking.protocol.dosing, _minutes(p.booking.session)
    longest = max((profile.offset_max for profile in profiles), default=0)
    return judge(
        "block-too-short",
        "C-02",
        ok=all(dosing.fits(minutes, profile) for profile in profiles),
        facts={
            "minutes": minutes,
            "buffer": dosing.overrun_buffer_minutes,
            "effects_until": dosing.opening_minutes + longest,
        },
        unblocks=(Unblock(fact="block_minutes", owner="scheduling", action="book longer"),),
    )


def not_taken(resource: str, clashes: list[Clash]) -> Verdict:
    """INV-7, INV-36: nobody else's at that time; a refusal names the bookings that hold it."""
    return judge(
        f"{resource}-taken",
        "INV-36",
        ok=not clashes,
        facts={
            "resource_id": clashes[0].resource_id if clashes else None,
            "sessions": [clash.session_id for clash in clashes],
            "since": [clash.starts_at.isoformat() for clash in clashes],
            "until": [clash.until.isoformat() for clash in clashes],
        },
        unblocks=(
            Unblock(fact=resource, owner="scheduling", action=f"another time or {resource}"),
        ),
    )


def _minutes(session: Session) -> int:
    return int((session.planned_end_at - session.starts_at).total_seconds() // 60)

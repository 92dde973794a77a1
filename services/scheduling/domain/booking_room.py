"""Whether the room is good for what is prescribed, and the block long enough for its effects."""

from datetime import timedelta

from services.scheduling.domain.authorisations import terms_in_force
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.session import Session
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict
from shared.protocol import Route, TimingProfile


def prescribed_profiles(f: BookingFacts) -> tuple[TimingProfile, ...]:
    """How long effects may last, by every prescription in force on the day."""
    codes = {t.timing_profile for t in terms_in_force(f.facts, max(f.now, f.session.starts_at))}
    known = dict(f.protocol.profiles())
    return tuple(known[code] for code in sorted(codes & known.keys()))


def room_suits(f: BookingFacts) -> Verdict:
    """F32, C-13: a room for dosing, with what every prescribed route needs.

    An infusion is watched on a monitor, and so is esketamine, whose rules ask for an oximeter.
    """
    infusion = any(profile.route is Route.IV for profile in prescribed_profiles(f))
    monitored = infusion or f.protocol.is_esketamine
    missing = (
        ("room",)
        if f.room is None
        else tuple(f.room.missing_for_dosing(infusion=infusion, monitored=monitored))
    )
    return judge(
        "room-not-suitable",
        "F32",
        ok=not missing,
        facts={
            "room_id": str(f.room.id) if f.room else None,
            "missing": missing,
            "infusion": infusion,
            "monitored": monitored,
        },
        unblocks=(
            Unblock(
                fact=", ".join(missing), owner="scheduling", action="choose a room that has it"
            ),
        ),
    )


def effects_fit(f: BookingFacts) -> Verdict:
    """C-02: opening and the longest effect end within the block and its buffer."""
    dosing, minutes = f.protocol.dosing, minutes_of(f.session)
    profiles = prescribed_profiles(f)
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


def minutes_of(session: Session) -> int:
    return (session.planned_end_at - session.starts_at) // timedelta(minutes=1)

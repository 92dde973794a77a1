"""G-BOOK: may this session be promised for this time (ruling 23). Decides on local facts only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.scheduling.domain.booking_conditions import GATE, booking_conditions
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.booking_room import minutes_of
from services.scheduling.domain.resources import Clash, nothing_taken
from services.scheduling.domain.session_states import Setting
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision, Unblock, Verdict

PAST_TOLERANCE: Final = timedelta(minutes=5)
TALK_MINUTES: Final = (15, 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A booking and what only matters at the moment of booking."""

    booking: BookingFacts
    clashes: tuple[Clash, ...]


def decide_booking(p: Proposal) -> Decision:
    """Every rule of G-BOOK for this proposal."""
    return Decision.of(GATE, (*booking_conditions(p.booking), *_of_the_moment(p)))


def _of_the_moment(p: Proposal) -> Iterator[Verdict]:
    yield _not_in_the_past(p)
    yield _length(p)
    yield _setting(p)
    yield from nothing_taken(p.booking.session, p.clashes)


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
    minutes = minutes_of(p.booking.session)
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

"""Who holds a session, and who stays with the client: entitled, there, and known to the client."""

from collections.abc import Iterator
from datetime import datetime

from services.scheduling.domain.availability import within_hours
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.booking_preparation import prep_to_come
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict
from shared.protocol import TherapistPresence


def people_ready(f: BookingFacts) -> Iterator[Verdict]:
    """What a booking needs of its people for as long as it stands."""
    yield therapist_credentialed(f.therapist, dosing=f.session.dosing, at=f.session.planned_end_at)
    yield _available(f)
    if f.session.dosing:
        yield therapist_met(f, held_only=False)
        yield attended(f, at=f.session.planned_end_at)


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


def _available(f: BookingFacts) -> Verdict:
    """F31: whoever is to be there is not away then, and works at that hour of the clinic's day."""
    since, until = f.session.starts_at, f.session.planned_end_at
    people = [person for person in (f.therapist, f.attendant) if person is not None]
    absent = [p for p in people if p.absent(since, until) is not None]
    off = [p for p in people if not within_hours(p.hours, since, until, f.zone)]
    return judge(
        "clinician-not-available",
        "F31",
        ok=not absent and not off,
        facts={
            "absent": [str(person.id) for person in absent],
            "outside_hours": [str(person.id) for person in off],
            "back": [a.until.isoformat() for p in absent if (a := p.absent(since, until))],
        },
        unblocks=(
            Unblock(fact="clinician", owner="scheduling", action="another time or clinician"),
        ),
    )


def therapist_met(f: BookingFacts, *, held_only: bool) -> Verdict:
    """F53: the therapist of a dosing session has prepared the client, or will have by then.

    Where nobody has, the rule about preparation says so, and this one has nothing to add.
    """
    therapist = f.session.therapist_ref
    held = f.preparation.therapists if f.preparation else frozenset()
    booked = frozenset(
        other.therapist_ref
        for other in f.others
        if not held_only and prep_to_come(other, f.session)
    )
    return judge(
        "therapist-not-met",
        "F53",
        ok=therapist in held | booked or not held | booked,
        facts={
            "therapist_ref": str(therapist),
            "prepared_by": sorted(str(ref) for ref in held),
            "to_prepare": sorted(str(ref) for ref in booked),
        },
        unblocks=(
            Unblock(
                fact="prep session",
                owner="scheduling",
                action="hold one with this therapist" if held_only else "book one with them before",
            ),
        ),
    )


def attended(f: BookingFacts, *, at: datetime) -> Verdict:
    """C-11: the therapist stays throughout, or another named clinician does."""
    alone = f.protocol.dosing.therapist_presence is TherapistPresence.THROUGHOUT
    attendant = f.attendant
    other = attendant is not None and attendant.id != f.session.therapist_ref
    named = other and attendant is not None and attendant.may_attend(at)
    asked_for = f.session.attendant_ref is not None
    return judge(
        "nobody-stays-throughout",
        "C-11",
        ok=named or (alone and not asked_for),
        facts={
            "therapist_presence": f.protocol.dosing.therapist_presence.value,
            "attendant_ref": str(f.session.attendant_ref) if asked_for else None,
            "entitled": named,
        },
        unblocks=(
            Unblock(
                fact="attendant_ref",
                owner="scheduling",
                action="name another licensed clinician of the roster",
            ),
        ),
    )

"""Who acts, and when they say that something happened."""

from datetime import datetime, timedelta
from typing import Final

from services.prescribing.domain.people import Clinician
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Unblock, refuse
from shared.protocol import AdministeringRole, ClinicProtocol, Role

CLOCKS_DIFFER: Final = timedelta(minutes=1)
SIGN_IN: Final = Unblock(fact="a named person", owner="prescribing", action="sign in as a person")
THE_MOMENT: Final = Unblock(
    fact="the moment when it happened",
    owner="prescribing",
    action="state it, or leave it out for now",
)
SAME_DAY: Final = timedelta(hours=24)


def clinician(uow: UnitOfWork) -> Clinician:
    """The acting person; a clinical act always has one (INV-40)."""
    if uow.actor.ref is None:
        refuse("named-person-needed", "INV-40", SIGN_IN, role=uow.actor.role)
    return Clinician(role=Role(uow.actor.role), ref=uow.actor.ref)


def administering(uow: UnitOfWork, protocol: ClinicProtocol) -> Clinician:
    """The acting person, who may handle the medicine at this clinic (F34, headline 11)."""
    who = clinician(uow)
    roles = {AdministeringRole(role).value for role in protocol.administering_roles}
    if who.role.value not in roles:
        refuse(
            "role-may-not-administer",
            "F34",
            Unblock(fact="a prescriber or nurse", owner="prescribing", action="let them do it"),
            role=who.role,
        )
    return who


def stated_at(
    stated: datetime | None, now: datetime, *, longest_ago: timedelta = SAME_DAY
) -> datetime:
    """The stated moment, or now; a moment that cannot be right is refused."""
    if stated is None:
        return now
    if stated > now + CLOCKS_DIFFER:
        refuse(
            "stated-in-the-future", "5.1", THE_MOMENT, at=stated.isoformat(), now=now.isoformat()
        )
    if stated < now - longest_ago:
        refuse("stated-too-long-ago", "5.1", THE_MOMENT, at=_iso(stated), now=_iso(now))
    return min(stated, now)


def _iso(moment: datetime) -> str:
    return moment.isoformat()

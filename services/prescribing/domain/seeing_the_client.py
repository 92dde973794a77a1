"""Seeing a client by video: allowed until a day that the protocol names (section 3.11)."""

from datetime import datetime, tzinfo

from services.prescribing.domain.verdicts import rule
from services.prescribing.domain.vocabulary import Visit
from shared.decisions import Unblock, Verdict
from shared.protocol import PrescriptionRules


def seen_as_the_law_asks(
    visit: Visit | None, rules: PrescriptionRules, *, at: datetime, zone: tzinfo
) -> Verdict:
    """In person at any time; by telehealth through the last allowed day, by the clinic's days."""
    today = at.astimezone(zone).date()
    return rule(
        "telehealth-no-longer-allowed",
        "section 3.11",
        visit is not Visit.TELEHEALTH or today <= rules.telehealth_rx_allowed_until,
        unblocks=(
            Unblock(
                fact="an assessment in person",
                owner="prescribing",
                action="see the client in the clinic",
            ),
        ),
        visit=visit,
        today=today.isoformat(),
        allowed_until=rules.telehealth_rx_allowed_until.isoformat(),
    )

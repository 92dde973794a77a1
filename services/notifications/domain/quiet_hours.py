"""The hours in which people are left alone, on the clinic's clock, right across its changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.protocol import QuietHours


def released_at(quiet: QuietHours, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When a message of this moment may go out: None for now, else the end of the quiet hours."""
    local = moment.astimezone(zone)
    if not quiet.covers(local.time()):
        return None
    over_midnight = quiet.end < quiet.start
    day = local.date() + timedelta(days=over_midnight and local.time() >= quiet.start)
    end = datetime.combine(day, quiet.end, tzinfo=zone)
    if end.astimezone(UTC) <= moment:
        # The hour that the clock shows twice: this moment is in its second showing.
        end = end.replace(fold=1)
    return end.astimezone(UTC)

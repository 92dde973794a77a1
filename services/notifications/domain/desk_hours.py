"""When the front desk goes home, on the clinic's clock (7.2)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shared.protocol import DeskHours


def closes_at(desk: DeskHours, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the desk closes after this moment, or None while nobody is there."""
    local = moment.astimezone(zone)
    if not desk.cover(local.time()):
        return None
    return datetime.combine(local.date(), desk.closes, tzinfo=zone).astimezone(UTC)

"""Months as the law counts them: by the calendar, not by days (section 2.1)."""

from calendar import monthrange
from datetime import datetime, tzinfo


def months_after(moment: datetime, months: int, zone: tzinfo) -> datetime:
    """The same local day and time ``months`` later, or that month's last day if it is shorter."""
    local = moment.astimezone(zone)
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(moment.tzinfo)

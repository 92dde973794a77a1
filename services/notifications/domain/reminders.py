"""When to remind of an appointment, and when it is too late to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LEAST_NOTICE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Reminder:
    hours: int
    due_at: datetime


def reminders(
    *, starts_at: datetime, booked_at: datetime, hours: Iterable[int]
) -> tuple[Reminder, ...]:
    """One for each of the clinic's hours that is still ahead when the appointment is made.

    Where none is, a single one goes out at once, unless the appointment is about to begin: who
    books for the same afternoon has just been told.
    """
    ahead = [
        Reminder(before, due)
        for before in sorted(hours, reverse=True)
        if (due := starts_at - timedelta(hours=before)) >= booked_at
    ]
    if ahead or starts_at - booked_at < LEAST_NOTICE:
        return tuple(ahead)
    return (Reminder(0, booked_at),)

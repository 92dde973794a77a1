"""Rooms and clinicians, without which nothing can be booked."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cli.clinic.asking import API, ask
from cli.clinic.reach import Reach

_ROOMS: Final = (
    {"name": "Cedar", "dosing_capable": True, "iv_capable": True, "monitor": True},
    {"name": "Alder", "dosing_capable": True, "iv_capable": False, "monitor": True},
    {"name": "Library", "dosing_capable": False, "iv_capable": False, "monitor": False},
)
_DEA_NUMBER: Final = "AB1234563"
"""Well-formed, and nobody's."""
_ROSTER: Final = frozenset({"therapist", "prescriber", "nurse"})
_CREDENTIALS_LAST: Final = timedelta(days=730)


async def furnish(clinic: Reach) -> None:
    """Open the rooms, enter the demo clinicians into the roster, and register the prescribers."""
    for room in _ROOMS:
        await _do(clinic, "scheduling", "front_desk", "/rooms", room)
    valid_until = (datetime.now(UTC) + _CREDENTIALS_LAST).isoformat()
    for person in clinic.people:
        if person.role in _ROSTER:
            await _do(
                clinic,
                "scheduling",
                "front_desk",
                "/clinicians",
                {
                    "name": person.name,
                    "role": person.role,
                    "ref": person.ref,
                    "license_valid_until": valid_until,
                    "kap_training_valid_until": valid_until,
                },
            )
        if person.role == "prescriber":
            await _do(
                clinic,
                "prescribing",
                "operator",
                f"/prescribers/{person.ref}/registration",
                {
                    "licence_valid_until": valid_until,
                    "dea_valid_until": valid_until,
                    "dea_number": _DEA_NUMBER,
                },
            )


async def _do(clinic: Reach, service: str, role: str, path: str, body: dict[str, object]) -> None:
    (await ask(clinic, service, "POST", API + path, role=role, body=body)).usable()

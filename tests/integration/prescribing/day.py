"""The steps of a clinic day over HTTP, with the others' events between them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from careteam_contracts import scheduling
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.people import Person
from tests.support.voices import REFS, at

CALM: dict[str, Any] = {
    "systolic": 122,
    "diastolic": 79,
    "heart_rate": 71,
    "spo2": 98,
    "fasting_ok": True,
    "pregnancy_attested": True,
    "pregnancy_test": "negative",
    "medication_changes": False,
    "mood_rescreen": "ok",
}
WELL: dict[str, Any] = {
    "oriented": True,
    "steady_gait": True,
    "vitals_within_20pct": True,
    "moaas": 5,
    "nausea_minimal": True,
    "padss_score": 10,
}
AMOUNT = 137.25


class Day:
    """One client's way, step by step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person: Person = world.person()

    async def prescribed(self, *, sessions: int = 2) -> dict[str, Any]:
        """Registered at eight, with an active prescription."""
        world, person = self.world, self.person
        world.set_clock(at("08:00"))
        await world.tell(person, *person.registered(world.now()))
        await world.do(
            f"/assessments/{person.request_id}/completion",
            {"outcome": "cleared", "allergies": ["latex"]},
            role="prescriber",
        )
        later = (world.now() + timedelta(days=365)).isoformat()
        await world.do(
            f"/prescribers/{REFS['prescriber']}/registration",
            {
                "licence_valid_until": later,
                "dea_valid_until": later,
                "dea_number": "AB1234563",
            },
            role="operator",
        )
        draft = await world.do(
            f"/courses/{person.course_id}/prescriptions",
            {
                "kind": "prescription",
                "route": "SL",
                "timing_profile": "SL-STD",
                "amount_mg": AMOUNT,
                "sessions_authorised": sessions,
                "pdmp_checked_at": world.now().isoformat(),
            },
            role="prescriber",
        )
        return await world.do(f"/prescriptions/{draft['id']}/activation", role="prescriber")  # type: ignore[no-any-return]

    async def in_the_room(self) -> None:
        """Booked, checked and started at ten to ten."""
        world, person = self.world, self.person
        await self.prescribed()
        await world.tell(person, person.booked(at("09:30")))
        world.set_clock(at("09:45"))
        await world.tell(
            person, scheduling.ClientCheckedIn(session_id=person.session_id, at=world.now())
        )
        await self.checked()
        world.set_clock(at("09:50"))
        await world.tell(person, *person.started(world.now()))

    async def dosed(self) -> dict[str, Any]:
        """The dose at ten."""
        await self.in_the_room()
        self.world.set_clock(at("09:55"))
        await self.released()
        self.world.set_clock(at("10:00"))
        return await self.given()

    async def checked(self, **changes: Any) -> dict[str, Any]:
        return await self.world.do(  # type: ignore[no-any-return]
            f"/sessions/{self.person.session_id}/pre-dose-checks",
            {**CALM, **changes},
            role="nurse",
        )

    async def released(self) -> dict[str, Any]:
        return await self.world.do(  # type: ignore[no-any-return]
            f"/dose-orders/{await self.order_id()}/release", role="nurse"
        )

    async def given(self, seq: int = 1) -> dict[str, Any]:
        return await self.world.do(  # type: ignore[no-any-return]
            f"/dose-orders/{await self.order_id()}/administrations",
            {"dose_seq": seq, "amount_mg": AMOUNT},
            role="nurse",
        )

    async def looked(self, **changes: Any) -> dict[str, Any]:
        return await self.world.do(  # type: ignore[no-any-return]
            f"/sessions/{self.person.session_id}/recovery-checks",
            {**WELL, **changes},
            role="nurse",
        )

    async def cleared(self, role: str = "nurse") -> dict[str, Any]:
        return await self.world.do(  # type: ignore[no-any-return]
            f"/sessions/{self.person.session_id}/clearances", {}, role=role
        )

    async def ended(self, **more: Any) -> None:
        await self.world.tell(self.person, self.person.ended(self.world.now(), **more))

    async def order(self, session_id: UUID | None = None) -> dict[str, Any]:
        session = str(session_id or self.person.session_id)
        orders = await self.world.get("/dose-orders", role="nurse", session_id=session)
        return orders["items"][-1]  # type: ignore[no-any-return]

    async def order_id(self) -> str:
        return str((await self.order())["id"])

    async def recovery(self) -> dict[str, Any]:
        path = f"/sessions/{self.person.session_id}/recovery"
        return await self.world.get(path, role="nurse")  # type: ignore[no-any-return]

    async def rx(self) -> dict[str, Any]:
        course = str(self.person.course_id)
        found = await self.world.get("/prescriptions", role="prescriber", course_id=course)
        return found["items"][-1]  # type: ignore[no-any-return]

"""The people of the simulated clinic, and what they have at hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.intake.domain.client import ChannelConsent, ContactDetails
from services.prescribing.domain.predose_grading import PregnancyResult, Readings
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.recovery_checks import Observation
from services.prescribing.domain.vocabulary import MoodRescreen
from services.scheduling.domain.clinician import Credentials
from services.scheduling.handlers.confirm_escort import NewEscort
from shared.storage import Actor

THERAPIST: Final = Actor("therapist", UUID(int=101))
PRESCRIBER: Final = Actor("prescriber", UUID(int=102))
NURSE: Final = Actor("nurse", UUID(int=103))
DESK: Final = Actor("front_desk", UUID(int=104))
ON_CALL: Final = Actor("on_call", UUID(int=105))
OPERATOR: Final = Actor("operator", UUID(int=106))
WITNESS: Final = UUID(int=107)

LONG: Final = datetime(2028, 1, 1, tzinfo=UTC)
AMOUNT: Final = 150.0
BOOSTER: Final = 75.0
PAPERS: Final = Credentials(
    license_valid_until=LONG,
    license_number="L-1",
    license_state="CA",
    kap_training_valid_until=LONG,
    kap_certificate="K-1",
)
ESCORT: Final = NewEscort(
    name="Robin", phone="+13105550145", relationship="sibling", adult=True, rideshare=False
)
CALM: Final = Readings(
    systolic=120,
    diastolic=78,
    heart_rate=70,
    spo2=98,
    fasting_ok=True,
    pregnancy_attested=True,
    medication_changes=False,
    mood_rescreen=MoodRescreen.OK,
    pregnancy_test=PregnancyResult.NEGATIVE,
    food_hours=6,
    liquid_hours=3,
)
WELL: Final = Observation(
    oriented=True,
    steady_gait=True,
    vitals_within_20pct=True,
    moaas=5,
    nausea_minimal=True,
    score=10,
)


def terms(sessions: int, doses: int) -> Terms:
    """A prescription for so many sessions, with a booster where more than one dose is allowed."""
    return Terms(
        timing_profile="SL-STD",
        amount_mg=AMOUNT,
        booster_mg=BOOSTER if doses > 1 else None,
        sessions_authorised=sessions,
        valid_until=None,
    )


def amount(dose_seq: int) -> float:
    return AMOUNT if dose_seq == 1 else BOOSTER


def registration(number: int) -> dict[str, Any]:
    return {
        "name": f"Client {number}",
        "date_of_birth": date(1980, 1, number + 1),
        "contact": ContactDetails(phone="+13105550101", email="client@example.org"),
        "channels": ChannelConsent(sms=True, email=True, voice=True),
    }


@dataclass(frozen=True)
class Person:
    """A client and their course."""

    client_id: UUID
    course_id: UUID


def hours(count: float) -> timedelta:
    return timedelta(hours=count)

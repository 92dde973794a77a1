"""How long a dose is observed (F88, C-05)."""

from datetime import timedelta

from shared.protocol import ClinicProtocol


def observation(protocol: ClinicProtocol, timing_profile: str) -> timedelta:
    """How long a dose is observed at least: the clinic's minimum, or the profile's if longer."""
    profile = protocol.timing_profile(timing_profile)
    return timedelta(minutes=max(protocol.recovery.min_observation_minutes, profile.offset_min))

"""Fixtures for every test. No example of a property is judged by how long it took."""

from hypothesis import settings

from tests.support.furnished_clinics import furnished_clinics
from tests.support.parts import (
    bus,
    fresh_database,
    nats_server,
    own_nats,
    own_postgres,
    parts_folder,
    postgres,
)

__all__ = [
    "bus",
    "fresh_database",
    "furnished_clinics",
    "nats_server",
    "own_nats",
    "own_postgres",
    "parts_folder",
    "postgres",
]

settings.register_profile("careteam", settings(), deadline=None)
settings.load_profile("careteam")

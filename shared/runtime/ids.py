"""Identifiers: time-ordered, random, never derived from a person."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7."""
    return uuid_utils.compat.uuid7()

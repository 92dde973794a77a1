"""The services of a clinic, in the order of their ports."""

from typing import Final

SERVICES: Final = ("intake", "prescribing", "scheduling", "notifications")


def others(service: str) -> tuple[str, ...]:
    """Every service but this one."""
    return tuple(name for name in SERVICES if name != service)


IDENTITY: Final = "identity"
"""The clinic's own issuer, beside the services: its database, its process and its port."""

CHAINS: Final = (*SERVICES, IDENTITY)
"""Who keeps an audit chain."""

"""Where a clinic's containers find things; ``docker-compose.yml`` mounts them there."""

from pathlib import Path
from typing import Final

VOLUMES: Final = Path("/volumes")
"""In the job that makes the secrets: every volume, under its name in the compose file."""

SECRETS: Final = Path("/run/secrets")
"""In every other container: its own share of the secrets, and nobody else's."""

NATS_CONFIG: Final = Path("/config/nats.conf")
CLOCK_FILE: Final = Path("/clock/clock.json")
NATS_HOST: Final = "nats"
NATS_URL: Final = f"tls://{NATS_HOST}:4222"
POSTGRES_HOST: Final = "postgres"
SERVICE_PORT: Final = 8080


def service_url(service: str) -> str:
    """A service, as its own network knows it."""
    return f"http://{service}:{SERVICE_PORT}"

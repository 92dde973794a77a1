"""Who is on whose care team, as this service knows it, and whom an answer was about."""

from shared.storage.steps.care_teams import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

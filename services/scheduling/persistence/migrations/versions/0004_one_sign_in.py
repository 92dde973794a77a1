"""One sign-in for all services: how a session came to be, attempts on the way, forms that wait."""

from shared.storage.steps.one_sign_in import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

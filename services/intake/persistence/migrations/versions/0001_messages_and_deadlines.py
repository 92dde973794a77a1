"""Messages out and in, deadlines, receipts and answered commands."""

from shared.storage.steps.messages_and_deadlines import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

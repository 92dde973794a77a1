"""Addenda to signed records: added beneath, never edited."""

from shared.storage.steps.addenda import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

"""The audit chain: who did, saw or was denied what."""

from shared.storage.steps.audit_chain import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

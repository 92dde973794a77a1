"""Drafts of forms: what somebody typed and has not signed yet."""

from shared.storage.steps.form_drafts import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

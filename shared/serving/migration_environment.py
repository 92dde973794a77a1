"""What every service's ``migrations/env.py`` does: run the steps on the connection it is given."""

from alembic import context


def run() -> None:
    """Run the steps within the transaction that :mod:`shared.serving.migrating` opened."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=context.config.attributes["metadata"],
    )
    context.run_migrations()

"""Alembic's entrance to the issuer's schema."""

from shared.serving.migration_environment import run

run()

"""Alembic's entrance to intake's schema."""

from shared.serving.migration_environment import run

run()

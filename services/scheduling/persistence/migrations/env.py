"""Runs the steps of scheduling's schema."""

from shared.serving.migration_environment import run

run()

"""Runs the schema's steps; the transaction and the role come from outside."""

from shared.serving.migration_environment import run

run()

"""Keeps the processes of an embedded clinic running, and ends them all together."""

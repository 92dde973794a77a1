"""Decisions explained over all services: what is missing now, and what other rules would change."""

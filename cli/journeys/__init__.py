"""Journeys: whole courses of care, driven through the services' HTTP APIs and told line by line."""

"""Scheduling: sessions, rooms, escorts, and the door."""

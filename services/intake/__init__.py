"""Intake: who is treated, with whose consent, and whether a course of treatment goes on."""

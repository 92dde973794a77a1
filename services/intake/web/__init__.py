"""Intake over HTTP: a file for each resource; who may do what is in :mod:`access`."""

"""Steps of migration that are the same in every service's database.

A service's own ``migrations/versions`` say when it takes them. Like any step that was taken, one of
these is never changed: what is to be otherwise is a new step.
"""

"""Asking every service how its past decisions would have been under another protocol."""

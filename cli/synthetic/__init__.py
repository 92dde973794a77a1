"""An invented clinic: rooms, clinicians, and clients at different points of their course."""

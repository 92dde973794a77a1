"""Both walls around a client, on a running service."""

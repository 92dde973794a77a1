"""The HTTP API of prescribing."""

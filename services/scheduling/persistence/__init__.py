"""Where scheduling keeps what it decided, and what was told."""

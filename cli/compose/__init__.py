"""A clinic in containers: what its jobs do before the services start, and its toolbox."""

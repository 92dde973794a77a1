"""A service as a process: its definition, its life, its command line."""

"""What a process needs to run: settings, clock, ids, logs, database, lifecycle."""

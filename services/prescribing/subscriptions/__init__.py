"""What prescribing hears, a file per producer: the fact each event tells, and what follows."""

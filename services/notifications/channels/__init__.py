"""What carries messages out of the clinic, each behind the same port."""

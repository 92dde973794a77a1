"""What must hold, and a twin of each check that shows it can fail."""
